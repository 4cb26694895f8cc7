"""The dossier: how a person codes a document, in YAML by hand.

A dossier is a source and what is said in it, with the actors, issues and claims that it needs.
Short names stand for ids: what a dossier records gets ``kind/<source name>/<short name>``
unless it has an ``id`` of its own, and ``use`` names things recorded elsewhere.
Passages and quotations may be given by their words for a while; :mod:`schema.coding.filling`
puts in their place where these stand in the document, and only then is the dossier read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel, TypeAdapter, ValidationError

from schema.dates import UncertainDate
from schema.entries import (
    ActorRecorded,
    AnyThing,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    IdentityJudged,
    IssueRecorded,
    LinkRecorded,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import Fault, InvalidInput, did_you_mean, faults_of, shown
from schema.identifiers import kind_of
from schema.references import field_shapes
from schema.values import Span, Text, text_sha256
from schema.yaml import Document, Tree, read_document

Raw = dict[str, Tree]

SECTIONS: dict[str, type[AnyThing]] = {
    "actors": ActorRecorded,
    "roles": RoleRecorded,
    "issues": IssueRecorded,
    "claims": ClaimRecorded,
    "events": EventRecorded,
    "statements": StatementRecorded,
    "links": LinkRecorded,
    "judgements": IdentityJudged,
}
SPANS = ("quotes", "hedging")
"""The fields of a statement that hold stretches inside its passages."""
BY_WORDS = "is given by its words: run onrecord dossier fill FILE --document TEXT first"
_NO_SHA256 = "0" * 64
_FIELDS = ("dossier", "source", "use", *SECTIONS, "leftOut")


class LeftOutReason(StrEnum):
    """Why a passage is not coded; the list is closed.

    NO_CONTENT: it only leads to the next sentence. NAVIGATION: labels, links, names of topics.
    REPEATS: what is coded elsewhere, in the same words. SCENE_SETTING: weather, furniture.
    NOT_SAID: words in quotation marks that nobody is said to have said (irony, an imagined
    speech); they may stand in a passage, since only their quotation marks are meant.
    """

    NO_CONTENT = "NO_CONTENT"
    NAVIGATION = "NAVIGATION"
    REPEATS = "REPEATS"
    SCENE_SETTING = "SCENE_SETTING"
    NOT_SAID = "NOT_SAID"


class LeftOut(Span):
    """A passage that was read and not coded, with the reason."""

    reason: LeftOutReason
    """Why it is not coded."""
    note: Text | None = None
    """What else is to be said of it."""


_LEFT_OUT = TypeAdapter(tuple[LeftOut, ...])


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a dossier file says: the entries to record, in order, and what was left out."""

    name: str
    entries: tuple[AnyThing, ...]
    left_out: tuple[LeftOut, ...]
    used: Mapping[str, str]
    """What is recorded elsewhere: ids by the short names that ``use`` gives them."""
    places: Mapping[str, tuple[str, ...]]
    """Where each entry stands in the document, by id."""
    document: Document

    @property
    def source(self) -> SourceRecorded | None:
        """Return the document that is coded; a dossier of shared things codes none."""
        return next((one for one in self.entries if isinstance(one, SourceRecorded)), None)

    def located(self, fault: Fault) -> Fault:
        """Return a fault whose path begins with an entry's id as one that tells file and line.

        A fault of something that does not stand here comes back as it is.
        """
        if not fault.path or fault.path[0] not in self.places:
            return fault
        path = (*self.places[fault.path[0]], *fault.path[1:])
        return Fault(path, fault.message, self.document.where(path))


def read_dossier(text: str, name: str) -> Dossier:
    """Read a dossier; ``name`` is what errors call the file.

    :raises InvalidInput: with every fault found, each naming file, line and field.
    """
    return _Reader(read_document(text, name)).read()


@dataclass(frozen=True, slots=True)
class _Item:
    """One named thing as written: what it becomes, and where it stands."""

    model: type[AnyThing]
    short: str
    path: tuple[str, ...]
    raw: Raw


def _expand_dates(model: type[BaseModel], raw: Raw) -> None:
    """Let a bare text stand for a date whose basis is STATED, and a number for a year."""
    for field in field_shapes(model):
        if field.model is not UncertainDate:
            continue
        value = raw.get(field.alias)
        if type(value) in (str, int):
            raw[field.alias] = {"edtf": str(value)}
        elif isinstance(value, dict) and type(value.get("edtf")) is int:
            raw[field.alias] = {**value, "edtf": str(value["edtf"])}


