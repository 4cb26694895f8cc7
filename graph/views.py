"""Which graph a question sees: the present one or that of a position, and who is one with whom.

At present a thing's node has the properties that count. As of a position they are in the node if its
period had begun by then, and otherwise in the version whose period holds the position; what stood
between two things is looked for among what is and what has been.

A merged thing is seen as its canonical one, which has all that is said of any of them. That takes
steps of its own, and only for those labels that have merged things. A statement is never seen as
another one: each is what one source reports.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from graph.model import (
    KINDS,
    MERGED_LABELS,
    VERSION,
    Kind,
    Relation,
    past_label,
    past_type,
)

POSITION = "asOf"
"""The parameter that holds the position."""


@dataclass(slots=True)
class Names:
    """Gives out parameters and variables, each name once, for one view of the graph.

    ``merged`` are the labels that have merged things; ``as_of`` is the position to look at, the
    present one if there is none.
    """

    as_of: int | None = None
    merged: Collection[str] = MERGED_LABELS
    parameters: dict[str, Any] = field(default_factory=dict)
    _variables: int = 0

    def __post_init__(self) -> None:
        if self.as_of is not None:
            self.parameters[POSITION] = self.as_of

    def parameter(self, value: object) -> str:
        """Keep a value and return how the text refers to it."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = list(value) if isinstance(value, tuple) else value
        return f"${name}"

    def variable(self) -> str:
        """Return a variable that nothing else uses."""
        self._variables += 1
        return f"v{self._variables}"

    # -- nodes ---------------------------------------------------------------------------------

    def label(self, label: str) -> str:
        """Return the labels that a thing may have, as a pattern says it."""
        return label if self.as_of is None else f"{label}|{past_label(label)}"

    def property(self, variable: str, name: str) -> str:
        """Return a property of a thing; only its id is the same at any time."""
        return f"{variable}.{name}" if name == "id" else f"{self._state(variable)}.{name}"

    def carried(self, variable: str) -> str:
        """Return what has to be carried on of a thing, so that its properties can be read."""
        state = self._state(variable)
        return variable if state == variable else f"{variable}, {state}"

    def _state(self, variable: str) -> str:
        """Return the node that has the properties of a thing."""
        return variable if self.as_of is None else f"{variable}_"

    def seen(self, match: str, variable: str, label: str, where: str = "") -> str:
        """Return a match after which the properties of a thing can be read, if ``where`` holds."""
        if self.as_of is None:
            return f"{match} WHERE {where}" if where else match
        state, version = self._state(variable), self.variable()
        also = f" AND {where}" if where else ""
        return (
            f"{match} WITH *, CASE WHEN {variable}:{label} AND {variable}.since <= ${POSITION} "
            f"THEN {variable} ELSE COLLECT {{ "
            f"MATCH ({version}:{VERSION} {{of: {variable}.id}}) WHERE {_lasting(version)} "
            f"RETURN {version} }}[0] END AS {state} "
            f"WITH * WHERE {state} IS NOT NULL{also}"
        )

    def by_id(self, variable: str, label: str, condition: str) -> str:
        """Return a match of the things with a label that a condition on their id holds of."""
        if self.as_of is None:
            return f"MATCH ({variable}:{label}) WHERE {condition}"
        # A disjunction of labels has no index.
        parts = (
            f"MATCH ({variable}:{one}) WHERE {condition} RETURN {variable}"
            for one in (label, past_label(label))
        )
        return f"CALL () {{ {' UNION ALL '.join(parts)} }} WITH *"

    def is_canonical(self, variable: str, label: str) -> str | None:
        """Return the condition that a thing is merged into no other one, if any might be."""
        if not self.merges(label):
            return None
        edge = self.variable()
        where = _where(self._lasting([edge]))
        return f"NOT EXISTS {{ ({variable})-[{edge}:{self._types(('CANONICAL',))}]->(){where} }}"

    def merges(self, label: str) -> bool:
        """Tell whether things with this label may be merged."""
        return label in self.merged and label in MERGED_LABELS

    def members(self, variable: str, member: str, label: str, where: str = "") -> str:
        """Return the match that leads from a thing to each that it stands for, itself included.

        ``where`` is a condition on the state of that.
        """
        chain, step = self._merging()
        match = f"MATCH ({variable})<-{step}-({member}:{self.label(label)})"
        return self.seen(f"{match}{_where(self._lasting([], [chain]))}", member, label, where)

    def canonical_of(self, member: str, variable: str, label: str) -> str:
        """Return the match that leads from a thing to itself and to what it is merged into."""
        chain, step = self._merging()
        match = f"MATCH ({member})-{step}->({variable}:{self.label(label)})"
        return f"{match}{_where(self._lasting([], [chain]))} WITH DISTINCT {variable}"

    def _merging(self) -> tuple[str, str]:
        """Return the step from a thing to itself or to what it is merged into, and its name."""
        chain = self.variable()
        return chain, f"[{chain}:{self._types(('CANONICAL',))}*0..1]"

    # -- relationships -------------------------------------------------------------------------

    def follow(
        self,
        kind: Kind,
        start: str,
        relation: Relation,
        end: str,
        edge: str = "",
        where: str = "",
    ) -> str:
        """Return the match that leads over a relation from a thing of a kind to another one.

        ``where`` is a condition on the state of the end, the edge, or what was matched before.
        """
        edge = edge or self.variable()
        chains: list[str] = []
        conditions: list[str] = []
        begin, target = f"({start})", f"({end}:{self.label(relation.target)})"
        if not relation.recorded and self.merges(kind.label):
            chain, step = self._merging()
            chains.append(chain)
            begin = f"{begin}<-{step}-()"
        if not relation.recorded and self.merges(relation.target):
            chain, step = self._merging()
            chains.append(chain)
            target = f"()-{step}->{target}"
            conditions += filter(None, [self.is_canonical(end, relation.target)])
        match = f"MATCH {begin}{self._hop(relation, edge)}{target}"
        conditions = [*self._lasting([edge], chains), *conditions]
        if self.as_of is None:
            conditions += filter(None, [where])
            return self.seen(match, end, relation.target, " AND ".join(conditions))
        return self.seen(f"{match}{_where(conditions)}", end, relation.target, where)

    def _hop(self, relation: Relation, edge: str) -> str:
        types = f"[{edge}:{self._types(relation.types)}]"
        if relation.either:
            return f"-{types}-"
        return f"<-{types}-" if relation.incoming else f"-{types}->"

    def upwards(self, start: str, label: str, relation: str, end: str) -> str:
        """Return the match that leads from a thing to itself and over a relation ever further.

        Whatever is merged goes on from each of its members.
        """
        if not self.merges(label):
            edges = self.variable()
            lasting = _where(self._lasting([], [edges]))
            return f"MATCH ({start})-[{edges}:{self._types((relation,))}*0..]->{end}{lasting}"
        here, edge, there = self.variable(), self.variable(), self.variable()
        way = f"({edge}:{self._types(('CANONICAL',))} OR startNode({edge}) = {here})"
        step = f"({here})-[{edge}:{self._types((relation, 'CANONICAL'))}]-({there})"
        return f"MATCH ({start}) ({step}{_where([way, *self._lasting([edge])])})* {end}"

    def exists(self, matched: str) -> str:
        """Return the condition that there is something to match."""
        return f"EXISTS {{ {matched}{'' if self.as_of is None else ' RETURN 1 AS one'} }}"

    def _types(self, types: Iterable[str]) -> str:
        types = tuple(types)
        if self.as_of is not None:
            types = (*types, *map(past_type, types))
        return "|".join(types)

    def _lasting(self, edges: Iterable[str], chains: Iterable[str] = ()) -> list[str]:
        if self.as_of is None:
            return []
        return [
            *(_lasting(edge) for edge in edges),
            *(f"all(x IN {chain} WHERE {_lasting('x')})" for chain in chains),
        ]


def _where(conditions: Iterable[str]) -> str:
    joined = " AND ".join(conditions)
    return f" WHERE {joined}" if joined else ""


def _lasting(variable: str) -> str:
    """Return the condition that a period holds the position."""
    return (
        f"{variable}.since <= ${POSITION} "
        f"AND ({variable}.until IS NULL OR {variable}.until > ${POSITION})"
    )


def labels_with(type_: str) -> str:
    """Return the text that tells the labels of things that have, or had, relationships of a type.

    Neo4j keeps such counts, and looks at no relationship for them.
    """
    pairs = (
        f"['{label}', COUNT {{ (:{label})-[:{type_}]->() }} + "
        f"COUNT {{ (:{past_label(label)})-[:{type_}]->() }}]"
        for label in KINDS
    )
    return f"[x IN [{', '.join(pairs)}] WHERE x[1] > 0 | x[0]]"
