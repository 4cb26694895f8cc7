"""Starting a dossier: what is known of a document before a person has read it."""

from collections.abc import Iterator

from schema.coding.marks import marks_of, told
from schema.coding.quotations import quotations
from schema.coding.sentences import sentences
from schema.coding.splicing import as_yaml
from schema.coding.stretches import Stretch
from schema.coding.words import Words
from schema.errors import Fault, InvalidInput, shown
from schema.identifiers import kind_of
from schema.values import text_sha256

LONGEST_QUOTED = 500_000
"""How many characters a document has at most whose sentences are told in words."""
MOST_LISTED = 5000
"""How many sentences are listed at most: a dossier may be only so long."""
_SIZES = (12, 24, 48, 96)
"""How many characters of a sentence are quoted at either end: more where these stand elsewhere."""
_SIZE_OF_LETTERS = 3  # a letter of a script without spaces tells as much as so many others

_HEAD = """\
# yaml-language-server: $schema=dossier.schema.json
# The line above lets editors complete and check what stands here, once the schema is made:
#     onrecord dossier schema > dossier.schema.json
#
# Nothing here is guessed. Say what is asked for at each TODO: until then this is no dossier yet.
# Then code the sentences below, from top to bottom, and fill in their offsets:
#     onrecord dossier fill FILE --document TEXT
dossier: 1

source:
  id: source/{name}
  name:                       # TODO a working title of your own
  kind:                       # TODO ARTICLE, TRANSCRIPT, POST, FILING, FACT_CHECK or OTHER
  # title:                    # these only where they are known
  # url:
  # authors: []
  # published: 2031-03-05     # or {{edtf: "...", basis: INFERRED, because: ...}}
  # language: en
  # publisher: publisher      # one of the actors below
  sha256: {sha256}
  length: {length}

# The lines below show the form, and say nothing of this document.
use:
#  aven: actor/aven           # what other dossiers have recorded already
actors:
#  publisher: {{name: publisher (not stated), kind: ORGANISATION, named: false}}
#  roth: {{name: Ida Roth, kind: PERSON}}
roles:
#  head: {{title: head of the guild, holder: roth, passages: ["first words … last words"]}}
issues:
#  sluice: {{name: Upper sluice of Aven, question: Should the upper sluice be opened?}}
claims:
#  open: {{text: The upper sluice of Aven is open., issues: [sluice]}}
events:
#  vote: {{name: Vote on the sluice, status: SCHEDULED, passages: ["first words … last words"]}}
statements:
#  sluice-open:
#    speaker: roth
#    attribution: DIRECT_QUOTE
#    claim: open
#    quotes: [open at last]
#    passages: ["first words … last words"]
links:
judgements:
leftOut:
#  - {{words: "first words … last words", reason: NAVIGATION}}
"""
_LIST = """
# The sentences: {count}. Each stands with its offsets, and its words as passages take them.
# What has a verb of saying, a quotation mark, a figure, an attitude or a word of prediction may not
# be left out; these are found by lists of English words, so that others may have them as well.
"""


def start(text: str, name: str | None = None) -> str:
    """Return a new dossier for a document, with its sentences in comments.

    ``name`` is the source's, ``source/NAME``. The dossier says nothing that a person has to say:
    :func:`schema.dossier.read_dossier` refuses it until that is done.

    :raises InvalidInput: the name is none, or there is nothing to code in the document.
    """
    if name is not None:
        _check_name(name)
    found = sentences(text)
    if not found:
        raise InvalidInput([Fault((), "there is nothing to read in the document")])
    head = _HEAD.format(name=name or "TODO", sha256=text_sha256(text), length=len(text))
    listed = _LIST.format(count=f"{len(found):,}")
    return head + listed + "".join(f"{line}\n" for line in _lines(text, found))


def _check_name(name: str) -> None:
    identifier = f"source/{name}"
    try:
        kind_of(identifier)
    except ValueError as error:
        raise InvalidInput([Fault(("name",), str(error))]) from None
    if "/" in name:
        message = f"{shown(name)} has a slash: the ids of what is said in it take one part"
        raise InvalidInput([Fault(("name",), message)])


def _lines(text: str, found: list[Stretch]) -> Iterator[str]:
    words = Words(text) if len(text) <= LONGEST_QUOTED else None
    in_marks = quotations(text)
    width = len(str(len(found))) + 1
    for number, stretch in enumerate(found[:MOST_LISTED], 1):
        where = f"#{number:>{width}}. {stretch.start}-{stretch.end}"
        yield f"{where}  {_passage(words, stretch)}" if words is not None else where
        if has := marks_of(text, stretch, in_marks):
            yield f"#{'':{width + 2}}has {_printable(told(has))}"
    if len(found) > MOST_LISTED:
        yield f"# ... and {len(found) - MOST_LISTED:,} more: onrecord coverage shows them."


def _passage(words: Words, stretch: Stretch) -> str:
    """Return how a passage tells which sentence it is: by its words, if they stand only there."""
    text = words.text[stretch.start : stretch.end]
    for size in _SIZES:
        said = _ends(text, size)
        if _tells(words, said, stretch):
            return f"words: {as_yaml(said)}"
    return f"start: {stretch.start}, end: {stretch.end}, sha256: {text_sha256(text)}"


def _ends(text: str, size: int) -> str:
    """Return the first and last words of a sentence, about so many characters of each."""
    if not any(character.isspace() for character in text[:100]):
        size //= _SIZE_OF_LETTERS
    first, last = _whole_words(text, size), _whole_words(text[::-1], size)[::-1]
    if len(first) + len(last) >= len(text):
        return " ".join(text.split())
    return " ".join([*first.split(), "…", *last.split()])


def _whole_words(text: str, size: int) -> str:
    """Return the beginning of a text up to where a word ends; of letters without spaces, less."""
    space = next((at for at in range(size, min(len(text), 2 * size)) if text[at].isspace()), size)
    return text[:space]


def _tells(words: Words, said: str, stretch: Stretch) -> bool:
    """Tell whether words lead to a sentence and nowhere else."""
    return said.replace(" ", "").isprintable() and words.leads_to(said, stretch)


def _printable(line: str) -> str:
    return "".join(one if one.isprintable() else "\ufffd" for one in line)
