"""What stands in quotation marks."""

import pytest

from schema.coding.quotations import quotations


def found(text: str) -> list[str]:
    return [text[one.start : one.end] for one in quotations(text)]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “yes” and “no.”", ["“yes”", "“no.”"]),
        ('He said "yes," then "no."', ['"yes,"', '"no."']),
        ("„Ja“, sagte er, »nein«.", ["„Ja“", "»nein«"]),
        ("« Oui », dit-il, ‹ non ›.", ["« Oui »", "‹ non ›"]),
        ("他说：“好。”「行こう」『本』", ["“好。”", "「行こう」", "『本』"]),
        ("He said ‘yes’ and 'no'.", ["‘yes’", "'no'"]),
        ("Han sade ”ja” till det.", ["”ja”"]),
        ("“She told me ‘no’ twice,” he said.", ["“She told me ‘no’ twice,”"]),
        ("‘He said “no” twice,’ she said.", ["‘He said “no” twice,’"]),
        ("", []),
    ],
)
def test_marks_of_many_languages(text: str, quoted: list[str]) -> None:
    assert found(text) == quoted


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("China’s and Xi's farmers’ fears don't count.", []),
        ("‘The workers’ strike is over,’ said Roth.", ["‘The workers’ strike is over,’"]),
        ("The '90s were good, 'tis true, rock 'n' roll.", []),
        ("In ‘yes’ to the millers’ guild", ["‘yes’ to the millers’"]),  # nobody can know
        ("A 6' man and his dogs' bones", []),
    ],
)
def test_apostrophes_are_told_from_marks_where_they_can_be(text: str, quoted: list[str]) -> None:
    assert found(text) == quoted


def test_a_stray_apostrophe_hides_no_quotation() -> None:
    assert found("Back in 'ye olde days “all was well” here") == ["“all was well”"]


def test_a_quotation_nobody_closed_ends_with_its_paragraph() -> None:
    assert found("He said “no.\n\nThen he left, “gone” at last.") == ["“gone”"]


def test_an_apostrophe_opens_nothing_beyond_its_line() -> None:
    assert found("Back in 'ye olde days\nthere were dogs' bones, ‘many\nof them’") == []


def test_a_quotation_of_several_paragraphs_is_one() -> None:
    text = "“We begin.\n\n“We end,” said Roth. “Done.”"
    assert found(text) == ["“We begin.\n\n“We end,”", "“Done.”"]


def test_the_nearest_opening_mark_counts() -> None:
    assert found("He said “no and “yes” again.") == ["“yes”"]
