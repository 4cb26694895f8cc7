"""A small invented archive in the form of Factopolis: a mayor, a dam and two newspapers."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

NAME = "content/person/ada-marsh/2017-03-01.md"

FILES: Mapping[str, str] = {
    "content/_index.md": "---\ntitle: All\n---\n",
    "content/claims/_index.md": "no fields here",
    "content/claims/dam-leaks/_index.md": (
        "---\ntitle: The dam leaks\nnegative: The dam does not leak\n"
        "subjects: [ada-marsh, nobody-known]\ntopics: [dam, water-supply]\n---\nMore on it.\n"
    ),
    "content/claims/dam-is-old/_index.md": "---\ntitle: The dam is 90 years old\n---\n",
    "content/topics/dam/_index.md": '---\ntitle: "The Dam"\n---\n',
    "content/checker/gazette.md": "---\ntitle: The Gazette\ntwitter: Gazette\n---\n",
    "content/checker/herald.md": "---\ntitle: The Herald\n---\n",
    "content/person/_index.md": "---\ntitle: People\n---\n",
    "content/person/ada-marsh/_index.md": (
        "---\ntitle: Ada Marsh\nwikipedia: Ada_Marsh\ntwitter: marsh\n---\n"
    ),
    NAME: (
        "---\ntype: assertion\ndate: 2017-03-01\nclaims: [dam-leaks]\n"
        "quote:\n  The dam leaks,\n  and everybody knows.\nwhere: town hall\n"
        "sources:\n- type: youtube\n  id: abc\n  start: 3\n"
        "- type: transcript\n  url: https://example.org/minutes\n"
        "checks:\n- checker: gazette\n  rating: pants-on-fire\n  quote: It is dry.\n"
        "  source: https://gazette.example/dam\n"
        "- checker: herald\n  short: Nobody has looked.\n  source: https://herald.example/dam\n"
        "---\n"
    ),
    "content/person/ada-marsh/2017-03-02.md": (
        "---\ntype: assertion\ndate: 2017-03-02\nclaims: [dam-leaks, dam-is-old]\n"
        "quote: It is 90 years old and leaks.\nwhere: Twitter\n"
        "sources:\n- type: twitter\n  user: marsh\n  id: 12345\n"
        "checks:\n- checker: gazette\n  rating: half-true\n  quote: It is 30 years old.\n"
        "  claims: [dam-is-old]\n  source: https://gazette.example/age\n---\n"
    ),
    "content/person/ada-marsh/speech.md": "---\ntype: event\ntitle: A speech\n---\n",
}


def archive(folder: Path, changed: Mapping[str, str | None] | None = None) -> Path:
    """Write the archive, with other files or without some, and return its path."""
    files = {**FILES, **(changed or {})}
    texts = {name: text for name, text in files.items() if text is not None}
    return packed(folder / "content.tar.gz", texts)


def packed(path: Path, texts: Mapping[str, str]) -> Path:
    """Write texts as the members of an archive."""
    with tarfile.open(path, "w:gz") as packing:
        for name, text in texts.items():
            content = text.encode("utf-8", "surrogatepass")
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packing.addfile(member, io.BytesIO(content))
    return path
