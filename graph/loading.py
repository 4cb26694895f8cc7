"""What the live fold needs of older things: read from the graph, in the transaction of its batch.

The graph says which things there are, what others have to know of them and who depends on whom;
the log says what the few say that change. What is put in place meanwhile stands over both.
"""

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from neo4j import AsyncTransaction

from eventlog import Entry
from eventlog.contents import thing_of
from graph.batching import batches
from graph.connection import own_text
from graph.deriving import NOTHING, Known, known_of
from graph.errors import DamagedGraph
from graph.history import ReadableLog
from graph.model import CLAIM_RELATIONS, KINDS, label_of, past_label
from graph.reading import Readable
from graph.things import Thing, ThingsInMemory, parts, read_contents
from schema.dates import Basis, UncertainDate
from schema.entries import Amended, Content, Reinstated, decode_thing

T = TypeVar("T")

LOAD_AT_ONCE = 5_000

_CLAIMS = "|".join(CLAIM_RELATIONS)
_INPUTS = "|".join(one for one in (*CLAIM_RELATIONS, "REPORTED_IN", "RELAYS") if one != "PASSES_ON")

# It would be planned anew as the graph grows, which takes half a second; by ids there is one way.
_LOAD = own_text(
    f"""
    CYPHER replan=skip
    UNWIND $ids AS id
    CALL (id) {{
        {
        " UNION ALL ".join(
            f"MATCH (n:{one} {{id: id}}) USING INDEX n:{one}(id) RETURN n, {live} AS live"
            for label in KINDS
            for one, live in ((label, "true"), (past_label(label), "false"))
        )
    }
    }}
    RETURN id, live, n.recordedPosition AS position, n.recordedAt AS recorded_at,
        n.revision AS revision, n.text AS text,
        COLLECT {{ MATCH (n)-[:ABOUT]->(i) RETURN i.id ORDER BY i.id }} AS issues,
        COLLECT {{ MATCH (n)-[:{_CLAIMS}]->(c) RETURN c.id LIMIT 1 }}[0] AS claim,
        CASE WHEN n:Statement THEN
            COLLECT {{ MATCH (n)-[:{_INPUTS}]->(x) RETURN DISTINCT x.id }} ELSE [] END AS inputs,
        n.publishedEdtf AS edtf, n.publishedWords AS words, n.publishedBasis AS basis,
        n.publishedBecause AS because
    """
)
_PROBLEMS = "MATCH (p:Problem) WHERE p.subject IN $ids RETURN collect(p.position)"
_DEPENDANTS = own_text(
    f"""
    UNWIND $ids AS id
    CALL (id) {{
        MATCH (:Claim {{id: id}})<-[:{_INPUTS}]-(s:Statement) RETURN s.id AS user UNION
        MATCH (:Source {{id: id}})<-[:REPORTED_IN]-(s:Statement) RETURN s.id AS user UNION
        MATCH (:Statement {{id: id}})<-[:RELAYS]-(s:Statement) RETURN s.id AS user
    }}
    RETURN id, collect(user) AS found
    """
)
_JUDGEMENTS = own_text(
    f"""
    UNWIND $ids AS id
    CALL (id) {{
        {
        " UNION ALL ".join(
            f"MATCH (n:{label} {{id: id}})-[r:SAME_AS|NOT_SAME_AS]-() RETURN r.id AS judgement"
            for label in KINDS
        )
    }
    }}
    RETURN id, collect(DISTINCT judgement) AS found
    """
)


