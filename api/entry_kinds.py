"""The kinds of entries, as the API names them."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="What an entry of the log puts on record, or changes there.")
class EntryKind(StrEnum):
    """The kinds of entries, by the names that the log has for them."""

    ACTOR_RECORDED = "ActorRecorded"
    ROLE_RECORDED = "RoleRecorded"
    ISSUE_RECORDED = "IssueRecorded"
    SOURCE_RECORDED = "SourceRecorded"
    CLAIM_RECORDED = "ClaimRecorded"
    EVENT_RECORDED = "EventRecorded"
    STATEMENT_RECORDED = "StatementRecorded"
    LINK_RECORDED = "LinkRecorded"
    IDENTITY_JUDGED = "IdentityJudged"
    AMENDED = "Amended"
    RETRACTED = "Retracted"
    REINSTATED = "Reinstated"


def known_kind(kind: str) -> EntryKind | None:
    """Return the kind by its name in the log, or None."""
    return EntryKind(kind) if kind in set(EntryKind) else None
