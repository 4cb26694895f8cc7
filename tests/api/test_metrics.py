"""What Prometheus is told: numbers of log and graph, and of the work that the service does."""

import asyncio
import re
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import api.scraping
from api.app import create_app
from api.context import Context
from api.metrics import CountedLog, Metrics
from eventlog import Append, Appended, NewEntry
from eventlog.errors import LogUnavailable, Refused
from eventlog.log import GroupAppending
from eventlog.sqlite import SqliteLog
from graph.errors import DamagedGraph, Fenced, GraphUnavailable, NotReady
from tests.api.asking import Asker, Client
from tests.api.record import Checkpoint, Graph, context_of, small_graph

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "watch-onrecord.md"
LIVES = '{"live":true}'

Samples = dict[str, float]


def told(client: Client) -> Samples:
    """Return what is told, by name and labels; process metrics left out."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples: Samples = {}
    for family in text_string_to_metric_families(response.text):
        for one in family.samples:
            labels = ",".join(one.labels[name] for name in sorted(one.labels) if name != "le")
            samples[f"{one.name}{{{labels}}}" if labels else one.name] = one.value
    return samples


class OfLog(Graph):
    """A graph that was written from a log."""

    __slots__ = ("hangs", "log")
    log: SqliteLog
    hangs: bool

    async def checkpoint(self) -> Checkpoint:
        """Return what it holds, if it answers at all."""
        if self.hangs:
            await asyncio.Event().wait()
        found = self.log.read(self.position - 1, 1)
        await super().checkpoint()
        return Checkpoint(self.log.log_id, self.position, found[0].hash_hex if found else "no")


@pytest.fixture
def graph(log: SqliteLog) -> OfLog:
    """Return a graph that has all that the log has."""
    made = OfLog(small_graph().things, log.log_id)
    made.log, made.hangs = log, False
    return made


def test_log_and_graph_at_one_position(client: Client) -> None:
    samples = told(client)
    for name, value in {
        "log_up": 1,
        "log_position": 12,
        "graph_up": 1,
        "graph_ready": 1,
        "graph_position": 12,
        "graph_matches_log": 1,
        "graph_lag_entries": 0,
        "graph_lag_seconds": 0,
        "projection_problems": 0,
    }.items():
        assert samples[f"onrecord_{name}"] == value, name


def test_a_graph_that_is_behind(client: Client, graph: OfLog) -> None:
    graph.position = 9
    graph.unapplied = ({"position": 3, "subject": "actor/x", "name": "", "reason": "newer"},)
    samples = told(client)
    assert samples["onrecord_graph_lag_entries"] == 3
    assert 0 < samples["onrecord_graph_lag_seconds"] < 60
    assert samples["onrecord_graph_matches_log"] == 1
    assert samples["onrecord_projection_problems"] == 1


@pytest.mark.parametrize("position", [5, 99])
def test_a_graph_that_is_not_the_logs(context: Context, log: SqliteLog, position: int) -> None:
    """One with another hash where it stands, and one that goes beyond the log."""
    other = small_graph()
    other.log_id, other.position = log.log_id, position
    samples = told(Client(create_app(context_of(other, log))))
    assert samples["onrecord_graph_matches_log"] == 0


def test_a_graph_of_another_log(client: Client, log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    head = log.head()
    monkeypatch.setattr(log, "head", lambda: type(head)(head.position, head.hash, None, "another"))
    assert told(client)["onrecord_graph_matches_log"] == 0


def test_a_graph_that_is_not_whole(client: Client, graph: OfLog) -> None:
    graph.error = NotReady("the graph is still being built")
    samples = told(client)
    assert (samples["onrecord_graph_up"], samples["onrecord_graph_ready"]) == (1, 0)
    assert "onrecord_graph_position" not in samples


@pytest.mark.parametrize("hangs", [False, True])
def test_neo4j_is_away(
    client: Client, graph: OfLog, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    """The lag is still told, from where the graph was seen last."""
    monkeypatch.setattr(api.scraping, "PATIENCE_SECONDS", 0.2)
    graph.position = 10
    told(client)
    graph.hangs, graph.error = hangs, GraphUnavailable("Neo4j does not answer")
    began = time.monotonic()
    samples = told(client)
    assert time.monotonic() - began < 2
    assert (samples["onrecord_graph_up"], samples["onrecord_log_up"]) == (0, 1)
    assert "onrecord_graph_position" not in samples
    assert "onrecord_graph_ready" not in samples
    assert samples["onrecord_graph_lag_entries"] == 2


def test_the_log_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: SqliteLog) -> None:
        raise LogUnavailable("the log cannot be read")

    monkeypatch.setattr(SqliteLog, "head", fails)
    samples = told(client)
    assert (samples["onrecord_log_up"], samples["onrecord_graph_up"]) == (0, 1)
    assert "onrecord_log_position" not in samples
    assert "onrecord_graph_lag_entries" not in samples


async def test_a_log_that_hangs_is_asked_by_one_thread_only(
    context: Context, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.scraping, "PATIENCE_SECONDS", 0.1)
    head, asked = log.head(), []

    def hangs(self: SqliteLog) -> object:
        asked.append(time.monotonic())
        time.sleep(0.6)
        return head

    monkeypatch.setattr(SqliteLog, "head", hangs)
    client = Client(create_app(context))
    for _ in range(3):
        assert "onrecord_log_up 0.0" in (await client.send("GET", "/metrics")).text
    assert len(asked) == 1
    await asyncio.sleep(0.5)
    monkeypatch.undo()
    assert "onrecord_log_up 1.0" in (await client.send("GET", "/metrics")).text


def test_requests_are_counted_by_path_and_status_and_errors_by_code(
    client: Client, ask: Asker, graph: OfLog
) -> None:
    ask("{ actors { totalCount } }")
    graph.error = GraphUnavailable("Neo4j does not answer")
    ask.error("{ actors { totalCount } }")
    ask.error("{ weather }")
    graph.error = None
    client.get("/health/live")
    client.get("/health/live", headers={"Host": "evil.example"})
    client.get("/static/site.css")
    for number in range(50):
        client.get(f"/nowhere/{number}")
    samples = told(client)
    counts = {
        name.partition("{")[2][:-1]: value
        for name, value in samples.items()
        if name.startswith("onrecord_http_request_seconds_count")
    }
    assert counts == {
        "/graphql,200": 3,
        "/health/live,200": 1,
        "/health/live,400": 1,
        "/static,200": 1,
        "other,404": 50,
    }
    assert samples["onrecord_graphql_errors_total{GRAPH_UNAVAILABLE}"] == 1
    assert samples["onrecord_graphql_errors_total{GRAPHQL_VALIDATION_FAILED}"] == 1


def test_two_services_in_one_process_count_apart(client: Client, context: Context) -> None:
    other = Client(create_app(context))
    other.get("/health/live")
    assert "onrecord_http_request_seconds_count{/health/live,200}" in told(other)
    assert "onrecord_http_request_seconds_count{/health/live,200}" not in told(client)


def test_metrics_are_guarded_as_all_the_rest(client: Client) -> None:
    assert client.get("/metrics", headers={"Host": "evil.example"}).status_code == 400


def test_what_the_projector_does_is_counted(context: Context) -> None:
    metrics = Metrics("0.0.1")
    metrics.projection.applied(7, 5, 0.02)
    metrics.projection.applied(10, 3, 0.4)
    for error in (Fenced("moved"), GraphUnavailable("away"), GraphUnavailable("away")):
        metrics.projection.waits(error)
    metrics.projection.mends(DamagedGraph("lacks"))
    samples = told(Client(create_app(context, metrics=metrics)))
    assert samples["onrecord_projection_batch_entries_sum"] == 8
    assert samples["onrecord_projection_batch_seconds_count"] == 2
    assert samples["onrecord_projection_retries_total{fenced}"] == 1
    assert samples["onrecord_projection_retries_total{graph_unavailable}"] == 2
    assert samples["onrecord_projection_retries_total{log_unavailable}"] == 0
    assert samples["onrecord_projection_mends_total"] == 1


def test_appends_are_counted_by_what_became_of_them(context: Context, log: SqliteLog) -> None:
    class Broken:
        def append_group(self, appends: object) -> list[Appended | Refused]:
            raise LogUnavailable("the disk is full")

    def append(payload: bytes, *, dry_run: bool = False) -> Append:
        entry = NewEntry("ActorRecorded", 1, "actor/new", payload)
        return Append((entry,), "tester", dry_run=dry_run)

    metrics = Metrics("0.0.1")
    counted = CountedLog(log, metrics.appends)
    counted.append_group([append(b"{}", dry_run=True), append(b"{}"), append(b"{}")])
    counted.append_group([append(b'{"other": 1}')])
    broken: GroupAppending = Broken()
    with pytest.raises(LogUnavailable):
        CountedLog(broken, metrics.appends).append_group([append(b"{}")])
    metrics.appends.wait_in(lambda: 4)
    samples = told(Client(create_app(context, metrics=metrics)))
    outcomes = {"appended": 1, "unchanged": 1, "refused": 1, "failed": 1}
    for outcome, number in outcomes.items():
        assert samples[f"onrecord_log_appends_total{{{outcome}}}"] == number, outcome
    assert samples["onrecord_log_group_appends_count"] == 2
    assert samples["onrecord_log_group_appends_sum"] == 4
    assert samples["onrecord_log_appends_waiting"] == 4


def test_the_guide_tells_of_every_metric(client: Client) -> None:
    client.get("/health/live")
    kinds = re.findall(r"^# TYPE (onrecord_\w+) (\w+)$", client.get("/metrics").text, re.MULTILINE)
    rows = re.findall(r"^\| `(onrecord_\w+)(?:\{[^}]*\})?` \| (\w+) \|", GUIDE.read_text("utf-8"), re.MULTILINE)  # fmt: skip
    assert sorted(rows) == sorted(kinds)
