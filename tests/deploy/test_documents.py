"""The repository's documents: what they link to is there, what they tell to run can be run."""

import re
import subprocess
import tomllib
from collections import Counter
from importlib.metadata import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from typer.core import TyperGroup

from onrecord.cli import command_line
from onrecord.settings import variables
from tests.deploy.files import ROOT, image

MARKDOWN = MarkdownIt("commonmark").enable("table")
DEPENDENCIES = ROOT / "docs" / "decisions" / "dependencies.md"

# Written so that they do not find themselves.
REGISTRY_HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|maven\.org|maven\.apache\.org|sonatype\.(?:org|com)"
    r"|npmjs\.(?:org|com)|registry\.\w+\.(?:org|com)|crates\.io|docker\.(?:io|com)|ghcr\.io|quay\.io"
    r"|proxy\.golang\.org|rubygems\.org"
)
MACHINE_PATHS = re.compile(
    r"(?<![\w./:~*})-])/(?:root|work|home/\w+|Users/\w+)(?=/|[\s\"'`),;:]|$)"
)


def repository_files() -> list[str]:
    """Return the names of all files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


FILES = repository_files()
DOCUMENTS = [name for name in FILES if name.endswith(".md")]


def tokens(document: Path) -> list[Token]:
    """Return a document's tokens, those within lines as well."""
    flat: list[Token] = []
    for token in MARKDOWN.parse(document.read_text("utf-8")):
        flat += [token, *(token.children or ())]
    return flat


def links(document: Path) -> list[str]:
    """Return what a document links to or shows."""
    found = (token.attrs.get("href", token.attrs.get("src")) for token in tokens(document))
    return [str(target) for target in found if target]


def anchors(document: Path) -> set[str]:
    """Return the names by which the headings of a document are reached."""
    seen: Counter[str] = Counter()
    names: set[str] = set()
    before = ""
    for token in MARKDOWN.parse(document.read_text("utf-8")):
        if before == "heading_open":
            words = "".join(one.content for one in token.children or ())
            name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            names.add(f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
        before = token.type
    return names


def commands(document: Path) -> list[str]:
    """Return the commands that a document tells to run, in lines of code."""
    told: list[str] = []
    for token in tokens(document):
        if token.type == "code_inline":
            told.append(token.content)
        elif token.type == "fence" and token.info.strip() in ("sh", "bash", "console"):
            told += [line.removeprefix("$ ") for line in token.content.splitlines()]
    return [command for command in told if command.strip()]


def test_there_are_documents_to_look_at() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} <= set(DOCUMENTS)
    assert "docs/architecture.md" in DOCUMENTS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    document = ROOT / name
    for link in links(document):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme in ("http", "https", "mailto"), link
            continue
        target = (document.parent / unquote(parts.path)).resolve() if parts.path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if parts.fragment:
            assert parts.fragment in anchors(target), link


def test_a_heading_is_reached_by_its_name(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("# What runs, `up`\n\ntext\n\n## Twice\n\n## Twice\n", "utf-8")
    assert anchors(document) == {"what-runs-up", "twice", "twice-1"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_scripts_that_a_document_names_can_be_run(name: str) -> None:
    for command in commands(ROOT / name):
        program = command.split()[0]
        if re.match(r"(\./)?(scripts/|\.ci/)\w", program):
            assert (ROOT / program).is_file(), command
            if not program.endswith("bootstrap"):  # which others read
                assert (ROOT / program).stat().st_mode & 0o100, command
        for module in re.findall(r"python -m (\S+)", command):
            assert find_spec(module), command


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_that_a_document_names_exist_with_their_options(name: str) -> None:
    for command in commands(ROOT / name):
        words = command.split()
        if words[0] in ("onrecord", ".venv/bin/onrecord"):
            check_command(words[1:], command)
        elif words[0] == "scripts/up":
            check_command(["up", *words[1:]], command)


def check_command(words: list[str], command: str) -> None:
    """Hold a command line against the program's commands and options."""
    group = command_line()
    parameters = group.params
    while words and not words[0].startswith("-"):
        assert words[0] in group.commands, command
        known, words = group.commands[words[0]], words[1:]
        parameters = known.params
        if not isinstance(known, TyperGroup):
            break
        group = known
    options = {
        option
        for parameter in parameters
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    for word in words:
        if word.startswith("-") and word != "-":  # which is standard input
            assert word.partition("=")[0] in {*options, "--help"}, command


def test_contributing_names_every_script() -> None:
    told = {command.split()[0] for command in commands(ROOT / "CONTRIBUTING.md")}
    assert {"scripts/up", "scripts/test", "scripts/check", "scripts/lock", ".ci/run"} <= told


@pytest.mark.parametrize("name", DOCUMENTS)
def test_settings_that_a_document_names_exist(name: str) -> None:
    named = set(re.findall(r"\bONRECORD_[A-Z0-9_]+", (ROOT / name).read_text("utf-8")))
    assert {one for one in named if not one.startswith("ONRECORD_TEST_")} <= set(variables())


def test_every_decision_is_reached_from_the_architecture() -> None:
    pages = {path.name for path in (ROOT / "docs" / "decisions").glob("*.md")}
    linked = {Path(urlsplit(link).path).name for link in links(ROOT / "docs" / "architecture.md")}
    assert pages
    assert pages <= linked


def test_every_command_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for name, command in command_line().commands.items():
        below = command.commands if isinstance(command, TyperGroup) else [""]
        for one in below:
            assert f"`onrecord {name} {one}".rstrip() in text


def test_every_dependency_has_its_row() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    wanted = [project["project"]["dependencies"], groups["dev"], groups["build"], groups["bench"]]
    assert _tables(DEPENDENCIES) == [
        sorted(re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in requirements)
        for requirements in wanted
    ]


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    found = []
    for name in FILES:
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        for pattern in (REGISTRY_HOSTS, MACHINE_PATHS):
            found += [f"{name}: {one[0]}" for one in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        (REGISTRY_HOSTS, ("--index-url https://", "pypi", ".org/simple")),
        (REGISTRY_HOSTS, ("image: ", "docker", ".io/library/python")),
        (MACHINE_PATHS, ("see /", "root", "/project")),
        (MACHINE_PATHS, ('"/', "home/mary", '/data"')),
    ],
)
def test_such_a_name_would_be_found(pattern: re.Pattern[str], parts: tuple[str, ...]) -> None:
    assert pattern.search("".join(parts))


def test_the_licence_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    title, version = (ROOT / "LICENSE").read_text("utf-8").split("\n")[1:3]
    assert (title.strip(), version.split(",")[0].strip()) == ("Apache License", "Version 2.0")
    assert project["license"] == "Apache-2.0"
    assert project["license-files"] == ["LICENSE"]
    assert metadata("onrecord")["License-Expression"] == "Apache-2.0"
    label = image().last("LABEL").pairs()
    assert label["org.opencontainers.image.licenses"] == "Apache-2.0"


def _tables(document: Path) -> list[list[str]]:
    """Return the first column of each table that lists packages."""
    tables: list[list[str]] = []
    for line in document.read_text("utf-8").splitlines():
        first = line.split("|")[1].strip() if line.startswith("|") else ""
        if first == "Package":
            tables.append([])
        elif first and not first.startswith("-"):
            tables[-1].append(first)
    return tables
