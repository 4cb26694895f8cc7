"""``onrecord amend``, ``retract``, ``reinstate`` and ``judge``: changing what is on record."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeAlias, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from api.changing import gone_with
from eventlog import Appended, Log
from eventlog.errors import Refused
from eventlog.recorder import Recorder
from onrecord.composition import open_log
from onrecord.given import fields_given
from onrecord.refusing import faults_of_refusal
from onrecord.settings import read_settings
from onrecord.showing import console, table
from onrecord.steps import HEADS, Step, at_positions, captions_for, done_by, steps_of
from schema.entries import Amended, AnyEntry, IdentityJudged, IdentityType, Reinstated, Retracted
from schema.errors import InvalidInput, faults_of
from schema.identifiers import made_id

ModelT = TypeVar("ModelT", bound=BaseModel)
Entries = Callable[[Log], Sequence[AnyEntry]]
"""Gives the entries to append; what they are may depend on what is on record."""

IdArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="A thing on record.")]
IdsArgument: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Things on record: all of them, or none.")
]
ReasonOption: TypeAlias = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Only show what would be changed.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (amend, retract, reinstate, judge):
        app.command()(command)


def amend(
    identifier: IdArgument,
    reason: ReasonOption,
    assigned: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="A field's new value, in YAML; texts and dates as they are. May be repeated.",
        ),
    ] = None,
    left_out: Annotated[
        list[str] | None,
        typer.Option("--unset", metavar="FIELD", help="A field to leave out. May be repeated."),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Replace fields of a thing that was recorded wrongly; the others stay as they are.

    The fields are those that onrecord log show POSITION shows in the payload.
    """
    if not assigned and not left_out:
        raise typer.BadParameter("nothing to amend: --set FIELD=VALUE or --unset FIELD says what")
    fields = fields_given(identifier, assigned or (), left_out or ())
    entry = _made(Amended, id=identifier, fields=fields, reason=reason)
    _append(lambda log: [entry], dry_run)


def retract(
    identifiers: IdsArgument,
    reason: ReasonOption,
    cascade: Annotated[
        bool, typer.Option("--cascade", help="Retract whatever depends on them as well.")
    ] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Take things back that we were wrong to record: they leave all current answers.

    What a speaker took back is no mistake of ours: that is a statement which withdraws another.
    """
    entries = [_made(Retracted, id=one, reason=reason) for one in _each_once(identifiers)]
    _append(lambda log: entries, dry_run, cascade=cascade)


def reinstate(
    identifiers: IdsArgument,
    reason: ReasonOption,
    cascade: Annotated[
        bool,
        typer.Option("--cascade", help="Give back as well what a cascade retracted with them."),
    ] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Give back things that were retracted, as they were."""
    entries = [_made(Reinstated, id=one, reason=reason) for one in _each_once(identifiers)]

    def with_others(log: Log) -> list[AnyEntry]:
        names = [one.id for one in entries]
        more = [other for one in names for other in gone_with(log, one)] if cascade else []
        others = [one for one in _each_once(more) if one not in names]
        return [*entries, *(_made(Reinstated, id=one, reason=reason) for one in others)]

    _append(with_others, dry_run)


def judge(
    one: Annotated[str, typer.Argument(metavar="ONE", help="A thing on record.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Another one of its kind.")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="The reason.")],
    same: Annotated[
        bool | None,
        typer.Option("--same/--not-same", help="One and the same; or not, though they look so."),
    ] = None,
    identifier: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="The judgement's own id; else one is made."),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Judge that two things are one and the same, or that they are not.

    Nothing is merged for good: onrecord retract takes a judgement back.
    """
    if same is None:
        raise typer.BadParameter("say --same or --not-same")
    judgement = _made(
        IdentityJudged,
        id=identifier or made_id("judgement"),
        type=IdentityType.SAME_AS if same else IdentityType.NOT_SAME_AS,
        from_=one,
        to=other,
        because=because,
    )
    _append(lambda log: [judgement], dry_run)


def _made(model: type[ModelT], **fields: object) -> ModelT:
    """Return an entry of a model.

    :raises InvalidInput: with what is wrong with its fields.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise InvalidInput(faults_of(error)) from None


def _each_once(identifiers: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(identifiers))


def _append(entries: Entries, dry_run: bool, *, cascade: bool = False) -> None:
    """Append entries, or only find out what that would do, and tell it."""
    settings = read_settings()
    with open_log(settings) as log:
        asked = entries(log)
        recorder = Recorder(log, settings.recorded_by)
        try:
            appended = recorder.record(asked, cascade=cascade, dry_run=dry_run)
        except (InvalidInput, Refused) as error:
            raise InvalidInput(list(faults_of_refusal(error, log, asked))) from None
        steps = steps_of(log, asked, appended, dry_run=dry_run)
        _tell(log, steps, appended, dry_run)


def _tell(log: Log, steps: Sequence[Step], appended: Appended, dry_run: bool) -> None:
    out = console()
    if not steps:
        say_so = f"{', '.join(appended.unchanged)} is on record like this already"
        out.print(f"nothing to record: {say_so}", soft_wrap=True, markup=False)
        return
    captions = captions_for(log, steps)
    out.print(table(HEADS, [step.row(captions) for step in steps]))
    done = done_by(Counter(step.entry.kind() for step in steps), dry_run=dry_run)
    rest = "; nothing was written" if dry_run else ""
    out.print(f"{done} {at_positions(appended)}{rest}", soft_wrap=True)
