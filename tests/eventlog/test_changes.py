"""What every store promises of things that are amended, retracted and reinstated."""

import pytest

from eventlog import Append, Appended, Log, NewEntry, Reference, Subject
from eventlog.entries import Effect, Seen
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    InvalidAppend,
    IsRetracted,
    NotOnRecord,
    NotRetracted,
    Outdated,
    Refused,
    RevisionConflict,
    StillInUse,
    UnknownReference,
)
from tests.eventlog.examples import Opener, edge, part, record, thing

SEVERAL = [f"{number:05}" for number in range(3_000)]


def amended(name: str, text: str = "", *references: Reference) -> NewEntry:
    return NewEntry("Amended", 1, f"thing/{name}", text.encode(), references, effect=Effect.AMENDS)


def about(name: str, *others: str) -> NewEntry:
    """Return a thing that is about others."""
    return thing(name, "about", *(edge(name, "about", other) for other in others))


def retracted(name: str) -> NewEntry:
    return NewEntry("Retracted", 1, f"thing/{name}", b"", effect=Effect.RETRACTS)


def with_all(name: str) -> NewEntry:
    """Return a retraction that takes along what depends on a thing."""

    def taken_along(user: str) -> NewEntry:
        return with_all(user.partition("/")[2])._replace(payload=f"with thing/{name}".encode())

    return retracted(name)._replace(cascade=taken_along)


def reinstated(name: str, *references: Reference) -> NewEntry:
    return NewEntry("Reinstated", 1, f"thing/{name}", b"", references, effect=Effect.REINSTATES)


def append(log: Log, *entries: NewEntry) -> Appended:
    return log.append(entries, recorded_by="ann")


def live(log: Log, *names: str) -> str:
    """Return those names whose things are live."""
    subjects = log.subjects([f"thing/{name}" for name in names])
    return "".join(name for name in names if subjects[f"thing/{name}"].live)


# -- amending ----------------------------------------------------------------------------------


def test_an_amendment_is_an_entry_about_the_same_thing(log: Log) -> None:
    record(log, "a", "b")
    assert append(log, amended("a", "now")) == Appended(3, 3, {"thing/a": 3})
    assert log.subjects(["thing/a"]) == {
        "thing/a": Subject("thing/a", "thing", 3, True, first_position=1, content_position=3)
    }
    assert log.positions(["thing/a", "thing/b", "thing/z"]) == {"thing/a": [1, 3], "thing/b": [2]}
    assert log.known_ids("thing") == ["thing/a", "thing/b"]
    assert log.verify().entries == 3


def test_an_amendment_replaces_the_edges(log: Log) -> None:
    record(log, "a", "b")
    append(log, about("x", "a"))
    append(log, amended("x", "of b", edge("x", "about", "b")))
    assert log.dependants(["thing/a", "thing/b"]) == {"thing/b": ["thing/x"]}
    append(log, retracted("a"))
    with pytest.raises(StillInUse):
        append(log, retracted("b"))
    append(log, amended("x", "of nothing"))
    append(log, retracted("b"))
    assert live(log, *"abx") == "x"


