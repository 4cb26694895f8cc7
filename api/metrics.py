"""What the service counts of its own work, in the form that Prometheus reads.

Each service has a registry of its own. What log and graph can say of themselves is not counted
here, but asked when somebody looks: see :mod:`api.scraping`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from eventlog import Append, Appended
from eventlog.errors import LogUnavailable, Refused
from eventlog.log import GroupAppending
from graph.errors import DamagedGraph, Fenced, GraphMoving, GraphUnavailable, QueryTimeout
from graph.model import MODEL_VERSION

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""The buckets of durations: an append takes a few milliseconds, the longest question 15 s."""
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)

REASONS: dict[type[Exception], str] = {
    Fenced: "fenced",
    GraphMoving: "graph_moving",
    GraphUnavailable: "graph_unavailable",
    LogUnavailable: "log_unavailable",
    QueryTimeout: "time_limit",
}
"""Why a batch was tried again."""


def reason_of(error: Exception) -> str:
    """Return why a batch is tried again, in a word; there are but a few."""
    return next((reason for kind, reason in REASONS.items() if isinstance(error, kind)), "other")


class RequestMetrics:
    """Counts answers over HTTP. Labels are few: known paths, statuses and codes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "onrecord_http_request_seconds",
            "How long answering took, from the request's head to the end of the answer.",
            ("path", "status"),
            buckets=SECONDS,
            registry=registry,
        )
        self._errors = Counter(
            "onrecord_graphql_errors_total",
            "Errors in GraphQL answers, by their code; the status of most is 200.",
            ("code",),
            registry=registry,
        )

    def answered(self, path: str, status: int, seconds: float, codes: Iterable[str]) -> None:
        """Count an answer, and the codes of the errors in it."""
        self._seconds.labels(path, str(status)).observe(seconds)
        for code in codes:
            self._errors.labels(code).inc()


class AppendMetrics:
    """Counts appends to the log by this service, and the transactions that they share."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._outcomes = Counter(
            "onrecord_log_appends_total",
            "Appends by this service: appended, unchanged (nothing was new), refused, failed.",
            ("outcome",),
            registry=registry,
        )
        self._sizes = Histogram(
            "onrecord_log_group_appends",
            "How many appends shared a durable transaction of the log.",
            buckets=SIZES,
            registry=registry,
        )
        self._seconds = Histogram(
            "onrecord_log_group_seconds",
            "How long a durable transaction of the log took.",
            buckets=SECONDS,
            registry=registry,
        )
        self._waiting = Gauge(
            "onrecord_log_appends_waiting",
            "Appends that wait for the transaction under way to end.",
            registry=registry,
        )
        for outcome in ("appended", "unchanged", "refused", "failed"):
            self._outcomes.labels(outcome)

    def wait_in(self, queue: Callable[[], int]) -> None:
        """Ask how many wait when somebody looks."""
        self._waiting.set_function(queue)

    def group(self, size: int, seconds: float) -> None:
        """Count a transaction."""
        self._sizes.observe(size)
        self._seconds.observe(seconds)

    def outcome(self, outcome: Appended | Refused | LogUnavailable) -> None:
        """Count what became of an append."""
        match outcome:
            case Appended():
                name = "appended" if outcome.first and not outcome.repeated else "unchanged"
            case Refused():
                name = "refused"
            case _:
                name = "failed"
        self._outcomes.labels(name).inc()


class ProjectionMetrics:
    """Counts what the live projector of this service does; see :mod:`graph.watching`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.position: int | None = None
        """The last position that the graph is known to have; none before it is."""
        self._entries = Histogram(
            "onrecord_projection_batch_entries",
            "Entries of a batch that was written to the graph.",
            buckets=SIZES,
            registry=registry,
        )
        self._seconds = Histogram(
            "onrecord_projection_batch_seconds",
            "How long a batch took, from the log's entries to the commit in the graph.",
            buckets=SECONDS,
            registry=registry,
        )
        self._retries = Counter(
            "onrecord_projection_retries_total",
            "Batches that failed and were tried again, by reason.",
            ("reason",),
            registry=registry,
        )
        self._mends = Counter(
            "onrecord_projection_mends_total",
            "How often the graph lacked what it should have, and was put right from the log.",
            registry=registry,
        )
        for reason in REASONS.values():
            self._retries.labels(reason)

    def applied(self, position: int, entries: int, seconds: float) -> None:
        """Count a batch."""
        self.position = position
        self._entries.observe(entries)
        self._seconds.observe(seconds)

    def caught_up(self, position: int) -> None:
        """Take note of how far the graph is."""
        self.position = position

    def waits(self, error: Exception) -> None:
        """Count a batch that is tried again."""
        self._retries.labels(reason_of(error)).inc()

    def mends(self, error: DamagedGraph) -> None:
        """Count that the graph is put right."""
        self._mends.inc()

    def mended(self, differences: int) -> None:
        """Count nothing more."""


class Metrics:
    """Everything that one service counts."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = RequestMetrics(self.registry)
        self.appends = AppendMetrics(self.registry)
        self.projection = ProjectionMetrics(self.registry)
        self.restarts = Counter(
            "onrecord_neo4j_restarts_total",
            "How often the managed Neo4j crashed and was started again.",
            registry=self.registry,
        )
        build = Info("onrecord_build", "The program that serves.", registry=self.registry)
        build.info({"version": version, "model_version": str(MODEL_VERSION)})
        ProcessCollector(registry=self.registry)


class CountedLog:
    """A log for a writer, with what is appended counted."""

    def __init__(self, log: GroupAppending, metrics: AppendMetrics) -> None:
        self._log = log
        self._metrics = metrics

    def append_group(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        """Append in one transaction, each on its own; see :meth:`eventlog.Log.append_group`."""
        began = perf_counter()
        try:
            outcomes = self._log.append_group(appends)
        except LogUnavailable as error:
            for _ in appends:
                self._metrics.outcome(error)
            raise
        self._metrics.group(len(appends), perf_counter() - began)
        for append, outcome in zip(appends, outcomes, strict=True):
            if not append.dry_run:
                self._metrics.outcome(outcome)
        return outcomes


class Shown(Collector):
    """What a registry holds, without the moments at which its parts were made."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        for metric in self._registry.collect():
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric
