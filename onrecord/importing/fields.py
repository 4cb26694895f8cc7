"""The fields of a row whose form nobody has checked yet: each is read as what it has to be."""

from collections.abc import Mapping

from onrecord.importing.rows import Unfit
from schema.errors import shown


class Fields:
    """A mapping from a file, and the way to it; what is null or blank is not there.

    ``known`` are mappings that others stand for by ``@id`` alone, as in JSON-LD.
    """

    def __init__(
        self,
        values: Mapping[str, object],
        path: str = "",
        known: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self._values = values
        self._path = path
        self._known = known or {}

    def text(self, name: str) -> str:
        """Return a text without white space at its ends.

        :raises Unfit: it is missing, or no text.
        """
        found = self.maybe(name)
        if found is None:
            raise self.unfit(name, "is missing")
        return found

    def maybe(self, name: str) -> str | None:
        """Return a text, or None if it is not there; a number is the text that it is written as.

        :raises Unfit: it is something else.
        """
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.unfit(name, f"has to be a text, not {shown(value)}")
        return str(value).strip() or None

    def line(self, name: str) -> str | None:
        """Return a text in one line, or None if it is not there.

        :raises Unfit: it is no text.
        """
        found = self.maybe(name)
        return found and " ".join(found.split())

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list, each once, or the one text that stands for a list.

        :raises Unfit: one of them is no text.
        """
        values = enumerate(self._several(name))
        within = Fields({str(n): value for n, value in values}, self.path_of(name))
        return tuple(dict.fromkeys(within.text(each) for each in within._values))

    def parts(self, name: str, *, named: bool = False) -> tuple["Fields", ...]:
        """Return the mappings of a list, or the one that stands for a list.

        ``named``: a text stands for a mapping with that ``name``.

        :raises Unfit: one of them is none.
        """
        return tuple(
            Fields(self._mapping(name, value, named), f"{self.path_of(name)}.{number}", self._known)
            for number, value in enumerate(self._several(name))
        )

    def part(self, name: str) -> "Fields":
        """Return a mapping, the first of several, an empty one if there is none.

        :raises Unfit: one of them is no mapping.
        """
        return next(iter(self.parts(name, named=True)), Fields({}, self.path_of(name)))

    def types(self) -> tuple[str, ...]:
        """Return the names of its types in JSON-LD, without what stands before them in addresses."""
        listed = [one for one in self._several("@type") if isinstance(one, str)]
        return tuple(one.rpartition("/")[2].rpartition(":")[2] for one in listed)

    def path_of(self, name: str) -> str:
        """Return the way to a field."""
        return f"{self._path}.{name}" if self._path else name

    def unfit(self, name: str, message: str) -> Unfit:
        """Return the error that a field is not what it has to be."""
        return Unfit(f"{self.path_of(name)}: {message}")

    def _several(self, name: str) -> list[object]:
        value = self._values.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def _mapping(self, name: str, value: object, named: bool) -> Mapping[str, object]:
        """Return a mapping, or the one that it stands for by its ``@id``."""
        if named and isinstance(value, str):
            return {"name": value}
        if not isinstance(value, Mapping):
            raise self.unfit(name, f"has to be fields with their values, not {shown(value)}")
        identifier = value.get("@id")
        if value.keys() <= {"@id", "@type"} and isinstance(identifier, str):
            return self._known.get(identifier, value)
        return value
