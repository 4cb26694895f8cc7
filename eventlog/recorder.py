"""Putting entries on record: checked against each other and the log, then appended."""

import asyncio
from collections.abc import Mapping, Sequence

from eventlog.attempts import Attempt, new_entry
from eventlog.entries import Appended
from eventlog.errors import LogError
from eventlog.log import Log
from eventlog.writer import Writer
from schema.entries import AnyEntry
from schema.errors import InvalidInput

__all__ = ["Recorder", "new_entry"]


class Recorder:
    """Records entries in one log in one name, which is public for ever.

    ``writer`` stands in front of the log where many record at the same time.
    """

    def __init__(self, log: Log, recorded_by: str, writer: Writer | None = None) -> None:
        self._log = log
        self._recorded_by = recorded_by
        self._writer = writer

    def record(
        self,
        entries: Sequence[AnyEntry],
        *,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        cascade: bool = False,
        dry_run: bool = False,
    ) -> Appended:
        """Append entries in one append, or none of them.

        ``cascade``: what depends on a thing that is retracted is retracted with it.

        :raises InvalidInput: they contradict each other or what they refer to, or an amendment
            makes of a thing what is none of its kind.
        :raises Unreadable: the rules have to look at an entry of a newer program, or a defect.
        :raises LogError: the log refuses them; see :meth:`eventlog.log.Log.append`.
        """
        attempt = Attempt(self._log, entries, self._recorded_by, idempotency_key, cascade)
        while True:
            try:
                checked = attempt.checked()
                return (self._writer or self._log).append(
                    checked,
                    recorded_by=self._recorded_by,
                    idempotency_key=idempotency_key,
                    expected_revisions=expected_revisions,
                    dry_run=dry_run,
                    seen=attempt.seen,
                )
            except (InvalidInput, LogError) as refusal:
                if first := attempt.learn(refusal):
                    return first

    async def record_async(
        self,
        entries: Sequence[AnyEntry],
        *,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        cascade: bool = False,
        dry_run: bool = False,
    ) -> Appended:
        """Record as :meth:`record` does; behind a writer no thread is held while it waits."""
        if self._writer is None:
            return await asyncio.to_thread(
                self.record,
                entries,
                idempotency_key=idempotency_key,
                expected_revisions=expected_revisions,
                cascade=cascade,
                dry_run=dry_run,
            )
        attempt = Attempt(self._log, entries, self._recorded_by, idempotency_key, cascade)
        while True:
            try:
                checked = await asyncio.to_thread(attempt.checked)
                return await self._writer.append_async(
                    checked,
                    recorded_by=self._recorded_by,
                    idempotency_key=idempotency_key,
                    expected_revisions=expected_revisions,
                    dry_run=dry_run,
                    seen=attempt.seen,
                )
            except (InvalidInput, LogError) as refusal:
                if first := await asyncio.to_thread(attempt.learn, refusal):
                    return first
