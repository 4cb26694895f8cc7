"""Factopolis: what its archive becomes, and what is left out of it."""

import gzip
import tarfile
from pathlib import Path

import pytest

from onrecord.importing import archives, factopolis
from onrecord.importing.factopolis import rows
from schema.entries import (
    ActorRecorded,
    ClaimRecorded,
    IssueRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import InvalidInput
from schema.values import text_sha256
from tests.onrecord.importing.archive import FILES, NAME, archive, packed
from tests.onrecord.importing.reading import bad, good, of_kind

QUOTED = "The dam leaks, and everybody knows."


def test_an_assertion_is_a_direct_quotation_in_its_own_words(tmp_path: Path) -> None:
    first = good(rows(archive(tmp_path)))[0]
    assert first.where.endswith(f"content.tar.gz: {NAME}")
    said = of_kind(StatementRecorded, [first])[0]
    assert said.id == "statement/factopolis/ada-marsh--2017-03-01"
    assert (said.speaker, said.claim) == (
        "actor/factopolis/ada-marsh",
        "claim/factopolis/dam-leaks",
    )
    assert (said.attribution, said.polarity) == ("DIRECT_QUOTE", "ASSERTS")
    assert [quote.exact for quote in said.quotes] == [QUOTED]
    assert (said.passages[0].exact, said.venue) == (QUOTED, "town hall")
    assert said.said is not None
    assert said.said.edtf == "2017-03-01"


def test_the_source_is_the_first_with_a_text_and_holds_the_quotation(tmp_path: Path) -> None:
    source = of_kind(SourceRecorded, good(rows(archive(tmp_path))))[0]
    assert (source.source_kind, source.url) == ("TRANSCRIPT", "https://example.org/minutes")
    assert (source.sha256, source.length) == (text_sha256(QUOTED), len(QUOTED))
    assert source.published is None


def test_a_post_was_published_on_its_day_at_its_address(tmp_path: Path) -> None:
    sources = of_kind(SourceRecorded, good(rows(archive(tmp_path))))
    (post,) = (one for one in sources if one.source_kind == "POST")
    assert post.url == "https://twitter.com/marsh/status/12345"
    assert post.published is not None
    assert (post.published.edtf, post.published.basis) == ("2017-03-02", "INFERRED")


def test_a_quotation_of_two_claims_is_two_statements(tmp_path: Path) -> None:
    statements = of_kind(StatementRecorded, good(rows(archive(tmp_path))))
    mine = [one for one in statements if "2017-03-02" in one.id]
    assert [one.claim for one in mine] == [
        "claim/factopolis/dam-leaks",
        "claim/factopolis/dam-is-old",
    ]
    assert mine[0].passages == mine[1].passages


def test_claims_bring_their_topics_and_those_they_mention(tmp_path: Path) -> None:
    found = good(rows(archive(tmp_path)))
    claim = of_kind(ClaimRecorded, found)[0]
    assert claim.text == "The dam leaks"
    assert claim.mentions == ("actor/factopolis/ada-marsh",)
    assert [one.name for one in of_kind(IssueRecorded, found)] == ["The Dam", "water supply"]


def test_people_keep_their_names_elsewhere(tmp_path: Path) -> None:
    (ada,) = (
        one
        for one in of_kind(ActorRecorded, good(rows(archive(tmp_path))))
        if one.name == "Ada Marsh"
    )
    assert [(one.scheme, one.value) for one in ada.external_ids] == [
        ("factopolis", "person/ada-marsh"),
        ("wikipedia", "Ada_Marsh"),
        ("twitter", "marsh"),
    ]


def test_fact_checks_speak_for_themselves_with_their_rating(tmp_path: Path) -> None:
    found = good(rows(archive(tmp_path)))
    sources = of_kind(SourceRecorded, found)
    checks = [one for one in of_kind(StatementRecorded, found) if one.attribution == "OWN_VOICE"]
    assert [(one.speaker, one.rating, one.polarity) for one in checks] == [
        ("actor/factopolis/checker--gazette", "pants-on-fire", "DENIES"),
        ("actor/factopolis/checker--herald", None, "ASKS"),
        ("actor/factopolis/checker--gazette", "half-true", "DOUBTS"),
    ]
    assert [one.publisher for one in sources if one.source_kind == "FACT_CHECK"] == [
        one.speaker for one in checks
    ]


def test_a_check_of_some_claims_says_nothing_of_the_others(tmp_path: Path) -> None:
    last = good(rows(archive(tmp_path)))[1]
    (check,) = (one for one in of_kind(StatementRecorded, [last]) if one.attribution == "OWN_VOICE")
    assert check.claim == "claim/factopolis/dam-is-old"


def test_ids_do_not_depend_on_the_place_in_the_archive(tmp_path: Path) -> None:
    turned = packed(tmp_path / "turned.tar.gz", dict(reversed(list(FILES.items()))))
    one, other = good(rows(archive(tmp_path))), good(rows(turned))
    assert {row.entries for row in one} == {row.entries for row in other}


def test_an_archive_of_the_whole_repository_is_read_as_well(tmp_path: Path) -> None:
    moved = {f"factopolis-1.0/{name}": text for name, text in FILES.items()}
    assert len(good(rows(packed(tmp_path / "all.tar.gz", moved)))) == 2


def test_an_archive_that_is_not_compressed_is_read(tmp_path: Path) -> None:
    plain = tmp_path / "content.tar"
    plain.write_bytes(gzip.decompress(archive(tmp_path).read_bytes()))
    assert len(good(rows(plain))) == 2


def test_a_long_quotation_is_quoted_in_stretches(tmp_path: Path) -> None:
    words = "word " * 1000
    changed = FILES[NAME].replace("The dam leaks,\n  and everybody knows.", words)
    said = of_kind(StatementRecorded, good(rows(archive(tmp_path, {NAME: changed}))))[0]
    assert "".join(quote.exact for quote in said.quotes) == words.strip()
    assert said.passages[0].exact is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("claims: [dam-leaks]", "claims: [moon]", "claims/moon is not in the archive"),
        ("claims: [dam-leaks]", "claims: []", "claims: names none"),
        ("checker: herald", "checker: nobody", "checker/nobody is not in the archive"),
        ("date: 2017-03-01", "date: 99999-13-77", "99999-13-77"),
        ("date: 2017-03-01\n", "", "date: is missing"),
        ("where: town hall", "where: {a: b}", "where: has to be a text, not {'a': 'b'}"),
        ("https://herald.example/dam", "javascript:x", "is not a web address"),
        ("The dam leaks,\n  and everybody knows.", '"\\ud800"', "U+D800"),
        ("quote: It is dry.", 'quote: "a\\0b"', "U+0000"),
        ("  short: Nobody has looked.\n", "", "checks.1.short: is missing"),
        ("type: assertion", "type: &a [*a, *a]", "aliases are not read"),
        ("type: assertion", "type: [[[", "is not YAML"),
    ],
)
def test_a_bad_row_alone_is_left_out_with_its_reason(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert old in FILES[NAME]
    listed = list(rows(archive(tmp_path, {NAME: FILES[NAME].replace(old, new, 1)})))
    ((where, told),) = bad(listed)
    assert where.startswith("2017-03-01.md")
    assert reason in told
    assert "\n" not in told
    assert len(listed) == 2


def test_a_fault_of_yaml_names_its_line(tmp_path: Path) -> None:
    changed = FILES[NAME].replace("where: town hall", "where: town: hall")
    ((_, reason),) = bad(rows(archive(tmp_path, {NAME: changed})))
    assert reason.startswith("8: is not YAML")


def test_a_claim_that_cannot_be_read_takes_its_assertions_along(tmp_path: Path) -> None:
    name = "content/claims/dam-is-old/_index.md"
    found = bad(rows(archive(tmp_path, {name: "---\ntitle: [\n---\n"})))
    assert [where for where, _ in found] == ["_index.md", "2017-03-02.md"]
    assert "claims/dam-is-old cannot be read" in found[1][1]


def test_a_member_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    text = FILES[NAME] + " " * archives.MAX_MEMBER_BYTES
    ((_, reason),) = bad(rows(archive(tmp_path, {NAME: text})))
    assert reason == "is larger than the 1,000,000 bytes that are read"


def test_two_files_of_one_name_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "twice.tar.gz"
    packed(path, FILES)
    whole = gzip.decompress(path.read_bytes())
    with tarfile.open(path) as opened:
        info = opened.getmember(NAME)
        block = whole[info.offset : info.offset_data + 512 * (1 + (info.size - 1) // 512)]
    path.write_bytes(gzip.compress(block + whole))
    first, again, _ = good(rows(path))
    assert first == again


# -- archives that nobody should have made -----------------------------------------------------


def _refused(path: Path) -> str:
    with pytest.raises(InvalidInput) as refused:
        list(rows(path))
    (line,) = str(refused.value).splitlines()
    return line.removeprefix(f"{path}: ")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text('{"type": "assertion"}\n')
    assert _refused(path) == "is not a tar archive that can be read (.tar or .tar.gz)"
    assert _refused(tmp_path / "nowhere") == "cannot be read: No such file or directory"
    assert "content/claims" in _refused(packed(path, {"readme.md": "hello"}))


@pytest.mark.parametrize("lost", [2, 8, 300, 700])
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, lost: int) -> None:
    path = archive(tmp_path)
    path.write_bytes(path.read_bytes()[:-lost])
    assert "damaged" in _refused(path)


@pytest.mark.parametrize("blocks", [1, 2, 3, 20])
def test_so_is_one_that_is_not_compressed(tmp_path: Path, blocks: int) -> None:
    path = tmp_path / "content.tar"
    content = gzip.decompress(archive(tmp_path).read_bytes()).rstrip(b"\0")
    path.write_bytes(content[: -blocks * 300])
    assert _refused(path)


def test_damage_in_the_middle_does_not_pass_for_the_end(tmp_path: Path) -> None:
    path = archive(tmp_path)
    content = bytearray(gzip.decompress(path.read_bytes()))
    with tarfile.open(path) as opened:
        place = opened.getmember(NAME).offset
    content[place : place + 100] = b"\xff" * 100
    path.write_bytes(gzip.compress(bytes(content)))
    assert _refused(path).startswith(f"is damaged at byte {place:,}")


def test_an_archive_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 5_000)
    assert _refused(archive(tmp_path)) == "is larger than the 5,000 bytes that are read"


def test_more_names_than_memory_is_kept_for_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factopolis, "MAX_INDEX_BYTES", 100)
    assert "more than the 100 bytes kept" in _refused(archive(tmp_path))


