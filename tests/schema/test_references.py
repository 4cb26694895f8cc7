"""References: every id that an entry holds is one, and some must never lead back."""

import json
from collections.abc import Iterator
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from schema.canonical import canonical_bytes
from schema.entries import (
    ENTRY_TYPES,
    LINKED_KINDS,
    THING_TYPES,
    ActorRecorded,
    AnyThing,
    ClaimRecorded,
    EventRecorded,
    LinkRecorded,
    LinkType,
    RoleRecorded,
    StatementRecorded,
)
from schema.identifiers import kind_of
from schema.references import Reference, field_shapes, names, places, references
from tests.schema.examples import FULL, minimal, passage
from tests.schema.strategies import EACH_THING

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool"


def _ids(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text in a payload that has the form of an id, with its path."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _ids(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _ids(one, (*path, str(index)))
    elif isinstance(value, str):
        try:
            kind_of(value)
        except ValueError:
            return
        yield path, value


def _named(entry: AnyThing) -> dict[tuple[str, ...], str]:
    found = dict(_ids(json.loads(canonical_bytes(entry))))
    assert found.pop(("id",)) == entry.id
    return found


def _models_within(model: BaseModel) -> Iterator[BaseModel]:
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from _models_within(item)


def _full(model: type[AnyThing]) -> AnyThing:
    return model.model_validate(FULL[model])


def test_the_examples_fill_every_field_of_every_model() -> None:
    filled: dict[str, set[str]] = {}
    known: dict[str, set[str]] = {}
    for model in ENTRY_TYPES:
        for part in _models_within(model.model_validate(FULL[model])):
            for name, field in type(part).model_fields.items():
                if getattr(part, name) != field.default:
                    filled.setdefault(type(part).__name__, set()).add(field.alias or name)
        schema = model.model_json_schema(by_alias=True)
        for name, definition in {model.__name__: schema, **schema.get("$defs", {})}.items():
            if "properties" in definition:
                known[name] = set(definition["properties"])

    assert filled == known


@pytest.mark.parametrize("model", THING_TYPES)
def test_every_id_that_a_thing_holds_is_a_reference(model: type[AnyThing]) -> None:
    entry = _full(model)
    named = _named(entry)

    assert {place.path: place.target for place in places(entry)} == named
    assert {ref.target for ref in references(entry)} == set(named.values())


@given(st.sampled_from(THING_TYPES).flatmap(EACH_THING.__getitem__))
@settings(deadline=None)
def test_a_thing_refers_to_the_ids_it_holds_and_to_nothing_else(entry: AnyThing) -> None:
    assert set(_named(entry).values()) <= {ref.target for ref in references(entry)}
    assert {place.target for place in places(entry)} == {ref.target for ref in references(entry)}
    assert len(set(references(entry))) == len(references(entry))


@given(st.sampled_from(THING_TYPES).flatmap(EACH_THING.__getitem__))
@settings(deadline=None)
def test_what_a_thing_names_stands_at_its_places(entry: AnyThing) -> None:
    assert list(names(entry)) == [place.target for place in places(entry)]
    ends = {end for one in references(entry) for end in (one.source, one.target)}
    assert {*names(entry), entry.id} == {*ends, entry.id}


def test_the_relations_of_each_kind_are_the_paths_of_their_fields() -> None:
    relations = {model: [ref.relation for ref in references(_full(model))] for model in THING_TYPES}

    assert {model.kind(): names for model, names in relations.items()} == {
        "ActorRecorded": ["scopedTo", "actorPartOf"],
        "RoleRecorded": ["holder", "body", "passages.source"],
        "IssueRecorded": ["broader"],
        "SourceRecorded": ["publisher", "authors", "derivedFrom", "revisionOf"],
        "ClaimRecorded": ["issues", "mentions", "events"],
        "EventRecorded": ["participants.actor", "issues", "passages.source"],
        "StatementRecorded": [
            *("speaker", "capacity", "ascribedTo.actor", "claim", "passages.source"),
            *("relays", "withdraws", "issues", "stances.issue", "addressedTo", "at"),
        ],
        "LinkRecorded": ["from", "to", "passages.source", "eventPartOf"],
        "IdentityJudged": ["from", "to", "passages.source"],
    }


def test_the_relations_that_never_lead_back_are_these() -> None:
    found = [ref for model in THING_TYPES for ref in references(_full(model)) if ref.acyclic]
    between_actors = LinkRecorded.model_validate(
        {**FULL[LinkRecorded], "from": "actor/a", "to": "actor/b"}
    )

    acyclic = {ref.relation for ref in (*found, *references(between_actors)) if ref.acyclic}

    assert acyclic == {
        *("relays", "withdraws", "broader", "derivedFrom", "revisionOf"),
        *("actorPartOf", "eventPartOf"),
    }


def test_a_link_says_part_of_as_the_actor_itself_does() -> None:
    actor = ActorRecorded.model_validate(minimal(ActorRecorded, partOf=["actor/whole"]))
    link = LinkRecorded.model_validate(
        minimal(LinkRecorded, **{"type": "PART_OF", "from": "actor/xi", "to": "actor/whole"})
    )

    (said_by_actor,) = references(actor)

    assert said_by_actor == Reference("actorPartOf", "actor/xi", "actor/whole", acyclic=True)
    assert references(link) == (
        Reference("from", "link/two", "actor/xi"),
        Reference("to", "link/two", "actor/whole"),
        said_by_actor,
    )


@pytest.mark.parametrize("type_", LinkType)
def test_only_a_part_of_link_must_not_lead_back(type_: LinkType) -> None:
    for kind in LINKED_KINDS[type_]:
        ends = {"type": type_, "from": f"{kind}/a", "to": f"{kind}/b"}
        link = LinkRecorded.model_validate(minimal(LinkRecorded, **ends))

        acyclic = [ref for ref in references(link) if ref.acyclic]

        assert bool(acyclic) == (type_ is LinkType.PART_OF)
        assert {(ref.source, ref.target) for ref in acyclic} <= {(f"{kind}/a", f"{kind}/b")}


def test_the_same_thing_in_two_fields_is_two_references_and_in_two_passages_one() -> None:
    role = RoleRecorded.model_validate(
        minimal(RoleRecorded, body="actor/xi", passages=_passages_of("source/a", "source/a"))
    )

    assert [(ref.relation, ref.target) for ref in references(role)] == [
        ("holder", "actor/xi"),
        ("body", "actor/xi"),
        ("passages.source", "source/a"),
    ]


def _passages_of(*sources: str) -> list[object]:
    return [{**passage(index), "source": one} for index, one in enumerate(sources)]


def test_evidence_from_several_sources_refers_to_each() -> None:
    event = EventRecorded.model_validate(
        minimal(EventRecorded, passages=_passages_of("source/a", "source/b"))
    )

    assert [ref.target for ref in references(event)] == ["source/a", "source/b"]


def test_a_place_tells_the_item_in_a_list() -> None:
    claim = ClaimRecorded.model_validate(minimal(ClaimRecorded, issues=["issue/a", "issue/b"]))

    assert [(place.path, place.relation) for place in places(claim)] == [
        (("issues", "0"), "issues"),
        (("issues", "1"), "issues"),
    ]


def test_the_shape_of_a_field_has_its_written_name_and_what_it_holds() -> None:
    shapes = {shape.name: shape for shape in field_shapes(StatementRecorded)}

    assert shapes["ascribed_to"].alias == "ascribedTo"
    assert shapes["ascribed_to"].model is not None
    assert shapes["speaker"].ref is not None
    assert shapes["speaker"].ref.kinds == ("actor",)
    assert shapes["venue"].ref is None
    assert shapes["venue"].model is None
