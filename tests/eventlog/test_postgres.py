"""A log in PostgreSQL: what guards it, where it can be, and what is told if it cannot be used."""

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
import pytest
from psycopg.rows import TupleRow

from eventlog import Log
from eventlog.errors import IdempotencyConflict, LogDamaged, LogUnavailable, WrongFormat
from eventlog.migrations import Migration
from eventlog.postgres import PostgresLog, holds_log, listening, store
from eventlog.postgres.connection import Address, check_durable, failures
from eventlog.postgres.listening import POLL_SECONDS
from eventlog.postgres.migrations import migrations, opened_log
from tests.eventlog.examples import record, thing
from tests.ports import free_port
from tests.postgres import PASSWORD, PostgresServer, drop_place, new_place

pytestmark = pytest.mark.engine

VALUES = (
    "recorded_at, recorded_by, kind, version, subject, append_first, append_size, "
    "idempotency_key, payload, salt, hash"
)


def copy_to(position: int) -> bytes:
    return f"INSERT INTO entries SELECT {position}, {VALUES} FROM entries LIMIT 1".encode()  # noqa: S608 - constants


@pytest.fixture
def place(postgres_server: str) -> Iterator[str]:
    """Return where a PostgreSQL log can be made."""
    made = new_place(postgres_server)
    yield made
    drop_place(made)


@pytest.fixture
def log(place: str) -> Iterator[Log]:
    """Return an empty PostgreSQL log."""
    with closing(PostgresLog(place)) as opened:
        yield opened


@contextmanager
def raw(place: str) -> Iterator[psycopg.Connection[TupleRow]]:
    with psycopg.connect(place, autocommit=True) as database:
        yield database


def changed(url: str, **parts: str) -> str:
    """Return a URL with other parts."""
    return urlunsplit(urlsplit(url)._replace(**parts))


def strict(place: str) -> str:
    """Return an address whose transactions see the time at which they began."""
    isolation = quote("-c default_transaction_isolation=repeatable\\ read ")
    return place.replace("options=", f"options={isolation}")


def unusable(url: str) -> str:
    """Return what is told of a log that cannot be opened."""
    with pytest.raises(LogUnavailable) as failure:
        PostgresLog(url)
    told = str(failure.value)
    assert "\n" not in told
    assert PASSWORD not in told
    assert quote(PASSWORD) not in told
    return told


# -- what guards it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (b"UPDATE entries SET recorded_by = 'bob' WHERE position = 1", "never updated"),
        (b"DELETE FROM entries WHERE position = 2", "never deleted"),
        (b"DELETE FROM entries", "never deleted"),
        (b"TRUNCATE entries", "never deleted"),
        (b"SET session_replication_role = replica; DELETE FROM entries", "never deleted"),
        (copy_to(1) + b" ON CONFLICT (position) DO UPDATE SET kind = ''", "never updated"),
        (copy_to(0), "without a gap"),
        (copy_to(-1), "without a gap"),
        (copy_to(4), "without a gap"),
    ],
)
def test_the_database_itself_refuses_changes(
    log: Log, place: str, statement: bytes, reason: str
) -> None:
    record(log, "a", "b")
    with raw(place) as database, pytest.raises(psycopg.IntegrityError, match=reason):
        database.execute(statement)
    assert log.verify().entries == 2


def test_entries_added_together_leave_no_gap_either(log: Log, place: str) -> None:
    record(log, "a", "b")
    rows = f"SELECT place, {VALUES} FROM entries, unnest(ARRAY[3, 5]) AS place WHERE position = 1"  # noqa: S608 - constants
    with raw(place) as database, pytest.raises(psycopg.IntegrityError, match="without a gap"):
        database.execute(f"INSERT INTO entries {rows}".encode())
    assert log.head().position == 2


def test_the_text_cannot_be_guessed_from_a_hash_in_the_tables(log: Log, place: str) -> None:
    entry = thing("a", "a short text")
    log.append([entry], recorded_by="ann", idempotency_key="k")
    with raw(place) as database:
        tables = (b"TABLE entries", b"TABLE subjects", b"TABLE refs", b"TABLE appends")
        values = [value for one in tables for row in database.execute(one) for value in row]
    assert entry.payload in values
    assert hashlib.sha256(entry.payload).digest() not in values


def test_names_that_no_text_can_be_are_not_on_record(log: Log) -> None:
    record(log, "a")
    assert list(log.subjects(["thing/a", "thing/\0", "thing/\ud800"])) == ["thing/a"]
    assert log.known_ids("\0") == []
    assert log.subjects_below(["\ud800"]) == {}


