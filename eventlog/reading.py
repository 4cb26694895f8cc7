"""What entries of the log say, where the program has to understand them."""

from eventlog.entries import Entry
from eventlog.errors import Unreadable
from schema.decoding import Undecodable
from schema.entries import AnyEntry, decode


def read_entry(entry: Entry) -> AnyEntry:
    """Return what an entry says, in the present version of its kind.

    :raises Unreadable: a newer program wrote it, or it is not what was recorded.
    """
    header = entry.header
    try:
        return decode(header.kind, header.version, entry.payload)
    except Undecodable as error:
        raise Unreadable(header.position, header.subject, str(error)) from error
