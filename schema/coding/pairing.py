"""Which statements of two codings of one document report the same thing, and a file to say so.

Pairs are proposed by what was read (the passages) and what was understood (the claims), not by
what is to be compared: attribution, force, polarity and, where there is a claim, the speaker do
not help to find a pair. A person corrects the proposal in a file, by short names of statements:

    pairs:
      - [mayor-no, no-higher-dam]
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schema.coding.assignment import best_assignment
from schema.coding.side_by_side import ORDINALS, Coding, Compared
from schema.coding.splicing import as_yaml
from schema.errors import Fault, InvalidInput, did_you_mean, shown
from schema.values import Span
from schema.yaml import Tree, read_document

Pair = tuple[str, str]
"""The short names of a statement in the first dossier and of the same in the second."""

LEAST_WORDS, LEAST_QUOTED = 0.25, 0.5
"""From what share of common words two claims, or two quotations, are alike."""
QUOTED_GAIN, HOLDER_GAIN, OVERLAP_GAIN = 0.5, 0.25, 0.1
"""What counts beside the words of the claims, whose gain is at most 1."""
STEM_LENGTH = 5
"""Words that begin alike count as one: imports, importing. Short words stay whole."""

_WORD = re.compile(r"\w+(?:[.,]\w+)*")
_PLAIN_NAME = re.compile(r"(?!(?:null|true|false|yes|no|on|off|y|n)$)[a-z][a-z0-9-]*")


def propose_pairs(both: Compared) -> tuple[Pair, ...]:
    """Return the statements of two dossiers that seem to report the same thing, surest first.

    Two statements can be a pair if their passages overlap and their claims are alike: they have
    words in common (rare words of the two dossiers count more), or the same quoted words. The same
    holder of a belief, and passages of the same extent, make a pair surer. Statements without a
    claim are alike if they have the same speaker. Each is in one pair at most: among statements of
    the same sentence, the pairs that together are surest.
    """
    gains = dict(_gains(both))
    chosen = [pair for group in _connected(gains) for pair in _best(group, gains)]
    return tuple(sorted(chosen, key=lambda pair: (-gains[pair], pair)))


# -- how alike two statements are --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Features:
    """What of a statement is held against another one."""

    name: str
    passages: Sequence[Span]
    claim: str | None
    """The id of its claim, where it means the same in both dossiers."""
    words: frozenset[str]
    quoted: frozenset[str]
    speaker: int | None
    """Who said it, where there is no claim."""
    holder: int | None

    @property
    def start(self) -> int:
        return min(passage.start for passage in self.passages)

    @property
    def end(self) -> int:
        return max(passage.end for passage in self.passages)


def _gains(both: Compared) -> Iterator[tuple[Pair, float]]:
    """Yield every two statements that can be a pair, with how sure that is."""
    rows, columns = ([_features(one, name) for name in one.statements] for one in both.codings)
    weights = _weights(one.words for one in (*rows, *columns))
    columns.sort(key=lambda one: one.start)
    for row in rows:
        for column in columns:
            if column.start >= row.end:
                break
            overlap = _overlap(row.passages, column.passages) if column.end > row.start else 0
            gain = _gain(row, column, weights) if overlap else None
            if gain is not None:
                yield (row.name, column.name), gain + OVERLAP_GAIN * overlap


def _features(coding: Coding, name: str) -> _Features:
    statement, claim = coding.statements[name], coding.claim_text(name)
    holder = statement.ascribed_to.actor if statement.ascribed_to else None
    beyond = statement.claim is not None and coding.names_beyond(statement.claim)
    return _Features(
        name=name,
        passages=[one for one in statement.passages if one.source == coding.source.id],
        claim=statement.claim if beyond else None,
        words=frozenset(_words(claim or "", STEM_LENGTH)),
        quoted=frozenset(word for quote in statement.quotes for word in _words(quote.exact)),
        speaker=coding.actors[statement.speaker] if claim is None else None,
        holder=coding.actors[holder] if holder else None,
    )


def _words(text: str, length: int | None = None) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        yield word[:length]


def _weights(texts: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return what each word counts: the rarer it is, the more it says."""
    every = list(texts)
    times = Counter(word for words in every for word in words)
    return {word: math.log(1 + len(every) / count) for word, count in times.items()}


def _gain(row: _Features, column: _Features, weights: Mapping[str, float]) -> float | None:
    """Return how sure it is that two statements of one passage are a pair; None if they are none."""
    if row.speaker is not None or column.speaker is not None:
        return 1.0 if row.speaker == column.speaker else None
    same = row.claim is not None and row.claim == column.claim
    words = 1.0 if same else _common(row.words, column.words, weights)
    quoted = _common(row.quoted, column.quoted)
    if words < LEAST_WORDS and quoted < LEAST_QUOTED:
        return None
    return words + QUOTED_GAIN * quoted + HOLDER_GAIN * (row.holder == column.holder)


