"""YAML written by hand: texts stay as written, every place knows its line, nothing grows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.errors import InvalidInput
from schema.yaml import MAX_CHARACTERS, read_document


def refusal(text: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_document(text, "a.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("text", "text"),
        ("2025-05", "2025-05"),
        ("2025-06-02", "2025-06-02"),
        ("2025-06-02T09:30:00Z", "2025-06-02T09:30:00Z"),
        ("0.10", "0.10"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0999", "0999"),
        ("12:30", "12:30"),
        (".nan", ".nan"),
        ("yes", "yes"),
        ("No", "No"),
        ("=", "="),
        ("'30'", "30"),
        ("!!str 30", "30"),
        ("30", 30),
        ("-2", -2),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("[a, 1, []]", ["a", 1, []]),
        ("{b: {c: d}}", {"b": {"c": "d"}}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ("&anchor text", "text"),
        ('"\\u201Cquoted\\u201D \\u200F e\\u0301 \\u00e9"', "“quoted” \u200f e\u0301 \u00e9"),
    ],
)
def test_values_are_read_as_written(written: str, read: object) -> None:
    value = read_document(f"a: {written}", "a.yaml").root
    assert value == {"a": read}
    assert isinstance(value, dict)
    assert type(value["a"]) is type(read)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n...\n"])
def test_an_empty_document_is_nothing(text: str) -> None:
    assert read_document(text, "a.yaml").root is None


def test_an_older_yaml_is_read_by_the_rules_of_1_2() -> None:
    text = "%YAML 1.1\n---\na: yes\nb: 1:30\nc: 017\nd: 2025-06-02\n"
    root = read_document(text, "a.yaml").root
    assert root == {"a": "yes", "b": "1:30", "c": "017", "d": "2025-06-02"}


def test_every_place_knows_its_line() -> None:
    document = read_document("a:\n  - x\n  - b: 1\n    2025: [p,\n      q]\n", "a.yaml")
    assert document.where(()) == "a.yaml:1"
    assert document.where(("a", "1", "b")) == "a.yaml:3"
    assert document.where(("a", "1", "2025", "1")) == "a.yaml:5"
    assert document.where(("a", "0", "not there", "b")) == "a.yaml:2"


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert refusal('a: 1\na: 2\nb: "\\0"\nc: !new x\n').splitlines() == [
        "a.yaml:2: a: stands twice, here and in line 1",
        "a.yaml:3: b: has a character (U+0000) that no text has",
        "a.yaml:4: c: has a tag (!new), and tags are not read",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1, 2", "a.yaml:1: is not YAML: expected ',' or ']', but got '<stream end>'"),
        (
            "a: 1\n\tb: 2",
            "a.yaml:2: is not YAML: found character '\\t' that cannot start any token",
        ),
        ("a: b: c", "a.yaml:1: is not YAML: mapping values are not allowed here"),
        ("a: 1\n--- \nb: 2", "a.yaml:2: is not YAML: but found another document"),
        ("a: *b", "a.yaml:1: is not YAML: found undefined alias 'b'"),
        ("a: &b [1]\nc: *b", "a.yaml:2: c: is an alias (*name), and aliases are not read"),
        ("a: &b 1\nc: *b", "a.yaml:2: c: is an alias (*name), and aliases are not read"),
        ("&a [*a]", "a.yaml:1: 0: is an alias (*name), and aliases are not read"),
        ("a: 1\n<<: {b: 2}", "a.yaml:2: merge keys (<<) are not read"),
        ("1: a\n'1': b", "a.yaml:2: 1: stands twice, here and in line 1"),
        ("a: 1\n? [b]\n: c", "a.yaml:2: a name has to be a text"),
        ("a: 1\n: c", "a.yaml:2: a name is empty"),
        ("a: !!python/name:os.system x", "a.yaml:1: a: has a tag (!!python/name:os.system), "),
        ("a: !!set {b}", "a.yaml:1: a: has a tag (!!set), and tags are not read"),
        ("a: !!binary aGk=", "a.yaml:1: a: has a tag (!!binary), and tags are not read"),
        ("a: 1\nb: \x00", "a.yaml:2: is not YAML: the character U+0000 stands in no YAML"),
        ("a: \ud800", "a.yaml:1: is not YAML: the character U+D800 stands in no YAML"),
        ('a: "\\uD800"', "a.yaml:1: a: has a character (U+D800) that no text has"),
        ('"\\uD800": a', "a.yaml:1: a name has a character (U+D800) that no text has"),
        ("[" * 2_000, "a.yaml: is nested too deeply"),
        ("- " * 2000 + "a", "a.yaml: is nested too deeply"),
    ],
)
def test_what_is_not_read_is_told_in_a_sentence(text: str, sentence: str) -> None:
    assert sentence in refusal(text)


def test_a_small_file_cannot_grow_without_bounds() -> None:
    bomb = "a0: &a0 [lol]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    assert "a.yaml:2: a1.0: is an alias (*name), and aliases are not read" in refusal(bomb)


def test_a_file_too_large_is_refused_before_it_is_parsed() -> None:
    large = "a" * 100_000_000
    assert refusal(large) == (
        f"a.yaml: has 100,000,000 characters; at most {MAX_CHARACTERS:,} are read"
    )


MARKS = st.sampled_from(
    [*"-:?,[]{}#&*!|>'\"%@`~<= \n\t\r\\ab01.\ud800\ufeff\x85\u2028", "<<", "---", "..."]
)


@settings(deadline=None)  # how long one takes tells of the machine, not of the text
@given(st.lists(MARKS, max_size=30).map("".join))
def test_whatever_is_written_is_read_or_refused_in_sentences(text: str) -> None:
    try:
        document = read_document(text, "a.yaml")
    except InvalidInput as error:
        told = str(error).splitlines()
    else:
        told = [document.where(("a", "0"))]
    assert told
    assert all(one.startswith("a.yaml") for one in told)


def test_the_same_said_of_two_names_in_one_line_is_said_once() -> None:
    assert refusal(r'{"\x1a": 1, "0\x1a": 2}') == (
        "a.yaml:1: a name has a character (U+001A) that no text has"
    )
