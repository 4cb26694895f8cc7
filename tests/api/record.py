"""A small record held in memory: a graph that answers pages, and entries to fill a log with.

The graph evaluates picks, ids, order by insertion and limits; of any other condition it only
keeps that it was asked, which is what the tests compare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.context import Context
from api.limits import Limits
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.contradictions import Contradiction
from graph.errors import GraphError
from graph.model import KINDS, Date, Json, Relation, Scalar, Type
from graph.selection import Compare, Comparison, Condition, Page, PageRows, Pick, Row

Thing = dict[str, object]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How much a graph holds."""

    log_id: str
    position: int
    hash: str = "0" * 64
    model_version: int = 1


@dataclass(slots=True)
class Graph:
    """Things by label, and every page that was asked for."""

    things: dict[str, list[Thing]]
    log_id: str = ""
    position: int = 12
    error: GraphError | Exception | None = None
    asked: list[Page] = field(default_factory=list)
    unapplied: tuple[Mapping[str, str | int], ...] = ()
    contradictory: tuple[Contradiction, ...] = ()

    async def page(self, page: Page) -> PageRows:
        """Return a page."""
        self.asked.append(page)
        if self.error is not None:
            raise self.error
        found = [thing for thing in self.things[page.kind] if _matches(thing, page.where)]
        begin = int(page.cursor[0]) if page.cursor else 0
        shown = found[begin : begin + page.limit]
        return PageRows(
            rows=tuple(self._row(page.kind, thing, page.picks) for thing in shown),
            keys=tuple(_key(page, begin + number) for number in range(1, len(shown) + 1)),
            more=len(found) > begin + page.limit,
            count=len(found) if page.count else None,
            position=self.position,
        )

    async def checkpoint(self) -> Checkpoint:
        """Return what the graph holds."""
        if self.error is not None:
            raise self.error
        return Checkpoint(self.log_id, self.position)

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Tell whether the graph has a position."""
        if self.error is not None:
            raise self.error
        return self.position >= position

    async def problems(self) -> Sequence[Mapping[str, str | int]]:
        """Return what could not be applied."""
        return self.unapplied

    async def contradictions(self) -> Sequence[Contradiction]:
        """Return where judgements contradict each other."""
        return self.contradictory

    async def counts(self) -> Mapping[str, int]:
        """Return how many things there are."""
        if self.error is not None:
            raise self.error
        return {label: len(self.things[label]) for label in KINDS}

    def _row(self, label: str, thing: Thing, picks: Sequence[Pick]) -> Row:
        return {pick.key: self._value(label, thing, pick) for pick in picks}

    def _value(self, label: str, thing: Thing, pick: Pick) -> object:
        known = KINDS[label].field(pick.field)
        value = thing.get(pick.field)
        match known:
            case Date():
                assert value is None or isinstance(value, dict)
                return value and {one.key: value.get(one.field) for one in pick.picks}
            case Json():
                return value or []
            case Relation(many=True):
                assert value is None or isinstance(value, list)
                return [self._end(known, one, pick.picks) for one in value or ()]
            case Relation():
                return value and self._end(known, value, pick.picks)
            case Scalar(type=Type.TEXTS):
                assert value is None or isinstance(value, tuple)
                return list(value or ())
            case _:
                return value

    def _end(self, relation: Relation, end: object, picks: Sequence[Pick]) -> Row:
        """Return a related thing: an id, or properties with the id under the node's field."""
        if relation.node_field is None:
            return self._row(relation.target, self._thing(relation.target, end), picks)
        assert isinstance(end, dict)
        node = self._thing(relation.target, end[relation.node_field])
        return {
            pick.key: self._row(relation.target, node, pick.picks)
            if pick.field == relation.node_field
            else end.get(pick.field)
            for pick in picks
        }

    def _thing(self, label: str, identifier: object) -> Thing:
        return next(one for one in self.things[label] if one["id"] == identifier)


def _key(page: Page, number: int) -> tuple[str | int, ...]:
    """Return the place of a thing in the form that the keys of an order have."""
    match page.order:
        case "recorded":
            return (number,)
        case "name":
            return (str(number), "")
        case _:
            return (number, "")


def _matches(thing: Thing, where: Condition) -> bool:
    match where:
        case Compare(field="id", comparison=Comparison.EQ, value=value):
            return thing["id"] == value
        case Compare(field="id", comparison=Comparison.IN, value=tuple(values)):
            return thing["id"] in values
        case _:
            return True


def thing(identifier: str, name: str, position: int, **fields: object) -> Thing:
    """Return a thing with what all have in common."""
    return {
        "id": identifier,
        "name": name,
        "revision": position,
        "recordedPosition": position,
        "recordedAt": f"2026-01-02T03:04:{position:02}.000000Z",
        **fields,
    }


def small_graph() -> Graph:
    """Return a graph of one warning and one ascribed belief about rare earths."""
    said = {
        "edtf": "2025-05~",
        "basis": "INFERRED",
        "because": "the text speaks of May",
        "earliest": "2025-04-01T00:00:00Z",
        "latest": "2025-07-01T00:00:00Z",
        "precision": "MONTH",
    }
    passage = {"source": "source/a", "part": "BODY", "start": 3, "end": 9, "sha256": "ab" * 32}
    stance = {"issue": "issue/rare-earths", "stance": "OPPOSES"}
    figures = [{"what": "tariff", "from": "145", "to": "30", "unit": "%", "bound": "EXACT"}]
    return Graph(
        {
            "Source": [thing("source/a", "Untitled <article>", 1, kind="ARTICLE", published=said)],
            "Actor": [
                thing("actor/doshi", "Rush Doshi", 2, kind="PERSON", named=True),
                thing("actor/paper", "the publisher", 3, kind="ORGANISATION", named=False),
                thing("actor/trump", "Donald Trump", 4, kind="PERSON", named=True),
            ],
            "Role": [
                thing("role/official", "official", 5, title="official", holder="actor/doshi"),
            ],
            "Issue": [thing("issue/rare-earths", "Rare earths", 6, altNames=("magnets",))],
            "Claim": [
                thing("claim/hurt", "Limits hurt.", 7, text="Limits hurt.", figures=figures),
                thing("claim/deal", "A deal is near.", 8, text="A deal is near."),
            ],
            "Event": [],
            "Statement": [
                thing(
                    "statement/a/belief",
                    "A deal is near.",
                    10,
                    attribution="OWN_VOICE",
                    force="STATES",
                    polarity="ASSERTS",
                    quotes=(),
                    hedging=(),
                    speaker="actor/paper",
                    ascribedTo={"attitude": "BELIEVES", "actor": "actor/trump"},
                    claim="claim/deal",
                    issues=["issue/rare-earths"],
                    passages=[passage],
                ),
                thing(
                    "statement/a/warning",
                    "Limits hurt.",
                    9,
                    attribution="PARTIAL_QUOTE",
                    force="WARNS",
                    polarity="ASSERTS",
                    quotes=("limits",),
                    hedging=("could",),
                    said=said,
                    speaker="actor/doshi",
                    capacity="role/official",
                    claim="claim/hurt",
                    issues=["issue/rare-earths"],
                    stances=[stance],
                    passages=[passage],
                ),
            ],
        }
    )


def context_of(graph: Graph, log: SqliteLog, limits: Limits | None = None) -> Context:
    """Return what the API works with."""
    graph.log_id = log.log_id
    recorder = Recorder(log, "somebody")
    return Context(graph, log, recorder, "0.0.1", limits or Limits())
