"""From what a document selects to what the graph is asked, and from rows to the answer.

A selection on a kind gives the picks of a page and a *shape*, which turns each row into the part
of the answer that was selected, keys in the order asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_directive_values,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from api.history import HISTORY, RETRACTED, Change
from api.limits import Cost
from api.pending import Pending, WantedEntry, WantedHistory, WantedWords
from api.types import AT, JSON_TYPES, POSITION, RECORDED, WORDS, edge_type_name
from graph.model import KINDS, Date, Json, Kind, Relation, Scalar
from graph.selection import Pick, Row

TYPENAME = "__typename"

Selected: TypeAlias = dict[str, list[FieldNode]]
"""The fields selected of an object, by response key in the order asked for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a selection is read in: the schema, the fragments and the variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    cost: Cost

    def fields(self, type_name: str, nodes: Iterable[FieldNode]) -> Selected:
        """Return what fields select of an object of a type."""
        selections = [node.selection_set for node in nodes if node.selection_set]
        return self.collect(type_name, selections)

    def collect(self, type_name: str, selections: Iterable[SelectionSetNode]) -> Selected:
        """Return what selection sets select of an object of a type, as the specification says."""
        selected: Selected = {}
        object_type = cast("GraphQLObjectType", self.schema.get_type(type_name))
        visited: set[str] = set()
        for selection_set in selections:
            self._collect(object_type, selection_set, selected, visited)
        return selected

    def _collect(
        self,
        of: GraphQLObjectType,
        selection_set: SelectionSetNode,
        selected: Selected,
        visited: set[str],
    ) -> None:
        for node in selection_set.selections:
            if node.directives and not self._included(node):
                continue
            match node:
                case FieldNode(alias=alias, name=name):
                    selected.setdefault((alias or name).value, []).append(node)
                case InlineFragmentNode() if self._applies(node, of):
                    self._collect(of, node.selection_set, selected, visited)
                case FragmentSpreadNode(name=name) if name.value not in visited:
                    visited.add(name.value)
                    fragment = self.fragments[name.value]
                    if self._applies(fragment, of):
                        self._collect(of, fragment.selection_set, selected, visited)

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and (include is None or include["if"])

    def _applies(
        self, fragment: InlineFragmentNode | FragmentDefinitionNode, of: GraphQLObjectType
    ) -> bool:
        condition = fragment.type_condition
        if condition is None or condition.name.value == of.name:
            return True
        named: GraphQLNamedType | None = self.schema.get_type(condition.name.value)
        return is_abstract_type(named) and self.schema.is_sub_type(named, of)


def _names(selected: Selected) -> dict[str, str]:
    """Return the names of selected fields, by response key."""
    return {key: nodes[0].name.value for key, nodes in selected.items()}


Part: TypeAlias = Callable[[Row, Pending], object]
"""Takes one part of the answer from a row."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a row becomes an object of the answer; a ``plain`` one already is that object.

    ``words`` names, by key, what is put in from the text of a source, and ``histories`` what is
    put in of the entries about the thing: which field it is, and of each entry which ones by key.
    """

    parts: tuple[tuple[str, Part], ...]
    plain: bool
    words: Mapping[str, str]
    histories: Mapping[str, tuple[str, Mapping[str, str]]]

    def of(self, row: Row, pending: Pending) -> Row:
        """Return the object for a row."""
        if self.plain:
            return row
        made: Row = {}
        self.fill(made, row, pending)
        return made

    def fill(self, made: Row, row: Row, pending: Pending) -> None:
        """Put what is shown of a row into an object; what is pending is put in there later."""
        made.update((key, part(row, pending)) for key, part in self.parts)
        for key, (field, names) in self.histories.items():
            about = cast("str", row[_HISTORY_NEEDS.key])
            pending.histories.append(WantedHistory(about, made, key, field, names))
        if self.words:
            document, start, end, sha256 = (row[pick.key] for pick in _WORDS_NEED)
            pending.words.append(
                WantedWords(
                    cast("dict[str, str]", document)["sha256"],
                    cast("int", start),
                    cast("int", end),
                    cast("str", sha256),
                    made,
                    self.words,
                )
            )