# -- waiting -----------------------------------------------------------------------------------


def test_who_waits_hears_at_once_what_another_program_appends(log: Log, place: str) -> None:
    with closing(PostgresLog(place)) as other, ThreadPoolExecutor(1) as pool:
        for position in range(5):
            waiting = pool.submit(log.wait_beyond, position, 60.0)
            time.sleep(0.1)
            record(other, str(position))
            began = time.monotonic()
            assert waiting.result() == position + 1
            assert time.monotonic() - began < POLL_SECONDS / 2


@pytest.mark.parametrize("word", ["", "no number", "1000000", "-1"])
def test_a_word_of_somebody_else_misleads_nobody(log: Log, place: str, word: str) -> None:
    record(log, "a")
    with (
        raw(place) as database,
        closing(PostgresLog(place)) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        assert log.wait_beyond(0, 60.0) == 1
        waiting = pool.submit(log.wait_beyond, 1, 60.0)
        database.execute("SELECT pg_notify(%s, %s)", [f"onrecord_{log.log_id}", word])
        time.sleep(0.2)
        assert not waiting.done()
        record(other, "b")
        began = time.monotonic()
        assert waiting.result() == 2
        assert time.monotonic() - began < POLL_SECONDS / 2


def test_who_waits_looks_now_and_then_in_case_a_word_got_lost(
    log: Log, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "POLL_SECONDS", 0.2)
    record(log, "a")
    assert log.wait_beyond(0, 60.0) == 1
    with raw(place) as database:
        database.execute(copy_to(2))  # by somebody who tells nobody
    began = time.monotonic()
    assert log.wait_beyond(1, 60.0) == 2
    assert time.monotonic() - began < 30


# -- where it can be ---------------------------------------------------------------------------


def test_a_log_is_made_in_the_schema_that_the_url_names(place: str, postgres_server: str) -> None:
    other = new_place(postgres_server)
    try:
        assert not holds_log(place)
        with closing(PostgresLog(place)) as here, closing(PostgresLog(other)) as there:
            record(here, "a")
            assert there.head().position == 0
            assert here.log_id != there.log_id
        assert holds_log(place)
        assert holds_log(other)
    finally:
        drop_place(other)


def test_a_log_is_made_in_a_schema_of_any_name(postgres_server: str) -> None:
    with raw(postgres_server) as database:
        database.execute('CREATE SCHEMA "The Records"')
    search_path = quote('-csearch_path="The\\ Records"')
    place = f"{postgres_server}?options={search_path}"
    try:
        with closing(PostgresLog(place)) as log:
            record(log, "a")
            assert log.verify().entries == 1
    finally:
        drop_place(place)


def test_options_of_the_environment_count(
    place: str, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    PostgresLog(place).close()
    monkeypatch.setenv("PGOPTIONS", unquote(place.partition("options=")[2]))
    assert holds_log(postgres_server)


def test_many_readers_share_a_few_sessions(log: Log, place: str) -> None:
    with raw(place) as database, ThreadPoolExecutor(40) as pool:
        with database.transaction():
            database.execute("LOCK TABLE entries")
            reading = [pool.submit(log.head) for _ in range(40)]
            time.sleep(3 * store.POOL_SECONDS)
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            assert database.execute(waits).fetchone() == (store.READERS,)
        assert {one.result().position for one in reading} == {0}


def test_no_log_is_made_unasked(place: str) -> None:
    with pytest.raises(WrongFormat, match="holds no log"):
        PostgresLog(place, make=False)
    assert not holds_log(place)
    PostgresLog(place).close()
    PostgresLog(place, make=False).close()


@pytest.mark.parametrize("addressed", [str, strict])
def test_a_new_log_is_made_once_by_whoever_opens_it_first(
    place: str, addressed: Callable[[str], str]
) -> None:
    def opened(_: int) -> str:
        with closing(PostgresLog(addressed(place))) as log:
            return log.log_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(opened, range(8)))) == 1


def test_tables_of_other_programs_are_left_alone(place: str) -> None:
    with raw(place) as database:
        database.execute("CREATE TABLE entries (recipe text)")
    with pytest.raises(WrongFormat, match=r"names of a log's: entries; give the log a database"):
        PostgresLog(place)
    with raw(place) as database:
        assert database.execute("SELECT to_regclass('log_meta')").fetchone() == (None,)


def test_other_tables_beside_it_do_no_harm(place: str) -> None:
    with raw(place) as database:
        database.execute("CREATE TABLE recipes (name text)")
    with closing(PostgresLog(place)) as log:
        record(log, "a")