def _names_at(model: type[BaseModel], path: Sequence[str]) -> list[str]:
    """Return the names of the fields where a path ends, for near misses."""
    for step in path[:-1]:
        inner = next((f.model for f in field_shapes(model) if f.alias == step), None)
        model = inner or model
    return [field.alias for field in field_shapes(model)]


def _faults(error: ValidationError, model: type[BaseModel]) -> Iterator[Fault]:
    """Yield the faults of a model, with the nearest field for one that it has not."""
    for fault, detail in zip(faults_of(error), error.errors(), strict=True):
        if detail["type"] == "extra_forbidden":
            near = did_you_mean(fault.path[-1], _names_at(model, fault.path))
            yield replace(fault, message=fault.message + near)
        else:
            yield fault


def _kind(identifier: Tree) -> str | None:
    """Return the kind of an id, or None if it is none."""
    try:
        return kind_of(identifier) if isinstance(identifier, str) else None
    except ValueError:
        return None


def _unfilled_told_once(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults with only the first place that is not filled in: one command fills in all."""
    told = list(faults)
    unfilled = [fault for fault in told if fault.message == BY_WORDS]
    if len(unfilled) > 1:
        first, others = unfilled[0], len(unfilled) - 1
        places = "1 more place is" if others == 1 else f"{others:,} more places are"
        told = [fault for fault in told if fault.message != BY_WORDS]
        told.append(replace(first, message=f"{BY_WORDS}; so {places}"))
    return told


class _Reader:
    """Expands one document's short forms into entries, collecting faults on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []
        self.names: dict[str, list[str]] = {}
        self.source: str | None = None
        self.publisher: str | None = None

    def read(self) -> Dossier:
        root = self._mapping(self.document.root, ())
        for field in root.keys() - set(_FIELDS):
            self._fault((field,), f"is not a part of a dossier{did_you_mean(field, _FIELDS)}")
        if type(root.get("dossier")) is not int or root["dossier"] != 1:
            self._fault(("dossier",), "has to be 1, the version of the format")
        source = self._source_header(root)
        items = list(self._items(root))
        used = self._use(root)
        self._name_all(items)
        entries: list[AnyThing] = []
        if source is not None:
            _expand_dates(SourceRecorded, source)
            self._build(SourceRecorded, source, ("source",), entries)
            publisher = self._resolved(source.get("publisher"), ("actor",), ("source", "publisher"))
            self.publisher = publisher if isinstance(publisher, str) else None
        for item in items:
            filled = self._expand(item)
            self._build(item.model, item.raw, item.path, entries, filled)
        left_out = self._left_out(root, source)
        if self.faults:
            raise InvalidInput(_unfilled_told_once(dict.fromkeys(self.faults)))
        places = {str(item.raw["id"]): item.path for item in items}
        if source is not None:
            places[str(source.get("id"))] = ("source",)
        return Dossier(self.document.name, tuple(entries), left_out, used, places, self.document)

    # -- names -----------------------------------------------------------------------------

    def _source_header(self, root: Raw) -> Raw | None:
        if root.get("source") is None:
            return None
        source = dict(self._mapping(root["source"], ("source",)))
        identifier = source.get("id")
        # An id that is none is told once, where it stands, not again by all that it would name.
        known = isinstance(identifier, str) and _kind(identifier) == "source"
        self.source = str(identifier) if known else "source/unknown"
        return source

    def _items(self, root: Raw) -> Iterator[_Item]:
        """Yield every named thing of every section, claims written inside statements included."""
        for section, model in SECTIONS.items():
            for short, value in self._mapping(root.get(section), (section,)).items():
                raw = dict(self._mapping(value, (section, short)))
                raw.setdefault("id", self._made_id(section, short))
                claim = raw.get("claim")
                if model is StatementRecorded and isinstance(claim, dict):
                    inline = dict(claim)
                    raw["claim"] = inline.setdefault("id", self._made_id("claims", short))
                    yield _Item(ClaimRecorded, short, (section, short, "claim"), inline)
                yield _Item(model, short, (section, short), raw)

    def _made_id(self, section: str, short: str) -> str:
        document = f"{self.source.partition('/')[2]}/" if self.source else ""
        return f"{section.removesuffix('s')}/{document}{short}"

    def _use(self, root: Raw) -> dict[str, str]:
        used = {}
        for short, identifier in self._mapping(root.get("use"), ("use",)).items():
            if not isinstance(identifier, str):
                self._fault(("use", short), "has to be an id such as actor/xi-jinping")
                continue
            self._name(short, identifier, ("use", short))
            used[short] = identifier
        return used

    def _name_all(self, items: Sequence[_Item]) -> None:
        recorded: set[str] = set()
        for item in items:
            identifier = item.raw["id"]
            if not isinstance(identifier, str) or _kind(identifier) is None:
                continue  # its model tells
            if identifier in recorded:
                self._fault(item.path, f"{identifier} is recorded twice in this dossier")
            recorded.add(identifier)
            self._name(item.short, identifier, item.path)

    def _name(self, short: str, identifier: str, path: tuple[str, ...]) -> None:
        try:
            kind = kind_of(identifier)
        except ValueError as error:
            self._fault(path, str(error))
            return
        taken = self.names.setdefault(short, [])
        if any(kind_of(other) == kind for other in taken) and identifier not in taken:
            self._fault(path, f"the short name {shown(short)} stands for two things of kind {kind}")
        taken.append(identifier)

    # -- short forms -----------------------------------------------------------------------

    def _expand(self, item: _Item) -> bool:
        """Write out the short forms; tell whether all passages and quotations are filled in."""
        raw = item.raw
        before = len(self.faults)
        self._expand_spans(item)
        filled = len(self.faults) == before
        if item.model is ActorRecorded and raw.get("named") is False and self.source:
            raw.setdefault("scopedTo", self.source)
        if item.model is StatementRecorded:
            self._expand_statement(raw, item.path)
        _expand_dates(item.model, raw)
        return filled

    def _expand_spans(self, item: _Item) -> None:
        """Write out passages and quotations; one given by its words is told, and stands anywhere."""
        raw = item.raw
        if isinstance(passages := raw.get("passages"), list):
            raw["passages"] = [
                self._passage(one, (*item.path, "passages", str(index)), index)
                for index, one in enumerate(passages)
            ]
        for field in SPANS if item.model is StatementRecorded else ():
            if isinstance(spans := raw.get(field), list):
                raw[field] = [
                    self._quotation(one, (*item.path, field, str(index)), index)
                    for index, one in enumerate(spans)
                ]

    def _passage(self, value: Tree, path: tuple[str, ...], index: int) -> Tree:
        if isinstance(value, str):
            value = {"words": value}
        if not isinstance(value, dict):
            return value
        passage = self._anywhere(value, path, index) if "words" in value else dict(value)
        if self.source:
            passage.setdefault("source", self.source)
        return passage

    def _anywhere(self, value: Raw, path: tuple[str, ...], index: int) -> Raw:
        """Return a stretch given by its words as one that its model takes, and tell of it."""
        self._fault(path, BY_WORDS)
        rest = {field: inner for field, inner in value.items() if field not in ("words", "exact")}
        return {**rest, "start": index, "end": index + 1, "sha256": _NO_SHA256}

    def _quotation(self, value: Tree, path: tuple[str, ...], index: int) -> Tree:
        if isinstance(value, str):
            value = {"exact": value}
        if not isinstance(value, dict):
            return value
        span = dict(value)
        exact = span.get("exact")
        if isinstance(exact, str) and "start" not in span:
            self._fault(path, BY_WORDS)
            span["start"] = index
        start = span.get("start")
        if isinstance(exact, str) and type(start) is int:
            span.setdefault("end", start + len(exact))
            span.setdefault("sha256", text_sha256(exact))
        return span

    def _expand_statement(self, raw: Raw, path: tuple[str, ...]) -> None:
        if raw.get("claim") is not None:
            raw.setdefault("polarity", Polarity.ASSERTS.value)
        if self.publisher is not None:
            raw.setdefault("speaker", self.publisher)
        if "attribution" not in raw:
            raw["attribution"] = self._attribution(raw, path).value

    def _attribution(self, raw: Raw, path: tuple[str, ...]) -> Attribution:
        if raw.get("quotes"):
            either = f"{Attribution.DIRECT_QUOTE} or {Attribution.PARTIAL_QUOTE}"
            self._fault(path, f"has quotes: say whether attribution is {either}")
            return Attribution.PARTIAL_QUOTE
        speaker = self._resolved(raw.get("speaker"), ("actor",), (*path, "speaker"))
        own = speaker is not None and speaker == self.publisher
        return Attribution.OWN_VOICE if own else Attribution.PARAPHRASE

    def _left_out(self, root: Raw, source: Raw | None) -> tuple[LeftOut, ...]:
        raw = root.get("leftOut")
        if raw is None:
            return ()
        if source is None:
            self._fault(("leftOut",), "needs a source that the passages stand in")
            return ()
        if isinstance(raw, list):
            raw = [
                self._anywhere(one, ("leftOut", str(index)), index)
                if isinstance(one, dict) and "words" in one
                else one
                for index, one in enumerate(raw)
            ]
        try:
            left_out = _LEFT_OUT.validate_python(raw, by_alias=True, by_name=False)
        except ValidationError as error:
            for fault in _faults(error, LeftOut):
                self._fault(("leftOut", *fault.path), fault.message)
            return ()
        length = source.get("length")
        for index, one in enumerate(left_out):
            if isinstance(length, int) and one.end > length:
                message = f"ends at {one.end}, but the source has only {length} characters"
                self._fault(("leftOut", str(index)), message)
        return left_out

    # -- entries ---------------------------------------------------------------------------

    def _build(
        self,
        model: type[AnyThing],
        raw: Raw,
        path: tuple[str, ...],
        entries: list[AnyThing],
        filled: bool = True,
    ) -> None:
        before = len(self.faults)
        resolved = self._resolve_in(model, raw, path)
        unresolved = not filled or len(self.faults) > before
        try:
            entries.append(model.model_validate(resolved, by_alias=True, by_name=False))
        except ValidationError as error:
            for fault in _faults(error, model):
                # How its parts go together is not told while some of them are unknown.
                if fault.path or not unresolved:
                    self._fault((*path, *fault.path), fault.message)

    def _resolve_in(self, model: type[BaseModel], raw: Raw, path: tuple[str, ...]) -> Raw:
        """Return a mapping with short names replaced by ids wherever the model has references."""
        resolved = dict(raw)
        for field in field_shapes(model):
            if field.alias not in raw:
                continue
            value, inner = raw[field.alias], (*path, field.alias)
            if field.ref is not None:
                resolved[field.alias] = self._resolved(value, field.ref.kinds, inner)
            elif field.model is not None:
                resolved[field.alias] = self._resolve_nested(field.model, value, inner)
        return resolved

    def _resolve_nested(self, model: type[BaseModel], value: Tree, path: tuple[str, ...]) -> Tree:
        if isinstance(value, list):
            return [
                self._resolve_nested(model, item, (*path, str(index)))
                for index, item in enumerate(value)
            ]
        return self._resolve_in(model, value, path) if isinstance(value, dict) else value

    def _resolved(self, value: Tree, kinds: tuple[str, ...], path: tuple[str, ...]) -> Tree:
        if isinstance(value, list):
            return [
                self._resolved(item, kinds, (*path, str(index))) for index, item in enumerate(value)
            ]
        if not isinstance(value, str) or "/" in value:
            return value
        found = {one for one in self.names.get(value, []) if kind_of(one) in kinds}
        if len(found) == 1:
            return found.pop()
        if found:
            both = " and for ".join(sorted(found))
            self._fault(path, f"{shown(value)} stands for {both}: write the id in full")
            return min(found)
        near = [name for name, ids in self.names.items() if any(kind_of(i) in kinds for i in ids)]
        self._fault(
            path,
            f"{shown(value)} is the short name of no {' or '.join(kinds)} here{did_you_mean(value, near)}",
        )
        return f"{kinds[0]}/unknown"

    # -- shapes ----------------------------------------------------------------------------

    def _mapping(self, value: Tree, path: tuple[str, ...]) -> Raw:
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self._fault(path, "has to be a mapping of names to things")
        return {}

    def _fault(self, path: tuple[str, ...], message: str) -> None:
        self.faults.append(Fault(path, message, self.document.where(path)))
