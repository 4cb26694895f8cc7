"""The bytes of the hash chain, which must never change."""

import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from eventlog import Header
from eventlog.chain import entry_hash, genesis, new_salt, payload_hash

HEADER = Header(
    log_id="7d4c6b1e-0000-4000-8000-0123456789ab",
    position=2,
    recorded_at="2026-11-24T14:20:00.123456Z",
    recorded_by='Ann "安"',
    kind="ThingRecorded",
    version=1,
    subject="thing/a",
    append_first=1,
    append_size=2,
    idempotency_key="k",
)
CANONICAL = (
    '{"appendFirst":1,"appendSize":2,"idempotencyKey":"k","kind":"ThingRecorded",'
    '"logId":"7d4c6b1e-0000-4000-8000-0123456789ab","position":2,'
    '"recordedAt":"2026-11-24T14:20:00.123456Z","recordedBy":"Ann \\"安\\"",'
    '"subject":"thing/a","version":1}'
).encode()

counts = st.integers(min_value=0, max_value=2**53 - 1)
texts = st.text()
headers = st.builds(
    Header, texts, counts, texts, texts, texts, counts, texts, counts, counts, texts | st.none()
)


def test_a_header_has_one_canonical_form() -> None:
    assert HEADER.canonical() == CANONICAL


def test_a_header_without_a_key_does_not_name_one() -> None:
    without = HEADER._replace(idempotency_key=None)
    assert without.canonical() == CANONICAL.replace(b'"idempotencyKey":"k",', b"")


@given(headers)
def test_the_canonical_form_is_that_of_rfc_8785(header: Header) -> None:
    names = {"log_id": "logId", "recorded_at": "recordedAt", "recorded_by": "recordedBy"}
    names |= {"append_first": "appendFirst", "append_size": "appendSize"}
    names |= {"idempotency_key": "idempotencyKey"}
    fields = {names.get(key, key): value for key, value in header._asdict().items()}
    if header.idempotency_key is None:
        del fields["idempotencyKey"]
    assert header.canonical() == rfc8785.dumps(fields)


def test_hashes_are_made_as_documented() -> None:
    start = hashlib.sha256(b"onrecord/1" + HEADER.log_id.encode()).digest()
    digest = hashlib.sha256(b"s" * 16 + b"payload").digest()
    assert genesis(HEADER.log_id) == start
    assert payload_hash(b"s" * 16, b"payload") == digest
    assert entry_hash(start, HEADER, digest) == hashlib.sha256(start + CANONICAL + digest).digest()


def test_hashes_stay_what_they_are() -> None:
    start = genesis(HEADER.log_id)
    linked = entry_hash(start, HEADER, payload_hash(b"s" * 16, b"payload"))
    assert start.hex() == "7fd7c95060b182435099b95f02dba277603c75bd704917027294dad9e16dc7e2"
    assert linked.hex() == "863ca746e9cf6dc5a54a1c6efaba9c356c67ee00944015beebaaca775d9d2740"


@pytest.mark.parametrize("field", Header._fields)
def test_every_field_of_a_header_is_in_its_hash(field: str) -> None:
    value = getattr(HEADER, field)
    other = HEADER._replace(**{field: value + (1 if isinstance(value, int) else "x")})
    digest = payload_hash(b"s" * 16, b"payload")
    start = genesis("x")
    assert entry_hash(start, HEADER, digest) != entry_hash(start, other, digest)


def test_salts_differ() -> None:
    assert len({new_salt() for _ in range(100)}) == 100