def test_a_log_of_another_format_says_what_to_do(place: str) -> None:
    PostgresLog(place).close()
    with raw(place) as database:
        database.execute("UPDATE log_meta SET value = '9.9' WHERE name = 'format'")
    with pytest.raises(WrongFormat, match=r"has the log format 9\.9, this program .*: use the"):
        PostgresLog(place)


def test_a_database_in_another_encoding_is_refused(postgres_server: str) -> None:
    with raw(postgres_server) as database:
        database.execute(
            "CREATE DATABASE onrecord_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        )
    try:
        with pytest.raises(WrongFormat, match="has the encoding LATIN1; a log needs UTF8"):
            PostgresLog(changed(postgres_server, path="/onrecord_latin"))
    finally:
        with raw(postgres_server) as database:
            database.execute("DROP DATABASE onrecord_latin WITH (FORCE)")


# -- migrations --------------------------------------------------------------------------------


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [one.number for one in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_log_of_a_newer_program_is_refused(place: str) -> None:
    PostgresLog(place).close()
    with raw(place) as database:
        database.execute("INSERT INTO log_migrations VALUES (9999, 'wonders', 'abc')")
    with pytest.raises(WrongFormat) as refusal:
        PostgresLog(place)
    assert "by a newer program (migration 9999, wonders; this one knows" in str(refusal.value)


def test_a_log_made_by_another_script_is_refused(place: str) -> None:
    PostgresLog(place).close()
    with raw(place) as database:
        database.execute("UPDATE log_migrations SET checksum = 'abc' WHERE number = 1")
    with pytest.raises(WrongFormat, match=r"whose migration 0001 \(log\) was another one"):
        PostgresLog(place)


def added(script: bytes) -> list[Migration]:
    """Return the migrations with one more."""
    return [*migrations(), Migration(len(migrations()) + 1, "more", script)]


def bring_up_to_date(place: str, known: list[Migration]) -> None:
    address = Address.of(place, lock_seconds=5, patience_seconds=30)
    with failures(address), closing(address.connect()) as session:
        opened_log(session, "the log", make=True, known=known)


def test_a_log_is_brought_up_to_date_once_and_keeps_what_it_holds(place: str) -> None:
    with closing(PostgresLog(place)) as log:
        record(log, "a")
        head = log.head()
    known = added(b"CREATE TABLE more (name text); INSERT INTO more VALUES ('once')")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: bring_up_to_date(place, known), range(4)))
    with raw(place) as database:
        assert database.execute("TABLE more").fetchall() == [("once",)]
        assert database.execute("SELECT hash FROM entries").fetchall() == [
            (bytes.fromhex(head.hash),)
        ]


def test_a_migration_that_fails_leaves_nothing_behind(place: str) -> None:
    PostgresLog(place).close()
    with pytest.raises(LogUnavailable, match="division by zero"):
        bring_up_to_date(place, added(b"CREATE TABLE more (name text); SELECT 1 / 0"))
    with raw(place) as database:
        assert database.execute("SELECT to_regclass('more')").fetchone() == (None,)
    PostgresLog(place).close()


# -- what can go wrong -------------------------------------------------------------------------


def test_a_wrong_password_is_told_and_not_repeated(postgres_server: str) -> None:
    at = urlsplit(postgres_server)
    wrong = changed(postgres_server, netloc=f"{at.username}:hedgehog@{at.hostname}:{at.port}")
    told = unusable(wrong)
    assert told.startswith(f"the log postgresql://{at.username}@{at.hostname}:{at.port}/")
    assert "password authentication failed" in told
    assert "hedgehog" not in told


def test_a_missing_database_is_named(postgres_server: str) -> None:
    assert 'database "nowhere" does not exist' in unusable(
        changed(postgres_server, path="/nowhere")
    )


def test_a_port_that_nobody_listens_on_is_named(postgres_server: str) -> None:
    at = urlsplit(postgres_server)
    password = quote(at.password or "")
    port = free_port()
    told = unusable(changed(postgres_server, netloc=f"{at.username}:{password}@127.0.0.1:{port}"))
    assert f"127.0.0.1:{port}" in told
    assert "refused" in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hedge%hog@db/log",
        "postgresql://ann:hedgehog@db/log?colour=blue",
        "postgresql://ann:hedge/hog@db/log",
        "postgresql://ann:12/hedge@db/log",
        "postgresql://ann:hog@hedge@db/log",
        "x y",
    ],
)
def test_what_is_no_address_is_told_without_its_parts(url: str) -> None:
    told = unusable(url)
    assert "none that PostgreSQL understands" in told
    assert "hedge" not in told