def _common(
    one: frozenset[str], other: frozenset[str], weights: Mapping[str, float] | None = None
) -> float:
    """Return the share of words in common, from 0 to 1 (Dice's coefficient)."""
    in_both, in_one, in_other = (
        sum(weights[word] for word in words) if weights is not None else len(words)
        for words in (one & other, one, other)
    )
    return 2 * in_both / (in_one + in_other) if in_both else 0.0


def _overlap(passages: Sequence[Span], others: Sequence[Span]) -> float:
    """Return the share of what is in both among what is in either, from 0 to 1."""
    mine, theirs = _extent(passages), _extent(others)
    in_both = mine + theirs - _extent((*passages, *others))
    return in_both / (mine + theirs - in_both)


def _extent(spans: Iterable[Span]) -> int:
    """Return how many characters lie in any of some spans."""
    total = reached = 0
    for span in sorted(spans, key=lambda one: one.start):
        total += max(0, span.end - max(span.start, reached))
        reached = max(reached, span.end)
    return total


# -- one to one --------------------------------------------------------------------------------


def _connected(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Split pairs into groups that have no statement in common: most often, sentences."""
    by_row: dict[str, list[Pair]] = defaultdict(list)
    by_column: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_row[pair[0]].append(pair)
        by_column[pair[1]].append(pair)
    groups = []
    while by_row:
        rows, group = [next(iter(by_row))], list[Pair]()
        while rows:
            met = by_row.pop(rows.pop(), [])
            group += met
            rows += [row for _, column in met for row, _ in by_column.pop(column, [])]
        groups.append(group)
    return groups


def _best(group: Sequence[Pair], gains: Mapping[Pair, float]) -> Iterator[Pair]:
    rows, columns = (list(dict.fromkeys(names)) for names in zip(*group, strict=True))
    table = [[gains.get((row, column), 0.0) for column in columns] for row in rows]
    for row, column in best_assignment(table):
        if table[row][column] > 0:
            yield rows[row], columns[column]


# -- the file ----------------------------------------------------------------------------------


def pairs_text(pairs: Iterable[Pair], both: Compared) -> str:
    """Return the pairs as a YAML file that a person can correct.

    Statements that are in no pair stand in it as comments, so that pairs can be made of them.
    """
    chosen = list(pairs)
    lines = [
        "# Statements that report the same thing: [name in the first, name in the second].",
        "pairs:" if chosen else "pairs: []",
        *(f"  - [{_written(one)}, {_written(other)}]" for one, other in chosen),
    ]
    for side, coding in enumerate(both.codings):
        lines.append(f"# In no pair, of the {ORDINALS[side]} ({coding.name}):")
        paired = {pair[side] for pair in chosen}
        lines += [f"#   {_written(name)}" for name in coding.statements if name not in paired]
    return "\n".join(lines) + "\n"


def read_pairs(text: str, name: str, both: Compared) -> tuple[Pair, ...]:
    """Read a file of pairs; ``name`` is what errors call the file.

    :raises InvalidInput: with every fault found: not YAML, no list of pairs, a name that no
        statement has, a statement in two pairs.
    """
    document = read_document(text, name)
    try:
        pairs = _pairs_in(document.root)
        check_pairs(pairs, both)
    except InvalidInput as error:
        located = [replace(one, where=document.where(one.path)) for one in error.faults]
        raise InvalidInput(located) from None
    return pairs


def check_pairs(pairs: Sequence[Pair], both: Compared) -> None:
    """Check that pairs name statements that there are, each once.

    :raises InvalidInput: with every fault found.
    """
    if faults := list(_faults(pairs, both)):
        raise InvalidInput(faults)


def _written(name: str) -> str:
    """Return a name as YAML that is read back as it is."""
    return name if _PLAIN_NAME.fullmatch(name) else as_yaml(name)


def _pairs_in(root: Tree) -> tuple[Pair, ...]:
    if not isinstance(root, dict) or not isinstance(items := root.get("pairs"), list):
        raise InvalidInput([Fault(("pairs",), "has to be a list of pairs [first, second]")])
    faults = [Fault((key,), "is not a part of a file of pairs") for key in root if key != "pairs"]
    pairs: list[Pair] = []
    for index, item in enumerate(items):
        match item:
            case [str(one), str(other)]:
                pairs.append((one, other))
            case _:
                message = "has to be a pair: [name in the first, name in the second]"
                faults.append(Fault(("pairs", str(index)), message))
    if faults:
        raise InvalidInput(faults)
    return tuple(pairs)


def _faults(pairs: Sequence[Pair], both: Compared) -> Iterator[Fault]:
    for side, coding in enumerate(both.codings):
        names = [pair[side] for pair in pairs]
        for index, name in enumerate(names):
            path = ("pairs", str(index), str(side))
            if name not in coding.statements:
                near = did_you_mean(name, coding.statements)
                message = f"{shown(name)} is no statement of {coding.name}{near}"
                yield Fault(path, message)
            elif name in names[:index]:
                yield Fault(path, f"{shown(name)} is in two pairs")