class ThingsInGraph:
    """Things as a graph has them that holds a log up to a position, and what is put over them.

    It is used from a thread of its own, and asks Neo4j in the event loop that it was made in.
    """

    def __init__(self, transaction: AsyncTransaction, log: ReadableLog, position: int) -> None:
        self._transaction = transaction
        self._log = log
        self._position = position
        self._loop = asyncio.get_running_loop()
        self._loaded: dict[str, Thing | None] = {}
        self._over = ThingsInMemory(log)
        self._dependants: dict[str, frozenset[str]] = {}
        self._judgements: dict[str, frozenset[str]] = {}

    async def prefetch(self, batch: Iterable[Readable]) -> None:
        """Read at once what most of a batch needs; what it needs beyond is read when asked for."""
        needed: set[str] = set()
        changed: set[str] = set()
        for append in batch:
            needed |= append.ids_needed()
            changed |= {one.entry.id for one in append.candidates if one.becomes is None}
        await self._load(needed, changed)

    def get(self, identifier: str) -> Thing | None:
        """Return a thing, if it was applied."""
        if (over := self._over.get(identifier)) is not None:
            return over
        if identifier not in self._loaded:
            self._wait(self._load({identifier}, {identifier}))
        return self._loaded[identifier]

    def fetch(self, ids: Collection[str]) -> None:
        """Have things at hand that are got one by one then."""
        for part in batches(sorted({*ids} - self._loaded.keys()), LOAD_AT_ONCE):
            self._wait(self._load(part, set()))

    def put(self, thing: Thing) -> None:
        """Keep a thing, in the place of what was kept of it before."""
        self._over.put(thing)

    def dependants(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for each of some things, the live ones that have it among their inputs."""
        self.fetch(self._find(_DEPENDANTS, ids, self._dependants))
        return self._with_over(self._dependants, self._over.dependants(ids))

    def judgements(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for each of some things, the live judgements about it."""
        self.fetch(self._find(_JUDGEMENTS, ids, self._judgements))
        return self._with_over(self._judgements, self._over.judgements(ids))

    def contents(self, things: Collection[Thing]) -> dict[str, Content]:
        """Return what things say."""
        return read_contents(self._log, things)

    # -- asking --------------------------------------------------------------------------------

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _rows(self, statement: str, ids: Collection[str]) -> list[dict[str, Any]]:
        result = await self._transaction.run(own_text(statement), ids=sorted(ids))
        return await result.data()

    def _find(
        self, statement: str, ids: Collection[str], found: dict[str, frozenset[str]]
    ) -> frozenset[str]:
        """Find what the graph has around things, if it was not yet, and return that."""
        new = [one for one in ids if one not in found]
        found.update(dict.fromkeys(new, frozenset()))
        for part in batches(new, LOAD_AT_ONCE):
            for row in self._wait(self._rows(statement, part)):
                found[row["id"]] = frozenset(row["found"])
        return frozenset().union(*(found[one] for one in new))

    def _with_over(
        self, found: Mapping[str, Iterable[str]], over: Mapping[str, Sequence[str]]
    ) -> dict[str, list[str]]:
        """Return what is around things: of what was put over the graph, as that says."""
        return {
            one: sorted({*put, *(each for each in found[one] if self._over.get(each) is None)})
            for one, put in over.items()
        }

    # -- loading -------------------------------------------------------------------------------

    async def _load(self, ids: Collection[str], changed: Collection[str]) -> None:
        """Load things; of those that change, and of those that ever did, by their entries."""
        if not ids:
            return
        rows = {row["id"]: row for row in await self._rows(_LOAD, ids)}
        for row in rows.values():
            self._check(row)
        self._loaded |= {one: _of_row(**rows[one]) if one in rows else None for one in ids}
        nodeless = {one for one in ids if label_of(one) not in KINDS}
        altered = {one for one, row in rows.items() if row["revision"] != row["position"]}
        by_entries = nodeless | altered | (rows.keys() & changed)
        if by_entries:
            await self._load_by_entries(by_entries)

    def _check(self, row: Mapping[str, Any]) -> None:
        """Refuse what is there and no entry up to here has put there.

        :raises DamagedGraph: somebody else changed the graph.
        """
        told = (row["position"], row["revision"], row["recorded_at"])
        known = isinstance(told[0], int) and isinstance(told[1], int) and isinstance(told[2], str)
        if not known or max(told[:2]) > self._position:
            raise DamagedGraph(
                f"the graph already has what was to be added ({row['id']}): run onrecord rebuild"
            )

    async def _load_by_entries(self, ids: Collection[str]) -> None:
        result = await self._transaction.run(_PROBLEMS, ids=sorted(ids))
        problems = set((await result.single(strict=True)).value())
        applied = await asyncio.to_thread(self._entries, ids, problems)
        for identifier, entries in applied.items():
            there = self._loaded.get(identifier)
            self._loaded[identifier] = _of_entries(entries, None if there is None else there.known)

    def _entries(self, ids: Collection[str], problems: set[int]) -> dict[str, list[Entry]]:
        """Return the entries about things that the graph has applied."""
        positions = {
            identifier: [one for one in all_of_it if one <= self._position and one not in problems]
            for identifier, all_of_it in self._log.positions(ids).items()
        }
        wanted = {one for of_one in positions.values() for one in of_one}
        found = self._log.read_positions(wanted) if wanted else {}
        return {
            identifier: [found[one] for one in of_one]
            for identifier, of_one in positions.items()
            if of_one
        }


def _of_row(
    id: str,
    live: bool,
    position: int,
    recorded_at: str,
    revision: int,
    text: str | None,
    issues: list[str],
    claim: str | None,
    inputs: list[str],
    edtf: str | None,
    words: str | None,
    basis: str | None,
    because: str | None,
) -> Thing:
    """Return a thing as the graph tells of it; exact where no entry ever changed it."""
    published = None
    if edtf is not None and basis is not None:
        published = UncertainDate(edtf=edtf, words=words, basis=Basis(basis), because=because)
    known = Known(text=text, claim=claim, issues=tuple(issues), published=published)
    return Thing(id, (position,), recorded_at, revision, live, known, tuple(inputs))


def _of_entries(entries: Sequence[Entry], known: Known | None) -> Thing:
    """Return a thing as the entries that were applied leave it."""
    first, *later = entries
    amendments = [one for one in later if one.header.kind == Amended.kind()]
    going = [one for one in later if one.header.kind != Amended.kind()]
    live = not going or going[-1].header.kind == Reinstated.kind()
    saying = decode_thing(thing_of([first, *amendments]).content)
    if known is None or not live:
        known = known_of(saying, lambda _: NOTHING)
    return Thing(
        first.header.subject,
        tuple(one.position for one in (first, *amendments)),
        first.header.recorded_at,
        entries[-1].position,
        live,
        known,
        **parts(saying),
    )
