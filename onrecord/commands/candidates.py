"""``onrecord candidates``: pairs that may be one and the same, for a person to judge."""

from typing import Annotated

import orjson
import typer

from eventlog import Log
from onrecord.candidates import showing
from onrecord.candidates.finding import Answer, Question, candidates
from onrecord.candidates.showing import Shown
from onrecord.candidates.things import Kind
from onrecord.composition import open_log
from onrecord.settings import read_settings
from onrecord.showing import console, progress, say, table

HEADS = ("Score", "Kind", "One", "Other", "Why")
MIN_SCORE = 70.0
LIMIT = 100


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("candidates")(propose)


def propose(
    kind: Annotated[
        list[Kind] | None, typer.Option(help="Only pairs of this kind; may be given again.")
    ] = None,
    min_score: Annotated[
        float, typer.Option(help="Only pairs for which so much speaks.", min=0, max=100)
    ] = MIN_SCORE,
    limit: Annotated[int, typer.Option(help="At most so many pairs.", min=1)] = LIMIT,
    about: Annotated[
        str | None, typer.Option(metavar="ID", help="Only pairs of which this is one.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also pairs that are judged, linked or merged already.")
    ] = False,
    output: Annotated[
        Shown,
        typer.Option(
            "--format", help="yaml: judgements of a dossier, whose types are left to you."
        ),
    ] = Shown.TABLE,
) -> None:
    """Propose pairs that may be one and the same; you judge them, by onrecord judge or a dossier.

    Actors and sources that share an identifier, things with names or texts alike, statements that
    may report one act. What is judged already, either way, is not proposed again.
    """
    with open_log(read_settings()) as log, progress() as report:
        kinds = _kinds(log, kind, about)
        question = Question(kinds, min_score, limit, about, everything)
        answer = candidates(log, question, report)
    _show(answer, output)


def _kinds(log: Log, kinds: list[Kind] | None, about: str | None) -> list[Kind]:
    """Return the kinds to compare, each once.

    :raises typer.BadParameter: the thing asked about is not on record now, or of another kind.
    """
    wanted = [kind for kind in Kind if not kinds or kind in kinds]
    if about is None:
        return wanted
    subject = log.subjects([about]).get(about)
    if subject is None or not subject.live:
        state = "is not on record" if subject is None else "was retracted"
        raise typer.BadParameter(f"{about} {state}", param_hint="--about")
    fitting = [kind for kind in wanted if about.startswith(f"{kind}/")]
    if not fitting:
        judged = ", ".join(wanted)
        raise typer.BadParameter(f"{about} is none of: {judged}", param_hint="--about")
    return fitting


def _show(answer: Answer, output: Shown) -> None:
    proposals = answer.proposals
    match output:
        case Shown.JSON:
            made = [showing.as_json(one, answer.record) for one in proposals]
            typer.echo(orjson.dumps(made, option=orjson.OPT_INDENT_2))
        case Shown.YAML:
            typer.echo(showing.as_dossier(proposals, answer.record), nl=False)
        case Shown.TABLE if proposals:
            rows = [showing.cells(one, answer.record) for one in proposals]
            console().print(table(HEADS, rows))
    if not proposals:
        say("nothing to judge: no pair is that much alike that is not judged or linked already")
    elif answer.more:
        say(f"only the best {len(proposals):,} are shown: --limit shows more")
