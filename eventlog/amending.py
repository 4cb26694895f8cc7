"""What an amendment makes of a thing on record."""

from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from eventlog.contents import Thing
from schema.canonical import canonical_bytes
from schema.changes import Amended
from schema.decoding import NotAnEntry
from schema.entries import THINGS, AnyThing
from schema.errors import Fault, InvalidInput, faults_of
from schema.identifiers import kind_of
from schema.rules import LOOKED_AT


@dataclass(frozen=True, slots=True)
class Amendment:
    """A thing before, what it becomes, and the change with its values in their one form."""

    thing: Thing
    change: Amended
    becomes: AnyThing

    @property
    def same(self) -> bool:
        """Tell whether the thing says so already."""
        return self.thing.read() == self.becomes

    @property
    def matters_to_others(self) -> bool:
        """Tell whether rules for other things look at what is amended."""
        looked_at = LOOKED_AT.get(kind_of(self.thing.id), frozenset())
        return not looked_at.isdisjoint(self.change.fields)


def amendment(thing: Thing, change: Amended) -> Amendment:
    """Return what a change makes of a thing; its values are written as the kind writes them.

    :raises InvalidInput: it is none of its kind then, or has no such fields.
    :raises Unreadable: the thing cannot be read.
    """
    thing.read()  # what a newer program wrote is refused as that, not as a fault of the change
    model = THINGS[kind_of(thing.id)]
    current = change.model_copy(update={"of_version": model.VERSION})
    try:
        content = thing.content.amended(current)
    except NotAnEntry as error:
        raise InvalidInput([Fault((), str(error))]) from None
    known = [field.alias or name for name, field in model.model_fields.items()]
    try:
        becomes = model.model_validate_json(content.payload, by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidInput(
            [
                fault.under("fields") if fault.path else fault
                for fault in faults_of(error, known_fields=known)
            ]
        ) from None
    told = orjson.loads(canonical_bytes(becomes))
    fields = {name: told.get(name) for name in change.fields}
    return Amendment(thing, current.model_copy(update={"fields": fields}), becomes)
