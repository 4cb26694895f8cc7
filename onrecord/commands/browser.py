"""``onrecord browser``: where Neo4j Browser is, and how to sign in."""

import typer

from onrecord.composition import found_neo4j, not_running
from onrecord.errors import NotRunning
from onrecord.locking import service_of
from onrecord.settings import read_settings
from onrecord.showing import console


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(browser)


def browser() -> None:
    """Show the address of Neo4j Browser and the credentials to sign in with."""
    settings = read_settings()
    found = found_neo4j(settings)
    if found is None:
        raise NotRunning(not_running(serves=service_of(settings.data) is not None))
    own = settings.neo4j_uri is None
    out = console()
    out.print(f"Address   {found.browser_url}", soft_wrap=True)
    out.print(f"Connect   {found.uri}", soft_wrap=True)
    out.print(f"Database  {found.database}", soft_wrap=True)
    out.print(f"User      {found.username}", soft_wrap=True)
    password = found.password if own else "the one in ONRECORD_NEO4J_PASSWORD"
    out.print(f"Password  {password}", soft_wrap=True, markup=False)
