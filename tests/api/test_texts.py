"""Passages in their words: found by the hash of a file, shown only if they are what was coded."""

import asyncio
import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import texts as module
from api.app import create_app
from api.context import Context
from api.limits import Limits
from api.texts import CONTEXT_LENGTH, Excerpt, Texts, excerpt
from eventlog.sqlite import SqliteLog
from schema.values import text_sha256
from tests.api.asking import Asker, Client, Json
from tests.api.record import Graph

DOCUMENT = (
    "The mayor of Little Harbour spoke on Monday, and those who came heard what they had hoped "
    "not to hear. “The bridge 🌉 stays shut,” she said — naïve as it seemed — until the river "
    "has fallen; nobody asked how long that would be, and nobody was told."
)
EXACT = "The bridge 🌉 stays shut,"
START = DOCUMENT.index(EXACT)
END = START + len(EXACT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder


@pytest.fixture
def texts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Texts:
    """Return the texts of the folder, which is looked through whenever one is missing."""
    monkeypatch.setattr(module, "RESCAN_SECONDS", 0)
    return Texts(folder)


def write(path: Path, text: str) -> str:
    path.write_bytes(text.encode())
    return text_sha256(text)


# -- finding files -----------------------------------------------------------------------------


def test_a_file_is_found_by_what_it_says_whatever_its_name(folder: Path, texts: Texts) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    one, two = write(folder / "a.txt", "one"), write(folder / "deep" / "er" / "b", "zwei\r\n")
    assert texts.find([one, two, "0" * 64]) == {one: "one", two: "zwei\r\n"}
    assert texts.find([]) == {}


def test_a_file_that_comes_later_or_changes_is_noticed(folder: Path, texts: Texts) -> None:
    wanted = text_sha256("late")
    assert texts.find([wanted]) == {}
    path = folder / "late.txt"
    write(path, "late")
    assert texts.find([wanted]) == {wanted: "late"}
    later = write(path, "later")
    assert texts.find([wanted, later]) == {later: "later"}
    path.rename(folder / "elsewhere.txt")
    assert texts.find([later]) == {later: "later"}
    (folder / "elsewhere.txt").unlink()
    assert texts.find([later]) == {}


def test_the_folder_is_not_looked_through_for_every_question(folder: Path) -> None:
    texts = Texts(folder)
    wanted = text_sha256("late")
    assert texts.find([wanted]) == {}
    write(folder / "late.txt", "late")
    assert texts.find([wanted]) == {}


def test_an_unchanged_file_is_read_once_however_often_something_is_missing(
    folder: Path, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "a", "a")
    read: list[str] = []
    content = module._content

    def counted(path: Path) -> bytes | None:
        read.append(path.name)
        return content(path)

    monkeypatch.setattr(module, "_content", counted)
    for _ in range(3):
        texts.find(["0" * 64])
    assert read == ["a"]
    write(folder / "b", "b")
    texts.find(["0" * 64])
    assert read == ["a", "b"]


def test_links_pipes_and_large_files_are_passed_over(
    folder: Path, tmp_path: Path, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 10)
    secret = write(tmp_path / "secret", "secret")
    (tmp_path / "outside").mkdir()
    outside = write(tmp_path / "outside" / "x", "outside")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "dangling").symlink_to(tmp_path / "nothing")
    (folder / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(folder / "pipe")
    large, small = write(folder / "large", "x" * 11), write(folder / "small", "x" * 10)
    assert texts.find([secret, outside, large, small]) == {small: "x" * 10}


def test_a_file_that_became_a_link_or_a_pipe_is_not_read(
    folder: Path, tmp_path: Path, texts: Texts
) -> None:
    wanted = write(folder / "a", "a")
    assert texts.find([wanted])
    write(tmp_path / "same", "a")
    (folder / "a").unlink()
    (folder / "a").symlink_to(tmp_path / "same")
    assert texts.find([wanted]) == {}
    (folder / "a").unlink()
    os.mkfifo(folder / "a")
    assert texts.find([wanted]) == {}


def test_what_cannot_be_read_is_passed_over(
    folder: Path, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    bytes_ = b"\xff\xfe"
    (folder / "no-text").write_bytes(bytes_)
    closed, opened = write(folder / "closed", "closed"), write(folder / "opened", "opened")
    open_ = os.open

    def denying(path: Path, flags: int) -> int:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return open_(path, flags)

    monkeypatch.setattr(os, "open", denying)
    found = texts.find([closed, opened, hashlib.sha256(bytes_).hexdigest()])
    assert found == {opened: "opened"}


def test_a_folder_that_is_not_there_has_no_texts(tmp_path: Path) -> None:
    assert Texts(tmp_path / "nowhere").find(["0" * 64]) == {}


def test_no_more_files_are_looked_at_than_allowed(
    folder: Path, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 2)
    hashes = [write(folder / name, name) for name in "abc"]
    assert set(texts.find(hashes).values()) == {"a", "b"}


# -- words in their context --------------------------------------------------------------------


def test_words_are_shown_between_whole_words() -> None:
    found = excerpt(DOCUMENT, START, END, text_sha256(EXACT))
    assert found == Excerpt(
        EXACT,
        "mayor of Little Harbour spoke on Monday, and those who came heard what they had hoped "
        "not to hear. “",
        "” she said — naïve as it seemed — until the river has fallen; nobody asked how long that "
        "would be,",
    )


def test_at_the_ends_of_a_text_there_is_less_around() -> None:
    assert excerpt(DOCUMENT, 0, 3, text_sha256("The")) == Excerpt(
        "The",
        "",
        " mayor of Little Harbour spoke on Monday, and those who came heard what they had hoped not "
        "to hear.",
    )
    whole = excerpt(DOCUMENT, 0, len(DOCUMENT), text_sha256(DOCUMENT))
    assert whole == Excerpt(DOCUMENT, "", "")


def test_a_language_without_spaces_is_cut_between_characters() -> None:
    text = "橋" * 300
    found = excerpt(text, 150, 151, text_sha256("橋"))
    assert found == Excerpt("橋", "橋" * CONTEXT_LENGTH, "橋" * CONTEXT_LENGTH)


@pytest.mark.parametrize(
    ("start", "end", "sha256"),
    [
        (START, END, text_sha256("something else")),
        (START + 1, END + 1, text_sha256(EXACT)),
        (len(DOCUMENT) - 1, len(DOCUMENT) + 1, text_sha256(DOCUMENT[-1:])),
        (len(DOCUMENT) + 5, len(DOCUMENT) + 9, text_sha256("")),
    ],
)
def test_other_words_than_those_coded_are_not_shown(start: int, end: int, sha256: str) -> None:
    assert excerpt(DOCUMENT, start, end, sha256) is None


@given(st.text("ab \n橋🌉", min_size=1, max_size=400), st.data())
def test_the_context_is_what_stands_around_the_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = excerpt(text, start, end, text_sha256(text[start:end]))
    assert found is not None
    assert found.text == text[start:end]
    assert text[:start].endswith(found.before)
    assert text[end:].startswith(found.after)
    assert max(len(found.before), len(found.after)) <= CONTEXT_LENGTH


# -- answers -----------------------------------------------------------------------------------

ASK = """{ statement(id: "statement/a/warning") { passages {
    text exact before words: text part after source { name } } } }"""


@pytest.fixture
def coded(graph: Graph) -> Graph:
    """Return the graph with a passage of the document."""
    graph.things["Source"][0]["sha256"] = text_sha256(DOCUMENT)
    passage = {"source": "source/a", "part": "BODY", "start": START, "end": END}
    passage["sha256"] = text_sha256(EXACT)
    graph.things["Statement"][1]["passages"] = [passage]
    return graph


@pytest.fixture
def asking(coded: Graph, context: Context, folder: Path) -> Asker:
    """Return how to ask a service with a documents folder."""
    write(folder / "article.txt", DOCUMENT)
    found = Context(
        context.graph, context.log, context.recorder, context.version, texts=Texts(folder)
    )
    return Asker(Client(create_app(found)))


def passages(answer: Json) -> list[Json]:
    found: list[Json] = answer["statement"]["passages"]
    return found


def test_a_passage_is_shown_in_its_words(asking: Asker) -> None:
    (passage,) = passages(asking(ASK))
    assert list(passage) == ["text", "exact", "before", "words", "part", "after", "source"]
    assert passage["text"] == passage["words"] == EXACT
    assert passage["before"].endswith("not to hear. “")
    assert passage["after"].startswith("” she said")
    assert (passage["exact"], passage["source"]) == (None, {"name": "Untitled <article>"})


def test_both_ways_to_answer_show_the_same_words(asking: Asker) -> None:
    executed = asking(f"{ASK[:-1]} status {{ versions {{ onrecord }} }} }}")
    assert executed["statement"] == asking(ASK)["statement"]


def test_words_are_shown_wherever_a_passage_is(asking: Asker) -> None:
    data = asking(
        """{ sources { nodes { id } }
             statements { edges { node { passages { ...Words } } } nodes { passages { before } } }
             nodes(ids: ["statement/a/warning"]) { ... on Statement { passages { t: text } } } }
           fragment Words on Passage { __typename text }"""
    )
    assert data["nodes"] == [{"passages": [{"t": EXACT}]}]
    shown = data["statements"]["edges"][1]["node"]["passages"]
    assert shown == [{"__typename": "Passage", "text": EXACT}]


def test_without_the_text_there_are_no_words(ask: Asker, coded: Graph) -> None:
    (passage,) = passages(ask(ASK))
    assert [passage[name] for name in ("text", "before", "after")] == [None, None, None]


def test_words_of_another_hash_are_not_shown(asking: Asker, coded: Graph) -> None:
    coded.things["Statement"][1]["passages"][0]["sha256"] = "0" * 64  # type: ignore[index]
    (passage,) = passages(asking(ASK))
    assert [passage[name] for name in ("text", "before", "after")] == [None, None, None]


def test_nothing_is_read_when_no_words_are_asked_for(asking: Asker, coded: Graph) -> None:
    asking('{ statement(id: "statement/a/warning") { passages { exact start } } }')
    (pick,) = coded.asked[-1].picks
    assert [one.key for one in pick.picks] == ["exact", "start"]


def test_more_words_than_an_answer_holds(
    coded: Graph, log: SqliteLog, context: Context, folder: Path
) -> None:
    limits = Limits(text_length=len(EXACT) - 1)
    found = Context(
        context.graph, context.log, context.recorder, "0", limits=limits, texts=Texts(folder)
    )
    body = Asker(Client(create_app(found))).whole(f"{ASK[:-1]} actors {{ totalCount }} }}")
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["statement"], "LIMIT_EXCEEDED")
    assert error["message"] == (
        "the passages asked for have 24 characters, more than the 23 allowed: ask for smaller pages"
    )
    assert body["data"]["actors"] == {"totalCount": 3}


def test_reading_files_holds_up_nobody_else(coded: Graph, context: Context) -> None:
    """While one question waits for a slow disk, the event loop answers another."""
    reading, answered = threading.Event(), threading.Event()

    class Slow:
        def find(self, wanted: object) -> dict[str, str]:
            reading.set()
            assert answered.wait(10)
            return {text_sha256(DOCUMENT): DOCUMENT}

    found = Context(context.graph, context.log, context.recorder, context.version, texts=Slow())
    client = Client(create_app(found))

    async def both() -> Json:
        first = asyncio.create_task(client.send("POST", "/graphql", json={"query": ASK}))
        await asyncio.to_thread(reading.wait, 10)
        second = await client.send("POST", "/graphql", json={"query": "{ __typename }"})
        assert second.status_code == 200
        answered.set()
        body: Json = (await first).json()
        return body

    (passage,) = passages(asyncio.run(both())["data"])
    assert passage["text"] == EXACT