_WORDS_NEED = (
    Pick(".source", "source", (Pick("sha256", "sha256"),)),
    Pick(".start", "start"),
    Pick(".end", "end"),
    Pick(".sha256", "sha256"),
)
"""What finds the words of a passage; no response key has a dot."""
_HISTORY_NEEDS = Pick(".about", "id")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to pick of a kind, and how its rows become objects."""

    picks: tuple[Pick, ...]
    shape: Shape


def select(
    kind: Kind, nodes: Iterable[FieldNode], scope: Scope, times: int, steps: int = 0
) -> Selection:
    """Return the selection of fields on things of a kind, of which there may be ``times``.

    ``steps`` is how many relations led there.

    :raises TooMuch: it costs more than the limit.
    """
    builder = _Builder(scope, times, steps)
    for key, fields in scope.fields(kind.label, nodes).items():
        name = fields[0].name.value
        if name == TYPENAME:
            builder.constant(key, kind.label)
        elif name == RECORDED:
            builder.recorded(key, fields)
        elif name in (HISTORY, RETRACTED):
            builder.history(key, name, fields)
        else:
            builder.field(key, kind, name, fields)
    return builder.selection()


class _Builder:
    """Gathers picks and parts side by side."""

    def __init__(self, scope: Scope, times: int, steps: int) -> None:
        self._scope = scope
        self._times = times
        self._steps = steps
        self._picks: list[Pick] = []
        self._parts: list[tuple[str, Part]] = []
        self._plain = True
        self._words: dict[str, str] = {}
        self._histories: dict[str, tuple[str, Mapping[str, str]]] = {}

    def selection(self) -> Selection:
        picks = (
            *self._picks,
            *(_WORDS_NEED if self._words else ()),
            *((_HISTORY_NEEDS,) if self._histories else ()),
        )
        shape = Shape(tuple(self._parts), self._plain, self._words, self._histories)
        return Selection(picks, shape)

    def constant(self, key: str, text: str) -> None:
        self._shaped(key, lambda row, pending: text)

    def taken(self, pick: Pick) -> None:
        """Pick something that goes into the answer as it comes."""
        key = pick.key
        self._picks.append(pick)
        self._parts.append((key, lambda row, pending: row[key]))

    def field(self, key: str, kind: Kind, name: str, nodes: list[FieldNode]) -> None:
        match kind.field(name):
            case Scalar():
                self.taken(Pick(key, name))
            case Date():
                self._date(key, name, nodes)
            case Json():
                self._json(key, name, nodes)
            case Relation() as relation:
                self._relation(key, relation, nodes)

    def recorded(self, key: str, nodes: list[FieldNode]) -> None:
        """Show the entry behind a thing: what the graph has, and what only the log has."""
        names = _names(self._scope.fields("Recording", nodes))
        position, at = f"{key}.position", f"{key}.at"  # no response key has a dot
        self._picks += [Pick(position, POSITION), Pick(at, AT)]

        def part(row: Row, pending: Pending) -> object:
            known = {"position": row[position], "recordedAt": row[at], TYPENAME: "Recording"}
            recording: Row = {key: known.get(name) for key, name in names.items()}
            for inner, name in names.items():
                if name not in known:
                    wanted = WantedEntry(cast("int", row[position]), recording, inner, name)
                    pending.entries.append(wanted)
            return recording

        self._shaped(key, part)

    def history(self, key: str, name: str, nodes: list[FieldNode]) -> None:
        """Show the entries about a thing, or the one by which it is off the record."""
        cost = self._scope.cost
        cost.add(self._times * (cost.limits.list_size if name == HISTORY else 1))
        names = _names(self._scope.fields(Change.__name__, nodes))
        self._histories[key] = (name, names)
        self._shaped(key, lambda row, pending: None)

    def words(self, key: str, name: str) -> None:
        """Show words that only the text of the source has; null where that is not at hand."""
        self._words[key] = name
        self._shaped(key, lambda row, pending: None)

    def _shaped(self, key: str, part: Part) -> None:
        self._plain = False
        self._parts.append((key, part))

    def _date(self, key: str, name: str, nodes: list[FieldNode]) -> None:
        inner = _Builder(self._scope, self._times, self._steps)
        for part, fields in self._scope.fields("UncertainDate", nodes).items():
            if fields[0].name.value == TYPENAME:
                inner.constant(part, "UncertainDate")
            else:
                inner.taken(Pick(part, fields[0].name.value))
        self._nested(key, name, inner.selection(), many=False)

    def _json(self, key: str, name: str, nodes: list[FieldNode]) -> None:
        of = JSON_TYPES[name][0]
        names = _names(self._scope.fields(of, nodes))
        self._picks.append(Pick(key, name))

        def part(row: Row, pending: Pending) -> object:
            return [
                {inner: of if name == TYPENAME else item.get(name) for inner, name in names.items()}
                for item in cast("list[Row]", row[key])
            ]

        self._shaped(key, part)

    def _relation(self, key: str, relation: Relation, nodes: list[FieldNode]) -> None:
        cost, steps = self._scope.cost, self._steps + 1
        cost.follow(steps)
        times = cost.add(self._times * (cost.limits.list_size if relation.many else 1))
        if relation.node_field is None:
            inner = select(KINDS[relation.target], nodes, self._scope, times, steps)
        else:
            inner = self._edge(relation, nodes, times, steps)
        self._nested(key, relation.name, inner, many=relation.many)

    def _edge(
        self, relation: Relation, nodes: list[FieldNode], times: int, steps: int
    ) -> Selection:
        of = edge_type_name(relation)
        builder = _Builder(self._scope, times, steps)
        for key, fields in self._scope.fields(of, nodes).items():
            name = fields[0].name.value
            if name == TYPENAME:
                builder.constant(key, of)
            elif name == relation.node_field:
                node = select(KINDS[relation.target], fields, self._scope, times, steps)
                builder._nested(key, name, node, many=False)
            elif name in WORDS.get(of, ()):
                builder.words(key, name)
            else:
                builder.taken(Pick(key, name))
        return builder.selection()

    def _nested(self, key: str, name: str, inner: Selection, *, many: bool) -> None:
        pick = Pick(key, name, inner.picks)
        if inner.shape.plain:
            self.taken(pick)
            return
        self._picks.append(pick)
        shape = inner.shape

        def one(row: Row, pending: Pending) -> object:
            value = cast("Row | None", row[key])
            return None if value is None else shape.of(value, pending)

        def each(row: Row, pending: Pending) -> object:
            return [shape.of(value, pending) for value in cast("Sequence[Row]", row[key])]

        self._shaped(key, each if many else one)
