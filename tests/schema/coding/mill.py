"""An invented document, and dossiers of it made for one question each."""

from schema.coding.filling import fill
from schema.dossier import Dossier

TEXT = (
    "Dam of Aven\n"
    "\n"
    "- Millers warn of drought. “It is dry,” said Ida Roth.\n"
    "- It rained in 2018.\n"
    "Roth said the dam holds, but nobody asked. Read more on page 4.\n"
)
HEADING, WARNING, QUOTATION, RAIN, HOLDS, MORE = (
    "Dam of Aven",
    "Millers warn of drought.",
    "“It is dry,” said Ida Roth.",
    "It rained in 2018.",
    "Roth said the dam holds, but nobody asked.",
    "Read more on page 4.",
)

HEAD = """\
dossier: 1
source:
  id: source/mill
  name: The mill
  publisher: gazette
actors:
  gazette: {name: Gazette of Aven, kind: ORGANISATION}
  roth: {name: Ida Roth, kind: PERSON}
"""


def filled(*passages: str, left_out: tuple[str, ...] = (), quotes: tuple[str, ...] = ()) -> Dossier:
    """Return a dossier with a statement ``s0``, ``s1``, ... for each passage.

    The first one has the quotes.
    """
    lines = [HEAD, "statements:\n"]
    for n, words in enumerate(passages):
        lines.append(f"  s{n}:\n    speaker: roth\n    claim: {{text: Claim {n}.}}\n")
        if quotes and n == 0:
            lines.append(f"    attribution: PARTIAL_QUOTE\n    quotes: {list(quotes)!r}\n")
        lines.append(f"    passages:\n      - {words!r}\n")
    lines.append("leftOut:\n")
    lines += [f"  - {{words: {words!r}, reason: NAVIGATION}}\n" for words in left_out]
    return fill("".join(lines), "mill.yaml", TEXT).dossier
