"""Small dossiers, invented."""

from pathlib import Path

SHA = "ab" * 32

GOOD = f"""\
dossier: 1
source:
  id: source/gazette
  name: The Gazette on the harbour
  sha256: {SHA}
  length: 400
  publisher: gazette
  published: 2024-03-02
actors:
  gazette:
    name: the Gazette
    kind: ORGANISATION
  mayor:
    name: Ada Marsh
    kind: PERSON
    aliases: [the mayor]
issues:
  harbour:
    name: Harbour fees
    question: Should the harbour fees rise?
statements:
  fees-rise:
    speaker: mayor
    claim:
      text: The harbour fees rise in April 2024.
      issues: [harbour]
    force: PROMISES
    said: 2024-03-01
    passages: [{{start: 10, end: 60, sha256: {SHA}}}]
  she-wants-more:
    ascribedTo: {{actor: mayor, attitude: WANTS}}
    claim:
      text: The fees double.
      issues: [harbour]
    passages: [{{start: 70, end: 120, sha256: {SHA}}}]
"""


def write(folder: Path, text: str = GOOD, name: str = "gazette.yaml") -> str:
    """Write a dossier and return its path."""
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)
