"""Filling in a dossier: where words stand, offsets and hashes of the document come.

What people write, and what becomes of it:

- a passage or a passage left out, ``words: first words … last words`` -> ``start``, ``end``,
  ``sha256``; a plain text among passages is short for such words;
- a quotation or a hedge, ``exact: words`` or a plain text -> ``start`` and ``exact``;
- a source without ``sha256`` and ``length`` -> both.

How words are found is told in :mod:`schema.coding.words`. Every character of the dossier that is
not one of these stays: comments, order, indentation, line ends.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from schema.coding.splicing import CannotSplice, Splices, as_yaml
from schema.coding.stretches import Stretch
from schema.coding.words import MAX_COUNTED, NotFound, Words
from schema.dossier import BY_WORDS, SECTIONS, SPANS, Dossier, read_dossier
from schema.errors import Fault, InvalidInput, shown
from schema.values import text_sha256
from schema.yaml import Path, Tree, read_document

_OFFSETS = ("start", "end", "sha256")


@dataclass(frozen=True, slots=True)
class Filled:
    """A dossier filled in: its new text, which differs where something was to be filled in."""

    text: str
    count: int
    """How many passages and quotations were given by their words."""
    dossier: Dossier
    """What the new text says."""


def fill(dossier_text: str, name: str, document: str) -> Filled:
    """Fill in a dossier; ``name`` is what errors call its file, ``document`` the text it codes.

    What is filled in already is held against the document, so filling twice changes nothing.

    :raises InvalidInput: with every fault found, each naming file, line and field: words that do
        not say which stretch they mean, offsets or hashes of another text, and whatever keeps the
        filled dossier from being read.
    """
    return _Filler(dossier_text, name, document).fill()


class _Filler:
    """Goes through one dossier, collecting changes of its text and faults on the way."""

    def __init__(self, text: str, name: str, document: str) -> None:
        self.written = read_document(text, name)
        self.name = name
        self.document = document
        self.words = Words(document)
        self.splices = Splices(text, self.written)
        self.faults: list[Fault] = []
        self.count = 0

    def fill(self) -> Filled:
        root = _mapping(self.written.root)
        if not isinstance(source := root.get("source"), dict):
            self._fault(("source",), "is missing: words are looked for in the text of a source")
            raise InvalidInput(self.faults)
        self._source(source)
        self.here = self._names_of(source, _mapping(root.get("use")))
        for section in SECTIONS:
            for short, thing in _mapping(root.get(section)).items():
                self._thing(_mapping(thing), (section, short))
        for path, left_out in _items(root.get("leftOut"), ("leftOut",)):
            if isinstance(left_out, dict):
                self._passage(left_out, path)
            elif isinstance(left_out, str):
                self._fault(path, "needs a reason: write {words: ..., reason: ...}")
        return self._read(self.splices.spliced())

    def _read(self, text: str) -> Filled:
        """Read what the dossier has become; its faults are told where they stand in the file."""
        try:
            dossier = read_dossier(text, self.name)
        except InvalidInput as error:
            told = {fault.path for fault in self.faults}
            for fault in error.faults:
                # What could not be filled in is told already, with the reason.
                if not told or (fault.path not in told and not fault.message.startswith(BY_WORDS)):
                    self._fault(fault.path, fault.message)
            raise self._refusal() from None
        if self.faults:
            raise self._refusal()
        return Filled(text, self.count, dossier)

    def _refusal(self) -> InvalidInput:
        return InvalidInput(sorted(self.faults, key=_line))

    # -- the source ------------------------------------------------------------------------

    def _source(self, source: dict[str, Tree]) -> None:
        found: dict[str, Tree] = {
            "sha256": text_sha256(self.document),
            "length": len(self.document),
        }
        for field, value in found.items():
            said = source.get(field)
            if said is not None and said != value:
                message = f"is {shown(said)}, but that of the document given is {shown(value)}"
                self._fault(("source", field), f"{message}: it is another text")
        if self.faults:
            raise InvalidInput(self.faults)  # nothing in it could be found in another text
        for field, value in found.items():
            if field in source and source[field] is None:
                self.splices.set_value(("source", field), str(value))
        missing = {field: str(value) for field, value in found.items() if field not in source}
        if missing:
            self._add_to_source(source, missing)

    def _add_to_source(self, source: dict[str, Tree], fields: dict[str, str]) -> None:
        """Put fields behind the last one of the source that ends in its own line."""
        for field in reversed(source):
            extent = self.written.values["source", field]
            written = extent.start < extent.end
            block = extent.block or (isinstance(source[field], dict | list) and not extent.flow)
            if written and not block:
                self._splice(("source", field), self.splices.add_behind, fields)
                return

    def _names_of(self, source: dict[str, Tree], used: dict[str, Tree]) -> list[Tree]:
        """Return what a passage of this source may call it."""
        identifier = source.get("id")
        return [None, identifier, *(short for short, one in used.items() if one == identifier)]

    # -- passages and quotations -----------------------------------------------------------

    def _thing(self, thing: dict[str, Tree], path: Path) -> None:
        passages = list(_written_out(thing, "passages", "words"))
        places = [self._passage(passage, (*path, *inner)) for inner, passage in passages]
        if path[0] != "statements" or not all(self._is_here(one) for _, one in passages):
            return
        known = None if None in places else [place for place in places if place is not None]
        for field in SPANS:
            for inner, span in _written_out(thing, field, "exact"):
                self._quotation(span, (*path, *inner), known)

    def _is_here(self, passage: dict[str, Tree]) -> bool:
        """Tell whether a passage stands in the document, and not in that of another source."""
        return passage.get("source") in self.here

    def _passage(self, passage: dict[str, Tree], path: Path) -> Stretch | None:
        """Fill in a passage, or hold it against the document; return its place if it is right."""
        if "words" not in passage:
            return self._checked(passage, path) if self._is_here(passage) else None
        try:
            place = self._by_words(passage)
        except NotFound as error:
            self._fault(path, str(error))
            return None
        sha256 = text_sha256(self.document[place.start : place.end])
        fields = {"start": str(place.start), "end": str(place.end), "sha256": sha256}
        if (*path, "words") in self.written.names:
            self._splice((*path, "words"), self.splices.replace_field, fields)
        else:
            self.splices.set_item(path, fields)
        self.count += 1
        return place

    def _by_words(self, passage: dict[str, Tree]) -> Stretch:
        """Return the place of a passage that is given by its words.

        :raises NotFound: they do not tell which it is, or something else in it is wrong.
        """
        if not self._is_here(passage):
            source = shown(passage["source"])
            raise NotFound(f"stands in {source}, and is filled in from its own text")
        if given := [field for field in _OFFSETS if field in passage]:
            raise NotFound(f"has words and {given[0]}: one of them is enough")
        if not isinstance(words := passage["words"], str):
            raise NotFound("has words that are no text")
        place = self.words.passage(words)
        there = self.document[place.start : place.end]
        if passage.get("exact") not in (None, there):
            raise NotFound(f"has exact words that are not those of the document: {shown(there)}")
        return place

    def _checked(self, passage: dict[str, Tree], path: Path) -> Stretch | None:
        start, end, sha256 = (passage.get(field) for field in _OFFSETS)
        if type(start) is not int or type(end) is not int or not 0 <= start < end:
            return None  # its model tells
        if end > len(self.document):
            there = f"the document has only {len(self.document):,} characters"
            self._fault(path, f"ends at {end:,}, but {there}")
            return None
        exact = self.document[start:end]
        if isinstance(sha256, str) and sha256 != text_sha256(exact):
            self._fault(path, f"has not the SHA-256 of {start:,} to {end:,}: {shown(exact)}")
            return None
        return Stretch(start, end)

    def _quotation(self, span: dict[str, Tree], path: Path, passages: list[Stretch] | None) -> None:
        exact = span.get("exact")
        if not isinstance(exact, str):
            return  # its model tells
        start = span.get("start")
        if type(start) is int:
            found = self.document[start : start + len(exact)] if start >= 0 else ""
            if found != exact:
                self._fault(path, f"{shown(exact)} does not stand at {start:,}: {shown(found)}")
            return
        if "start" in span or passages is None:
            return  # told already
        if (place := self._inside(exact, path, passages)) is None:
            return
        found = self.document[place.start : place.end]
        if (*path, "exact") in self.written.names:
            self._splice((*path, "exact"), self.splices.add_before, {"start": str(place.start)})
            if found != exact:
                self.splices.set_value((*path, "exact"), as_yaml(found))
        else:
            fields = {"start": str(place.start), "exact": as_yaml(found)}
            self.splices.set_item(path, fields)
        self.count += 1

    def _inside(self, exact: str, path: Path, passages: list[Stretch]) -> Stretch | None:
        """Return where a quotation stands in the passages of its statement."""
        found = {
            place
            for passage in passages
            for place in islice(self.words.find(exact, passage.start, passage.end), MAX_COUNTED)
        }
        if len(found) == 1:
            return found.pop()
        if found:
            where = self.words.told(sorted(found))
            times = f"stands {len(found):,} times in the passages of its statement ({where})"
            self._fault(path, f"{shown(exact)} {times}: say which by its start")
        else:
            message = "does not stand in the passages of its statement"
            self._fault(path, f"{shown(exact)} {message}{self.words.near(exact, passages)}")
        return None

    def _splice(
        self, path: Path, change: Callable[[Path, dict[str, str]], None], fields: dict[str, str]
    ) -> None:
        try:
            change(path, fields)
        except CannotSplice as error:
            self._fault(path, str(error))

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(Fault(path, message, self.written.where(path)))


def _line(fault: Fault) -> int:
    return int((fault.where or "").rpartition(":")[2])


def _mapping(value: Tree) -> dict[str, Tree]:
    return value if isinstance(value, dict) else {}


def _items(value: Tree, path: Path) -> Iterator[tuple[Path, Tree]]:
    """Yield the items of a list, each with its path."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield (*path, str(index)), item


def _written_out(
    thing: dict[str, Tree], field: str, short_for: str
) -> Iterator[tuple[Path, dict[str, Tree]]]:
    """Yield the mappings of a list, each with its path; a text is short for one of its fields."""
    for path, item in _items(thing.get(field), (field,)):
        if isinstance(item, str):
            yield path, {short_for: item}
        elif isinstance(item, dict):
            yield path, item