def test_the_same_edge_again_after_an_amendment_counts(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    append(log, amended("x", "still", edge("x", "about", "a")))
    assert log.dependants(["thing/a"]) == {"thing/a": ["thing/x"]}
    with pytest.raises(StillInUse):
        append(log, retracted("a"))


def test_an_amendment_refers_to_what_is_live(log: Log) -> None:
    record(log, "a", "b")
    append(log, retracted("b"))
    dangling = amended("a", "", edge("a", "about", "b"), edge("a", "about", "c"))
    with pytest.raises(UnknownReference) as refusal:
        append(log, dangling)
    assert str(refusal.value) == (
        "not on record: thing/c (about of thing/a); retracted: thing/b (about of thing/a)"
    )
    append(log, dangling, thing("c"), reinstated("b"))
    used = log.dependants(["thing/b", "thing/c"])
    assert used == {"thing/b": ["thing/a"], "thing/c": ["thing/a"]}


@pytest.mark.parametrize("change", [amended, retracted, reinstated])
def test_what_was_never_recorded_cannot_be_changed(log: Log, change: type) -> None:
    record(log, "a")
    with pytest.raises(NotOnRecord) as refusal:
        append(log, change("x"), change("y"), amended("a"))
    assert str(refusal.value) == "not on record: thing/x, thing/y"
    assert log.head().position == 1


def test_an_amendment_that_says_nothing_new_is_left_out(log: Log) -> None:
    record(log, "a", "b")
    same = amended("a")._replace(same=True)
    assert append(log, same, amended("b")) == Appended(3, 3, {"thing/b": 3}, ("thing/a",))
    assert append(log, same) == Appended(0, 0, {}, ("thing/a",))


def test_a_thing_is_recorded_and_changed_in_one_group(log: Log) -> None:
    outcomes = log.append_group(
        [
            Append((thing("a"), thing("b", "", edge("b", "about", "a"))), "ann"),
            Append((amended("b"),), "bob"),
            Append((retracted("a"),), "cid"),
            Append((reinstated("a"), amended("b", "", edge("b", "about", "a"))), "ann"),
        ]
    )
    assert [one.first for one in outcomes if isinstance(one, Appended)] == [1, 3, 4, 5]
    assert log.positions(["thing/a", "thing/b"]) == {"thing/a": [1, 4, 5], "thing/b": [2, 3, 6]}
    assert live(log, "a", "b") == "ab"
    assert log.dependants(["thing/a"]) == {"thing/a": ["thing/b"]}


# -- ways that must not lead back --------------------------------------------------------------


def test_an_amendment_closes_no_cycle(log: Log) -> None:
    append(log, thing("a"), part("b", "a"), part("c", "b"))
    with pytest.raises(Cycle) as refusal:
        append(log, part("a", "c")._replace(effect=Effect.AMENDS))
    assert set(refusal.value.ids) == {"thing/a", "thing/b", "thing/c"}
    assert log.head().position == 3


def test_a_way_that_an_amendment_takes_out_may_be_closed(log: Log) -> None:
    append(log, thing("a"), part("b", "a"), part("c", "b"))
    back = part("a", "c")._replace(effect=Effect.AMENDS)
    with pytest.raises(Cycle):
        append(log, back, amended("b", "", edge("b", "about", "a")), amended("c"), part("d", "d"))
    append(log, back, amended("b"))
    with pytest.raises(Cycle):
        append(log, part("b", "a")._replace(effect=Effect.AMENDS))
    assert live(log, *"abc") == "abc"


def test_a_way_of_what_was_retracted_may_be_closed_and_is_not_given_back(log: Log) -> None:
    link = thing("link", "", edge("a", "partOf", "b", acyclic=True), edge("link", "from", "a"))
    back = thing("back", "", edge("b", "partOf", "a", acyclic=True), edge("back", "from", "b"))
    append(log, thing("a"), thing("b"), link)
    append(log, retracted("link"))
    append(log, back)
    with pytest.raises(Cycle):
        append(log, reinstated("link", *link.references))
    append(log, retracted("back"), reinstated("link", *link.references))
    with pytest.raises(Cycle):
        append(log, reinstated("back", *back.references))


def test_changes_of_one_group_close_no_cycle_together(log: Log) -> None:
    append(log, thing("a"), thing("b"), part("c", "b"))
    outcomes = log.append_group(
        [
            Append((part("b", "a")._replace(effect=Effect.AMENDS),), "ann"),
            Append((part("a", "c")._replace(effect=Effect.AMENDS),), "ann"),
            Append((amended("c"),), "ann"),
            Append((part("a", "c")._replace(effect=Effect.AMENDS),), "ann"),
        ]
    )
    assert [type(one) for one in outcomes] == [Appended, Cycle, Appended, Appended]


# -- retracting --------------------------------------------------------------------------------


def test_what_is_in_use_is_not_retracted_and_all_that_uses_it_is_named(log: Log) -> None:
    link = thing("link", "", edge("a", "partOf", "b"), edge("link", "from", "a"))
    append(log, thing("a"), thing("b"), about("x", "a"), about("y", "a", "b"), link)
    with pytest.raises(StillInUse) as refusal:
        append(log, retracted("a"))
    assert refusal.value.ids == ("thing/a",)
    assert refusal.value.dependants == ("thing/link", "thing/x", "thing/y")
    assert str(refusal.value) == (
        "thing/a cannot be retracted while in use by thing/link, thing/x, thing/y: amend or "
        "retract what uses it too, or let a cascade retract it"
    )
    assert live(log, "a") == "a"


def test_a_retracted_thing_counts_no_more_and_stays_in_the_log(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    assert append(log, retracted("x")) == Appended(3, 3, {"thing/x": 3})
    assert log.dependants(["thing/a"]) == {}
    assert log.subjects(["thing/x"])["thing/x"] == Subject(
        "thing/x", "thing", 3, False, first_position=2, content_position=2
    )
    append(log, retracted("a"))
    for entry in (retracted("a"), amended("a"), thing("a"), thing("a", "other")):
        with pytest.raises(IsRetracted) as refusal:
            append(log, entry)
        assert str(refusal.value) == ("retracted, and only a reinstatement gives it back: thing/a")
    with pytest.raises(UnknownReference, match=r"^retracted: thing/a \(about of thing/z\)$"):
        append(log, about("z", "a"))
    assert log.known_ids("thing") == ["thing/a", "thing/x"]


def test_both_ends_go_in_one_append(log: Log) -> None:
    append(log, thing("a", "", edge("a", "about", "b")), thing("b", "", edge("b", "about", "a")))
    with pytest.raises(StillInUse):
        append(log, retracted("a"))
    assert append(log, retracted("a"), retracted("b")).positions == {"thing/a": 3, "thing/b": 4}


def test_what_is_amended_away_in_the_same_append_is_in_use_no_more(log: Log) -> None:
    append(log, thing("a"), thing("b"), about("x", "a"))
    append(log, retracted("a"), amended("x", "", edge("x", "about", "b")))
    assert live(log, *"abx") == "bx"


def test_what_refers_to_itself_can_be_retracted(log: Log) -> None:
    append(log, about("a", "a"))
    append(log, retracted("a"))
    append(log, reinstated("a", edge("a", "about", "a")))
    append(log, with_all("a"))
    assert live(log, "a") == ""


def test_what_is_new_does_not_refer_to_what_goes(log: Log) -> None:
    record(log, "a")
    for going in (retracted("a"), with_all("a")):
        with pytest.raises(UnknownReference, match="retracted: thing/a"):
            append(log, going, about("x", "a"))


# -- cascades ----------------------------------------------------------------------------------


def test_a_cascade_retracts_everything_that_depends_in_the_same_append(log: Log) -> None:
    append(log, thing("a"), thing("b"), about("x", "a"), about("y", "x", "b"), about("z", "y"))
    append(log, about("other", "b"))
    outcome = append(log, with_all("a"))
    assert outcome == Appended(7, 10, {"thing/a": 7, "thing/x": 8, "thing/y": 9, "thing/z": 10})
    entries = log.read(after=6)
    assert [entry.payload for entry in entries] == [
        b"",
        b"with thing/a",
        b"with thing/x",
        b"with thing/y",
    ]
    assert {entry.header.append_first for entry in entries} == {7}
    assert log.dependants(["thing/a", "thing/b", "thing/x", "thing/y"]) == {
        "thing/b": ["thing/other"]
    }


def test_a_cascade_takes_along_what_was_amended(log: Log) -> None:
    append(log, thing("a"), thing("x"))
    append(log, amended("x", "now", edge("x", "about", "a")))
    append(log, with_all("a"))
    assert log.subjects(["thing/x"])["thing/x"] == Subject(
        "thing/x", "thing", 5, False, first_position=2, content_position=3
    )


def test_a_cascade_meets_what_its_group_did_before(log: Log) -> None:
    append(log, thing("a"), thing("w"), about("v", "w"), about("u", "v"), about("x", "a"))
    outcomes = log.append_group(
        [
            Append((amended("w", "now", edge("w", "about", "a")), amended("x")), "ann"),
            Append((about("n", "u"),), "ann"),
            Append((with_all("a"),), "ann"),
            Append((about("late", "u"),), "ann"),
        ]
    )
    assert outcomes[2] == Appended(
        9,
        13,
        {"thing/a": 9, "thing/n": 10, "thing/u": 11, "thing/v": 12, "thing/w": 13},
    )
    assert isinstance(outcomes[3], UnknownReference)
    assert live(log, *"anuvwx") == "x"


def test_a_cascade_takes_nothing_along_that_its_append_tells_of(log: Log) -> None:
    append(log, thing("a"), about("x", "a"), about("y", "a"))
    for told in (about("x", "a"), amended("x", "still", edge("x", "about", "a"))):
        with pytest.raises(UnknownReference, match=r"retracted: thing/a \(about of thing/x\)"):
            append(log, with_all("a"), told)
    assert append(log, with_all("a"), amended("x")).positions == {
        "thing/a": 4,
        "thing/x": 5,
        "thing/y": 6,
    }


def test_a_cascade_is_repeated_by_its_key(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    first = log.append([with_all("a")], recorded_by="ann", idempotency_key="k")
    append(log, reinstated("a"), reinstated("x", edge("x", "about", "a")))
    again = log.append([with_all("a")], recorded_by="ann", idempotency_key="k")
    assert again == first._replace(repeated=True)
    assert live(log, "a", "x") == "ax"


def test_a_dry_run_of_a_cascade_names_what_would_go(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    tried = log.append([with_all("a")], recorded_by="ann", dry_run=True)
    assert tried == Appended(3, 4, {"thing/a": 3, "thing/x": 4})
    assert live(log, "a", "x") == "ax"
    assert append(log, with_all("a")) == tried


def test_a_cascade_that_is_too_large_is_refused(log: Log) -> None:
    record(log, "a")
    for some in range(4):
        append(log, *(about(f"{some}-{name}", "a") for name in SEVERAL))
    with pytest.raises(InvalidAppend, match="at most 10,000 entries, but 12,000 things depend on"):
        append(log, with_all("a"))
    append(log, *(retracted(f"3-{name}") for name in SEVERAL))
    outcome = append(log, with_all("a"))
    assert outcome.last - outcome.first == 9_000
    assert log.dependants(["thing/a"]) == {}


# -- reinstating -------------------------------------------------------------------------------


def test_what_is_reinstated_says_what_it_said_last(log: Log) -> None:
    append(log, thing("a"), thing("b"), about("x", "a"))
    append(log, amended("x", "", edge("x", "about", "b")))
    append(log, retracted("x"))
    append(log, reinstated("x", edge("x", "about", "b")))
    assert log.subjects(["thing/x"])["thing/x"] == Subject(
        "thing/x", "thing", 6, True, first_position=3, content_position=4
    )
    assert log.dependants(["thing/a", "thing/b"]) == {"thing/b": ["thing/x"]}
    append(log, amended("x"))
    assert log.dependants(["thing/b"]) == {}


def test_what_refers_to_something_retracted_is_not_reinstated_without_it(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    append(log, with_all("a"))
    back = reinstated("x", edge("x", "about", "a"))
    with pytest.raises(UnknownReference, match=r"^retracted: thing/a \(about of thing/x\)$"):
        append(log, back)
    append(log, back, reinstated("a"))
    assert live(log, "a", "x") == "ax"


def test_only_what_was_retracted_is_reinstated(log: Log) -> None:
    record(log, "a", "b")
    with pytest.raises(NotRetracted, match=r"^not retracted: thing/a, thing/b$"):
        append(log, reinstated("a"), reinstated("b"))


# -- recording again ---------------------------------------------------------------------------


def test_the_first_content_of_what_was_amended_is_other_content_now(log: Log) -> None:
    append(log, thing("a", "first"))
    append(log, amended("a", "second"))
    with pytest.raises(AlreadyRecorded, match="on record with other content: thing/a"):
        append(log, thing("a", "first"))
    says_so = thing("a", "second")._replace(same=True)
    assert append(log, says_so).unchanged == ("thing/a",)


# -- what was seen -----------------------------------------------------------------------------


def test_an_expected_revision_is_that_of_the_last_entry(log: Log) -> None:
    record(log, "a")
    append(log, amended("a"))
    with pytest.raises(
        RevisionConflict, match="thing/a has revision 2, but was expected at revisio"
    ):
        log.append([amended("a")], recorded_by="ann", expected_revisions={"thing/a": 1})
    log.append([retracted("a")], recorded_by="ann", expected_revisions={"thing/a": 2})


def seen(log: Log, entry: NewEntry, **what: dict[str, int]) -> Appended:
    return log.append([entry], recorded_by="ann", seen=Seen(**what))


def test_what_was_made_from_a_state_that_has_passed_is_refused(log: Log) -> None:
    record(log, "a", "b")
    append(log, amended("a"))
    for revision in (0, 1, 4):
        with pytest.raises(Outdated) as refusal:
            seen(log, amended("a"), revisions={"thing/a": revision})
    assert str(refusal.value) == (
        "thing/a, or what depends on it, was changed by somebody else in this moment: try again"
    )
    with pytest.raises(Outdated):
        seen(log, thing("c"), revisions={"thing/b": 2, "thing/z": 1})
    assert seen(log, amended("a"), revisions={"thing/a": 3, "thing/z": 0}).first == 4


@pytest.mark.parametrize("change", ["new", "amended", "reinstated"])
def test_a_change_of_what_depends_on_something_is_seen(log: Log, change: str) -> None:
    append(log, thing("a"), about("x", "a"), thing("y"), about("z", "a"))
    append(log, retracted("z"))
    position = log.head().position
    assert seen(log, amended("a"), users={"thing/a": position, "thing/y": 0}).first == 6
    match change:
        case "new":
            append(log, about("n", "a"))
        case "amended":
            append(log, amended("y", "", edge("y", "about", "a")))
        case _:
            append(log, reinstated("z", edge("z", "about", "a")))
    with pytest.raises(Outdated):
        seen(log, amended("a"), users={"thing/a": position})
    assert seen(log, amended("a"), users={"thing/a": log.head().position}).first == 8


def test_what_depends_on_something_may_let_go_unseen(log: Log) -> None:
    append(log, thing("a"), about("x", "a"), about("y", "a"))
    append(log, amended("x"), retracted("y"))
    assert seen(log, amended("a"), users={"thing/a": 3}).first == 6


def test_what_a_group_did_before_is_seen(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    outcomes = log.append_group(
        [
            Append((about("y", "a"),), "ann"),
            Append((amended("a"),), "ann", seen=Seen({"thing/a": 1}, {"thing/a": 2})),
            Append((amended("a"),), "ann", seen=Seen({"thing/a": 1})),
            Append((amended("a"),), "ann", seen=Seen({"thing/a": 1})),
        ]
    )
    assert [type(one) for one in outcomes] == [Appended, Outdated, Appended, Outdated]


def test_a_key_gives_the_first_outcome_whatever_was_seen_now(log: Log) -> None:
    record(log, "a")
    asked = [amended("a")]
    log.append(asked, recorded_by="ann", idempotency_key="k", seen=Seen({"thing/a": 1}))
    again = log.append(asked, recorded_by="ann", idempotency_key="k", seen=Seen({"thing/a": 1}))
    assert again.repeated


# -- afterwards --------------------------------------------------------------------------------


def test_changes_outlive_the_program(open_log: Opener) -> None:
    log = open_log()
    append(log, thing("a"), about("x", "a"), about("y", "a"))
    append(log, amended("x"), retracted("y"))
    log.close()
    again = open_log()
    assert live(again, *"axy") == "ax"
    assert again.dependants(["thing/a"]) == {}
    assert again.positions(["thing/x"]) == {"thing/x": [2, 4]}
    assert append(again, retracted("a")).first == 6


def test_an_append_that_is_refused_changes_nothing(log: Log) -> None:
    append(log, thing("a"), about("x", "a"))
    before = log.head(), log.subjects(["thing/a", "thing/x"]), log.dependants(["thing/a"])
    for entries in ((retracted("x"), amended("z")), (amended("x"), reinstated("a"))):
        with pytest.raises(Refused):
            append(log, *entries)
    assert (log.head(), log.subjects(["thing/a", "thing/x"]), log.dependants(["thing/a"])) == before