def test_a_checker_and_a_person_of_one_name_are_two(tmp_path: Path) -> None:
    name = "content/checker/ada-marsh.md"
    check = FILES[NAME].replace("checker: herald", "checker: ada-marsh")
    found = good(rows(archive(tmp_path, {name: FILES["content/checker/herald.md"], NAME: check})))
    assert {one.actor_kind for one in of_kind(ActorRecorded, found) if "ada-marsh" in one.id} == {
        "PERSON",
        "ORGANISATION",
    }


def test_a_header_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "headers.tar"
    member = tarfile.TarInfo("content/claims/x/_index.md")
    member.type = tarfile.XHDTYPE
    member.size = 10**9
    path.write_bytes(member.tobuf(tarfile.USTAR_FORMAT) + bytes(1024))
    assert _refused(path) == "has a header that asks for 1,000,000,000 bytes at once"


def test_headers_of_headers_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "headers.tar"
    member = tarfile.TarInfo("x")
    member.type = tarfile.XHDTYPE
    path.write_bytes(member.tobuf(tarfile.USTAR_FORMAT) * 5000)
    assert "is not a tar archive" in _refused(path)


def test_a_size_below_nothing_does_not_lead_round(tmp_path: Path) -> None:
    path = tmp_path / "round.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as packing:
        member = tarfile.TarInfo("content/claims/x/_index.md")
        member.pax_headers = {"size": "-1024"}
        packing.addfile(member)
    assert _refused(path)


def test_names_that_lead_out_of_the_archive_lead_nowhere(tmp_path: Path) -> None:
    moved = {f"../../{name}": text for name, text in FILES.items()}
    inside = tmp_path / "inside"
    inside.mkdir()
    assert len(good(rows(packed(inside / "content.tar.gz", moved)))) == 2
    assert list(tmp_path.rglob("*.md")) == []


def test_links_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "linked.tar"
    with tarfile.open(path, "w") as packing:
        member = tarfile.TarInfo("content/claims/x/_index.md")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/hostname"
        packing.addfile(member)
    assert "has no content/claims" in _refused(path)
