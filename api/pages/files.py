"""The files of this package: templates, examples, and what browsers load."""

from functools import cache
from pathlib import Path
from string import Template

import orjson

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


@cache
def template(name: str) -> Template:
    """Return a template; what is put in has to be HTML already."""
    return Template((FOLDER / name).read_text(encoding="utf-8"))


@cache
def examples() -> tuple[str, ...]:
    """Return the example documents, in the order of their tabs."""
    return tuple(
        path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("examples/*.graphql"))
    )


def graphiql_page() -> str:
    """Return the page that shows GraphiQL with the examples."""
    data = orjson.dumps(examples()).decode().replace("<", "\\u003c")
    return template("graphiql.html").substitute(examples=data)
