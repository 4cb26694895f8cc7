"""A program that amends one actor again and again, each time by an alias of its own.

Arguments: where the log is, a name, how many amendments. It says when it is ready and begins when it
reads a line. An alias is added to those that are there, so that one amendment must not undo another.
"""

import sys
from contextlib import closing

from eventlog import Log
from eventlog.contents import things
from eventlog.errors import Outdated, RevisionConflict
from eventlog.recorder import Recorder
from schema.entries import ActorRecorded, Amended
from tests.eventlog.racer import opened

ACTOR = "actor/raced"


def add_alias(log: Log, name: str, alias: str) -> None:
    """Add an alias to those that are there, as a person does who looks before and saves after."""
    while True:
        thing = things(log, [ACTOR])[ACTOR]
        actor = thing.read()
        assert isinstance(actor, ActorRecorded)
        change = Amended(id=ACTOR, fields={"aliases": [*actor.aliases, alias]}, reason="one more")
        try:
            Recorder(log, name).record([change], expected_revisions={ACTOR: thing.revision})
        except (RevisionConflict, Outdated):
            continue
        return


def main() -> None:
    place, name, amendments = sys.argv[1:]
    with closing(opened(place)) as log:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(int(amendments)):
            add_alias(log, name, f"{name} {number}")


if __name__ == "__main__":
    main()
