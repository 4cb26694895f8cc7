"""The hash chain, which shows any change of what was appended.

All hashes are SHA-256 over raw bytes::

    genesis      = H("onrecord/1" || log id, both UTF-8)
    payload hash = H(salt || payload)
    hash         = H(previous hash || header || payload hash)

The header is the RFC 8785 form of ``{logId, position, recordedAt, recordedBy, kind, version,
subject, appendFirst, appendSize, idempotencyKey?}``. The first and last part of the last line
have 32 bytes each, and a salt has 16, so that no two inputs run together: whoever verifies has to
check that. The salt, random bytes beside the payload, keeps a masked payload from being guessed by
its hash.
"""

import hashlib
import secrets
from typing import NamedTuple

import orjson

SALT_BYTES = 16
_DOMAIN = b"onrecord/1"


class Header(NamedTuple):
    """What the log itself says of an entry; a tuple, since logs make and read millions."""

    log_id: str
    position: int
    recorded_at: str
    recorded_by: str
    kind: str
    version: int
    subject: str
    append_first: int
    append_size: int
    idempotency_key: str | None = None

    def canonical(self) -> bytes:
        """Return the bytes that are hashed."""
        fields: dict[str, str | int] = {
            "logId": self.log_id,
            "position": self.position,
            "recordedAt": self.recorded_at,
            "recordedBy": self.recorded_by,
            "kind": self.kind,
            "version": self.version,
            "subject": self.subject,
            "appendFirst": self.append_first,
            "appendSize": self.append_size,
        }
        if self.idempotency_key is not None:
            fields["idempotencyKey"] = self.idempotency_key
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def genesis(log_id: str) -> bytes:
    """Return the hash before the first entry of a log."""
    return hashlib.sha256(_DOMAIN + log_id.encode()).digest()


def new_salt() -> bytes:
    """Return a fresh salt for a payload."""
    return secrets.token_bytes(SALT_BYTES)


def payload_hash(salt: bytes, payload: bytes) -> bytes:
    """Return the hash that stands for a payload in the chain."""
    return hashlib.sha256(salt + payload).digest()


def entry_hash(previous: bytes, header: Header, payload_digest: bytes) -> bytes:
    """Return the hash of an entry, which covers everything before it."""
    return hashlib.sha256(previous + header.canonical() + payload_digest).digest()
