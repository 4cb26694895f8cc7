"""Pages of statements: as quick in a large record as in a small one, and whatever its past.

The page has speaker, claim, issues and source of 50 statements, and is asked through GraphQL. First
records of 2k, 20k and 200k statements: the first page and the thousandth, in the newest month of the
record and in its oldest, each beside the first page of the smallest record. Then a record in which
nine of ten entries are superseded beside one that says the same and was never changed, with several
questions. Arguments: other sizes, the smallest first.
"""

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench.filling import filled
from bench.graphs import Side, server, side
from bench.measuring import compare

SIZES = (2_000, 20_000, 200_000)
TIMES, WARM = 40, 1_500
FAR, WALKED = 1_000, 1_000
PAGE = 50
AT_MOST = 1.3
AMENDMENTS = 14
SUPERSEDED = 20_000
AT_MOST_BY_THE_PAST = 1.2

STATEMENTS = f"""query ($where: StatementWhere, $after: String) {{
    statements(where: $where, orderBy: [{{ said: DESC }}], first: {PAGE}, after: $after) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{ id speaker {{ name }} claim {{ text }} issues {{ name }}
            passages {{ source {{ title publisher {{ name }} }} }} }} }} }}"""
WALK = f"""query ($after: String) {{
    statements(orderBy: [{{ said: DESC }}], first: {WALKED}, after: $after) {{
        pageInfo {{ endCursor }} nodes {{ id }} }} }}"""
WINDOWS = {"newest": "2025-08", "oldest": "2025-03"}


def within(month: str) -> dict[str, object]:
    """Return the condition that something may have been said in a month."""
    return {"said": {"possiblyWithin": month}}


OF_ONE_RECORD: dict[str, dict[str, object]] = {
    "page 1": {},
    **{f"page 1, {which} month": {"where": within(month)} for which, month in WINDOWS.items()},
}
QUESTIONS: dict[str, dict[str, object]] = {
    **OF_ONE_RECORD,
    "on an issue": {"where": {"issues": {"some": {"name": {"contains": "fisheries"}}}}},
    "of a speaker": {"where": {"speaker": {"id": {"eq": "actor/7"}}}},
    "addressed to somebody": {"where": {"addressedTo": {"some": {"id": {"eq": "actor/3"}}}}},
}


def far_cursor(asked: Side) -> str:
    """Return the cursor after which the thousandth page begins."""
    after = None
    for _ in range((FAR - 1) * PAGE // WALKED):
        after = asked.answer(WALK, after=after)["statements"]["pageInfo"]["endCursor"]
    rest = (FAR - 1) * PAGE % WALKED
    if rest:
        question = WALK.replace(f"first: {WALKED}", f"first: {rest}")
        after = asked.answer(question, after=after)["statements"]["pageInfo"]["endCursor"]
    assert isinstance(after, str)
    return after


def flat(sizes: Sequence[int], folder: Path) -> None:
    """Compare each page of each record with the first page of the smallest record.

    All have been asked as often before as the smallest will be: a server gets quicker for some
    thousand questions, and that one is asked beside each of the others.
    """
    with ExitStack() as stack:
        sides: dict[int, tuple[Side, dict[str, dict[str, object]]]] = {}
        for size in sizes:
            running = stack.enter_context(server(folder / f"neo4j-{size}"))
            asked = stack.enter_context(side(filled(folder, size), running))
            cases = dict(OF_ONE_RECORD)
            if size > FAR * PAGE:
                cases[f"page {FAR:,}"] = {"after": far_cursor(asked)}
            for variables in cases.values():
                check_full(asked, variables)
                asked.rate(STATEMENTS, WARM, **variables)
            sides[size] = asked, cases
        smallest = partial(sides[sizes[0]][0].rate, STATEMENTS, TIMES)
        for size, (asked, cases) in sides.items():
            for name, variables in cases.items():
                measured = partial(asked.rate, STATEMENTS, TIMES, **variables)
                compare(f"{size:,} statements, {name}", measured, [smallest], 1 / AT_MOST)


def past(folder: Path) -> None:
    """Compare a record that was amended again and again with one that never was."""
    with ExitStack() as stack:
        amended, plain = (
            stack.enter_context(
                side(
                    filled(folder, SUPERSEDED, amendments),
                    stack.enter_context(server(folder / f"neo4j-{SUPERSEDED}-{amendments}")),
                )
            )
            for amendments in (AMENDMENTS, 0)
        )
        for name, variables in QUESTIONS.items():
            check_full(amended, variables)
            assert amended.answer(STATEMENTS, **variables) == plain.answer(STATEMENTS, **variables)
            for one in (amended, plain):
                one.rate(STATEMENTS, WARM, **variables)
            compare(
                f"nine of ten superseded, {name}",
                partial(amended.rate, STATEMENTS, TIMES, **variables),
                [partial(plain.rate, STATEMENTS, TIMES, **variables)],
                1 / AT_MOST_BY_THE_PAST,
            )


def check_full(asked: Side, variables: dict[str, object]) -> None:
    """Hold that a page is a full one: a short one would be quick for that."""
    nodes = asked.answer(STATEMENTS, **variables)["statements"]["nodes"]
    assert len(nodes) == PAGE, variables


def main() -> None:
    """Measure both."""
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        flat(sizes, Path(folder))
        past(Path(folder))


if __name__ == "__main__":
    main()
