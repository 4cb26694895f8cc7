"""Invented changes of a record, the same for the same seed: amended, retracted, given back, judged."""

import random
from collections.abc import Sequence

from eventlog import Log
from eventlog.errors import Refused
from eventlog.recorder import Recorder
from schema.entries import (
    Amended,
    AnyEntry,
    IdentityJudged,
    IdentityType,
    Reinstated,
    Retracted,
)
from schema.errors import InvalidInput

_NEW_WORDS = ("Another way to say it", "Better words", "What was meant")


class Changer:
    """Draws changes of what a log has on record, and records those that the log takes."""

    def __init__(self, log: Log, seed: int) -> None:
        self._log = log
        self._recorder = Recorder(log, "a corrector")
        self._chance = random.Random(seed)  # noqa: S311  # made-up changes, no secrets
        self._judgements = 0

    def change(self, appends: int) -> int:
        """Record changes in so many appends, each of a few entries; return how many were taken."""
        taken = 0
        for _ in range(appends):
            entries = [self._one() for _ in range(self._chance.randint(1, 3))]
            once = list({entry.id: entry for entry in entries}.values())
            try:
                self._recorder.record(once, cascade=self._chance.random() < 0.5)
            except (InvalidInput, Refused):
                continue
            taken += 1
        return taken

    def merge(self) -> int:
        """Judge two live things of each kind to be one; return how many judgements were taken."""
        taken = 0
        for kind in ("actor", "claim", "issue", "statement", "event", "source"):
            found = self._log.subjects(self._log.known_ids(kind)).values()
            live = sorted(one.id for one in found if one.live)
            if len(live) < 2:
                continue
            one, other = self._chance.sample(live, 2)
            try:
                self._recorder.record([self._judgement(IdentityType.SAME_AS, one, other)])
            except (InvalidInput, Refused):
                continue
            taken += 1
        return taken

    def _any(self, *kinds: str) -> str:
        known = {kind: self._log.known_ids(kind) for kind in kinds}
        kind = self._chance.choice([kind for kind in kinds if known[kind]])
        return self._chance.choice(known[kind])

    def _one(self) -> AnyEntry:
        draw = self._chance.random()
        if draw < 0.2:
            return Retracted(id=self._any(*_ALL), reason="It was a mistake.")
        if draw < 0.4:
            return self._reinstated()
        if draw < 0.6:
            return self._judged()
        return self._amended()

    def _reinstated(self) -> AnyEntry:
        ids = [one for kind in _ALL for one in self._log.known_ids(kind)]
        gone = [one.id for one in self._log.subjects(ids).values() if not one.live]
        if not gone:
            return self._amended()
        return Reinstated(id=self._chance.choice(gone), reason="It was right after all.")

    def _judged(self) -> AnyEntry:
        one = self._any("actor", "claim", "issue", "statement", "event", "source")
        other = self._any(one.partition("/")[0])
        if one == other:
            return self._amended()
        kinds = [IdentityType.SAME_AS, IdentityType.SAME_AS, IdentityType.NOT_SAME_AS]
        return self._judgement(self._chance.choice(kinds), one, other)

    def _judgement(self, type_: IdentityType, one: str, other: str) -> IdentityJudged:
        self._judgements += 1
        return IdentityJudged.model_validate(
            {
                "id": f"judgement/{self._judgements}",
                "type": type_,
                "from": one,
                "to": other,
                "because": "They are described alike.",
            }
        )

    def _amended(self) -> AnyEntry:
        identifier = self._any(
            "source", "claim", "statement", "statement", "issue", "actor", "link"
        )
        return Amended(id=identifier, fields=self._fields(identifier), reason="Read again.")

    def _fields(self, identifier: str) -> dict[str, object]:
        chance = self._chance
        words: object = chance.choice(_NEW_WORDS)
        match identifier.partition("/")[0]:
            case "source":
                dates: Sequence[object] = ({"edtf": "2025-05-02"}, {"edtf": "2025-07"}, None)
                return {"published": chance.choice(dates)}
            case "claim":
                return (
                    {"issues": [self._any("issue")]} if chance.random() < 0.5 else {"text": words}
                )
            case "statement":
                return chance.choice(
                    [
                        {"said": {"edtf": "2025-05", "because": "so"}},
                        {"issues": [self._any("issue")]},
                        {"claim": self._any("claim"), "polarity": "DENIES"},
                        {"relays": self._any("statement")},
                        {"speaker": self._any("actor"), "capacity": None},
                        {"venue": words},
                    ]
                )
            case "link":
                return {"because": words}
            case _:
                return {"name": words}


_ALL = ("actor", "role", "issue", "source", "claim", "event", "statement", "link", "judgement")
