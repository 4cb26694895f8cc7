"""Documents: parsed, validated and measured once, then kept."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Visitor,
    parse,
    validate,
    visit,
)

from api.limits import Limits

KEPT_LENGTH = 500_000
"""How many characters the documents that are kept have in all: each takes some 120 bytes, parsed."""
LONGEST_KEPT = 20_000
MAX_ERRORS = 10


class Unanswerable(Exception):
    """Raised when a document cannot be executed, with everything that is wrong with it."""

    def __init__(self, errors: list[GraphQLError], code: str) -> None:
        super().__init__(errors)
        self.errors = errors
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is known to be valid."""

    node: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    fragments: Mapping[str, FragmentDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation to execute.

        :raises Unanswerable: there is none of that name, or several and no name.
        """
        known = {one.name.value if one.name else None: one for one in self.operations}
        if name is not None and name in known:
            return known[name]
        if name is None and len(known) == 1:
            return next(iter(known.values()))
        shown = ", ".join(one or "one without a name" for one in known)
        problem = (
            f"the document has no operation {name[:60]!r}, only {shown}"
            if name is not None
            else f"the document has several operations: say which by operationName ({shown})"
        )
        raise Unanswerable([GraphQLError(problem)], "BAD_INPUT")


class Documents:
    """Reads documents, and keeps those that were read last."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._kept_length = 0

    def read(self, text: str) -> Document:
        """Return a document.

        :raises Unanswerable: it is not GraphQL, does not fit the schema, or exceeds a limit.
        """
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept
        try:
            document = self._read(text)
        except RecursionError:
            raise _refused("the document is nested too deeply", "LIMIT_EXCEEDED") from None
        if len(text) <= LONGEST_KEPT:
            self._keep(text, document)
        return document

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._kept_length += len(text)
        while self._kept_length > KEPT_LENGTH:
            oldest, _ = self._kept.popitem(last=False)
            self._kept_length -= len(oldest)

    def _read(self, text: str) -> Document:
        try:
            node = parse(text, no_location=False, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            raise Unanswerable([error], "GRAPHQL_PARSE_FAILED") from None
        self._check_aliases(node)
        if errors := validate(self._schema, node, max_errors=MAX_ERRORS):
            raise Unanswerable(errors, "GRAPHQL_VALIDATION_FAILED")
        document = Document(
            node,
            tuple(one for one in node.definitions if isinstance(one, OperationDefinitionNode)),
            {
                one.name.value: one
                for one in node.definitions
                if isinstance(one, FragmentDefinitionNode)
            },
        )
        self._check_depth(document)
        return document

    def _check_aliases(self, document: DocumentNode) -> None:
        """Check before validation, which compares fields of one key with each other."""
        counter = _AliasCounter()
        visit(document, counter)
        if counter.found > self._limits.aliases:
            raise _refused(
                f"the document has {counter.found:,} aliases, more than the "
                f"{self._limits.aliases} allowed",
                "LIMIT_EXCEEDED",
            )

    def _check_depth(self, document: Document) -> None:
        measure = _Depths(document.fragments)
        deepest = max((measure.of(one.selection_set) for one in document.operations), default=0)
        if deepest > self._limits.depth:
            raise _refused(
                f"the document is {deepest} levels deep, more than the "
                f"{self._limits.depth} allowed",
                "LIMIT_EXCEEDED",
            )


class _AliasCounter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count a field that has an alias."""
        self.found += node.alias is not None


class _Depths:
    """Measures selections, each fragment once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, int] = {}

    def of(self, selection_set: SelectionSetNode | None) -> int:
        """Return how many fields stand in each other at most."""
        if selection_set is None:
            return 0
        return max(map(self._of_selection, selection_set.selections), default=0)

    def _of_selection(self, node: SelectionNode) -> int:
        match node:
            case FieldNode():
                return 1 + self.of(node.selection_set)
            case InlineFragmentNode():
                return self.of(node.selection_set)
            case FragmentSpreadNode(name=name):
                if name.value not in self._known:
                    fragment = self._fragments[name.value]
                    self._known[name.value] = self.of(fragment.selection_set)
                return self._known[name.value]
            case _:
                raise TypeError(f"no selection: {node.kind}")


def _refused(sentence: str, code: str) -> Unanswerable:
    return Unanswerable([GraphQLError(sentence)], code)