def test_the_password_does_not_show_when_an_address_is_printed(postgres_server: str) -> None:
    address = Address.of(postgres_server, lock_seconds=1, patience_seconds=1)
    assert "fish" not in f"{address!r} {address}"


def test_a_user_who_may_not_make_tables_is_told_so(postgres_server: str, place: str) -> None:
    with raw(place) as database:
        database.execute("CREATE ROLE onrecord_guest LOGIN PASSWORD 'guest'")
        (schema,) = database.execute("SELECT current_schema()").fetchone() or ("",)
        database.execute(f"GRANT USAGE ON SCHEMA {schema} TO onrecord_guest".encode())
    try:
        at = urlsplit(place)
        guest = changed(place, netloc=f"onrecord_guest:guest@{at.hostname}:{at.port}")
        assert "permission denied for schema" in unusable(guest)
    finally:
        with raw(place) as database:
            database.execute("DROP OWNED BY onrecord_guest; DROP ROLE onrecord_guest")


def test_nothing_is_appended_where_a_commit_does_not_wait_for_the_disk(
    place: str, postgres_server: str
) -> None:
    with closing(PostgresLog(place)) as log:
        record(log, "a")
    with closing(PostgresLog(f"{place}%20-csynchronous_commit%3Doff")) as log:
        with pytest.raises(LogUnavailable, match="the server has synchronous_commit = off"):
            record(log, "b")
        assert log.head().position == 1
    with closing(PostgresLog(place)) as log:
        record(log, "b")
        assert log.verify().entries == 2


def test_nothing_is_appended_where_the_disk_is_never_waited_for() -> None:
    for level in ("on", "local", "remote_apply"):
        check_durable(level, "on")
    with pytest.raises(LogUnavailable, match="the server has fsync = off"):
        check_durable("on", "off")


def record_until_refused(log: Log) -> None:
    for number in range(1000):  # a server takes a moment to notice what was set
        record(log, f"b{number}")
        time.sleep(0.01)


def test_it_is_noticed_when_commits_cease_to_wait_for_the_disk(
    own_postgres: PostgresServer,
) -> None:
    place = new_place(own_postgres.url)
    with raw(place) as database:
        database.execute("ALTER SYSTEM SET synchronous_commit = off")
    try:
        with closing(PostgresLog(place)) as log:
            record(log, "a")
            with raw(place) as database:
                database.execute("SELECT pg_reload_conf()")
            with pytest.raises(LogUnavailable, match="synchronous_commit = off"):
                record_until_refused(log)
    finally:
        with raw(place) as database:
            database.execute("ALTER SYSTEM RESET synchronous_commit")
            database.execute("SELECT pg_reload_conf()")


def test_an_append_beside_a_session_that_does_not_end_gives_up(place: str) -> None:
    with closing(PostgresLog(place, lock_seconds=0.2)) as log, raw(place) as other:
        record(log, "a")
        with other.transaction():
            other.execute(
                "SELECT pg_advisory_xact_lock("
                "'pg_class'::regclass::oid::integer, 'entries'::regclass::oid::integer)"
            )
            with pytest.raises(LogUnavailable) as failure:
                record(log, "b")
            assert str(failure.value).endswith("another session is appending and does not end")
            assert [entry.position for entry in log.read()] == [1]
        record(log, "b")
        assert log.verify().entries == 2


def test_ten_writers_with_one_key_append_once(place: str) -> None:
    logs = [PostgresLog(place) for _ in range(10)]

    def append(log: PostgresLog) -> int | None:
        try:
            names = [thing("a"), thing(str(logs.index(log) % 2))]
            return log.append(names, recorded_by="ann", idempotency_key="k").first
        except IdempotencyConflict:
            return None

    with ThreadPoolExecutor(10) as pool:
        firsts = list(pool.map(append, logs))
    assert firsts.count(1) == firsts.count(None) == 5
    assert logs[0].head().position == 2
    for log in logs:
        log.close()


def test_damaged_pages_are_told_as_damage(own_postgres: PostgresServer) -> None:
    place = new_place(own_postgres.url)
    with closing(PostgresLog(place)) as log:
        record(log, *(str(number) for number in range(2000)))
    with raw(place) as database:
        found = database.execute(
            "SELECT current_setting('data_directory'), pg_relation_filepath('entries')"
        ).fetchone()
        assert found is not None
    own_postgres.stop()
    file = Path(*found)
    file.write_bytes(b"\x55" * 8192 + file.read_bytes()[8192:])
    own_postgres.start()
    with (
        closing(PostgresLog(place)) as log,
        pytest.raises(LogDamaged, match="invalid page in block 0"),
    ):
        log.read()
    drop_place(place)
