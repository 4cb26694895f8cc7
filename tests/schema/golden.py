"""Golden files: what each version of each kind of entry looks like, written once and for ever.

``<Kind>.v<n>.json`` holds the canonical bytes of an entry with every field filled, and
``<Kind>.v<n>.schema.json`` the form of its model: which fields there are, what they take, and what
they mean where they are left out. Those of versions that are missing are written by::

    python -m tests.schema.golden
"""

from collections.abc import Iterator
from pathlib import Path

import orjson
from pydantic import BaseModel, ValidationError

from schema.canonical import canonical_bytes
from schema.entries import ENTRY_TYPES, Recorded
from schema.errors import faults_of
from tests.schema.examples import FULL

FOLDER = Path(__file__).with_name("golden")

_PROSE = ("title", "description")


def example_file(kind: str, version: int) -> Path:
    """Return where the example of a version stands."""
    return FOLDER / f"{kind}.v{version}.json"


def form_file(kind: str, version: int) -> Path:
    """Return where the form of a version stands."""
    return FOLDER / f"{kind}.v{version}.schema.json"


def form(model: type[BaseModel]) -> object:
    """Return the form of a model: its JSON Schema without prose, and names in one order."""
    return _bare(model.model_json_schema())


def _bare(schema: object) -> object:
    match schema:
        case dict():
            return {
                key: _bare(value)
                for key, value in schema.items()
                if not (key in _PROSE and isinstance(value, str))
            }
        case list():
            bare = [_bare(one) for one in schema]
            return sorted(bare, key=str) if all(isinstance(one, str) for one in bare) else bare
        case _:
            return schema


def faults(model: type[Recorded]) -> Iterator[str]:
    """Yield how a model is no longer what the golden files of its present version say."""
    kind, version = model.kind(), model.VERSION
    if not (example_file(kind, version).exists() and form_file(kind, version).exists()):
        yield f"{kind} of version {version} has no golden files"
        return
    if form(model) != orjson.loads(form_file(kind, version).read_bytes()):
        yield f"the form of {kind} is not that of version {version}"
    golden = example_file(kind, version).read_bytes()
    try:
        entry = model.model_validate_json(golden, by_alias=True, by_name=False)
    except ValidationError as error:
        yield f"{kind} of version {version} is not read any more: {faults_of(error)[0]}"
        return
    if canonical_bytes(entry) != golden:
        yield f"{kind} is not written any more as version {version} was"
    yield from (f"{kind}: {path} is not filled" for path in _left_out(entry))


def _left_out(model: BaseModel) -> Iterator[str]:
    """Yield the paths of fields that are at their default, in every part that lacks them all."""
    missing: dict[str, bool] = {}
    for path, filled in _fields(model, ""):
        missing[path] = missing.get(path, True) and not filled
    yield from (path for path, missed in missing.items() if missed)


def _fields(model: BaseModel, within: str) -> Iterator[tuple[str, bool]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        path = f"{within}{field.alias or name}"
        yield path, field.is_required() or value != field.get_default()
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, BaseModel):
                yield from _fields(part, f"{path}.")


def write() -> list[Path]:
    """Write the golden files that are missing, and return them; one that is there stays."""
    written = []
    for model in ENTRY_TYPES:
        entry = model.model_validate(FULL[model])
        shown = orjson.dumps(form(model), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        for file, content in (
            (example_file(model.kind(), model.VERSION), canonical_bytes(entry)),
            (form_file(model.kind(), model.VERSION), shown + b"\n"),
        ):
            if not file.exists():
                file.write_bytes(content)
                written.append(file)
    return written


if __name__ == "__main__":
    for file in write():
        print(f"wrote {file.relative_to(Path.cwd())}")
