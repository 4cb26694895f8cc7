"""The kinds of entries, as the API names them."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="What an entry of the log puts on record, or changes there.")
class EntryKind(StrEnum):
    """The kinds of entries; an answer has them by these names, wherever it is made."""

    ACTOR_RECORDED = "ACTOR_RECORDED"
    ROLE_RECORDED = "ROLE_RECORDED"
    ISSUE_RECORDED = "ISSUE_RECORDED"
    SOURCE_RECORDED = "SOURCE_RECORDED"
    CLAIM_RECORDED = "CLAIM_RECORDED"
    EVENT_RECORDED = "EVENT_RECORDED"
    STATEMENT_RECORDED = "STATEMENT_RECORDED"
    LINK_RECORDED = "LINK_RECORDED"
    IDENTITY_JUDGED = "IDENTITY_JUDGED"
    AMENDED = "AMENDED"
    RETRACTED = "RETRACTED"
    REINSTATED = "REINSTATED"

    @property
    def in_log(self) -> str:
        """Return the name that the log has for it."""
        return self.value.title().replace("_", "")


_BY_NAME = {kind.in_log: kind for kind in EntryKind}


def known_kind(kind: str) -> EntryKind | None:
    """Return the kind by its name in the log, or None."""
    return _BY_NAME.get(kind)
