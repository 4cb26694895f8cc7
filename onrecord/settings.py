"""Settings: read from the environment once, here and nowhere else."""

import os
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from onrecord.errors import WrongSetting
from schema.errors import did_you_mean

PREFIX = "ONRECORD_"
FOR_TESTS = "ONRECORD_TEST_"
LOG_FILE = "log.sqlite3"
NEO4J_FOLDER = "neo4j"
_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")
_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _log_url(url: SecretStr) -> SecretStr:
    named = url.get_secret_value()
    if not named.startswith((_SQLITE, *_POSTGRES)) or named == _SQLITE:
        raise ValueError(
            "a log is named by sqlite:///PATH, with four slashes if PATH is absolute, or by "
            "postgresql://USER@HOST:PORT/DATABASE"
        )
    return url


def _neo4j_uri(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        known = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
        known = known and parts.path in ("", "/") and not (parts.query or parts.fragment)
    except ValueError:
        known = False
    if "@" in uri:  # also behind a "/" or "?" in a password, which ends the host for the parser
        raise ValueError(
            "user name and password do not belong here, but into ONRECORD_NEO4J_USERNAME and "
            "ONRECORD_NEO4J_PASSWORD"
        )
    if not known:
        raise ValueError(
            "a Neo4j server is named by SCHEME://HOST:PORT, where SCHEME is one of "
            + ", ".join(_SCHEMES)
        )
    return uri


def _http_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("an address of the web begins with http:// or https://")
    return url


Port = Annotated[int, Field(ge=0, le=65535)]
LogUrl = Annotated[SecretStr, AfterValidator(_log_url)]
Neo4jUri = Annotated[str, AfterValidator(_neo4j_uri)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]


class Level(StrEnum):
    """From which level on the service tells of its work."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Lines(StrEnum):
    """How the lines look by which it does: AUTO is TEXT on a terminal, and JSON elsewhere."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """What can be set, each by the environment variable of its name after ``ONRECORD_``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
    )

    data: Path = Path("data")
    """The folder that holds the log and the managed Neo4j."""
    host: str = "127.0.0.1"
    """The address to serve on: one of loopback, unless `ONRECORD_UNPROTECTED` allows others."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """The port to serve on."""
    log_url: LogUrl | None = None
    """The log: `sqlite:///PATH` or `postgresql://USER@HOST:PORT/DATABASE`; unset, the file `log.sqlite3` in the data folder."""
    log_password: SecretStr | None = None
    """The password for the PostgreSQL of `ONRECORD_LOG_URL`, if it stands nowhere else."""
    neo4j_uri: Neo4jUri | None = None
    """The Neo4j to use; unset, onrecord runs one of its own."""
    neo4j_username: str = "neo4j"
    """The user to sign in as at that Neo4j."""
    neo4j_password: SecretStr | None = None
    """The password for it, needed with `ONRECORD_NEO4J_URI`."""
    neo4j_database: str = "neo4j"
    """The database to use at that Neo4j."""
    neo4j_bolt_port: Port = 0
    """The Bolt port of the managed Neo4j; 0 is 7687 if free, else any."""
    neo4j_http_port: Port = 0
    """The port of Neo4j Browser on the managed Neo4j; 0 is 7474 if free, else any."""
    neo4j_browser_url: HttpUrl | None = None
    """Where people reach Neo4j Browser, if that is not where `ONRECORD_NEO4J_URI` leads to."""
    documents: Path | None = None
    """A folder with the texts of sources; GraphQL shows passages found there in their words."""
    recorded_by: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
    ] = "local"
    """In whose name entries are recorded: it is public for ever."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Names, separated by commas, by which the service may be reached besides loopback's."""
    unprotected: bool = False
    """True serves on any address: whoever reaches it can read and record."""
    diagnostics: Lines = Lines.AUTO
    """How `onrecord up` tells of its work: `text`, `json` (one object a line), or `auto`: text on a terminal, JSON elsewhere."""
    diagnostics_level: Level = Level.INFO
    """From which level on it does: `debug`, `info`, `warning` or `error`."""
    cache: Path | None = None
    """The folder for downloads and what makes Neo4j start faster, shared by all data folders; unset,
    the user's `.cache/onrecord`."""
    java: Path | None = None
    """The Java (17 or 21) for the managed Neo4j; unset, the one that was installed with onrecord."""

    @field_validator("documents")
    @classmethod
    def _is_folder(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_dir():
            raise ValueError(f"there is no folder {path}")
        return path

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if self.neo4j_uri is not None and self.neo4j_password is None:
            raise ValueError(
                "ONRECORD_NEO4J_PASSWORD is missing: --graph or ONRECORD_NEO4J_URI names a Neo4j "
                "to sign in at"
            )
        if self.log_password is not None and self.postgres_url is None:
            raise ValueError(
                "ONRECORD_LOG_PASSWORD is for a PostgreSQL, and ONRECORD_LOG_URL names none"
            )
        if not (self.unprotected or _is_loopback(self.host)):
            raise ValueError(
                f"ONRECORD_HOST: {self.host} is not an address of loopback, and nothing would keep "
                "strangers from recording: set ONRECORD_UNPROTECTED=true if only machines that "
                "you trust can reach it"
            )
        return self

    @property
    def postgres_url(self) -> str | None:
        """Return the address of the log in PostgreSQL; none, if it is a file."""
        url = "" if self.log_url is None else self.log_url.get_secret_value()
        return url if url.startswith(_POSTGRES) else None

    @property
    def scratch(self) -> Path | None:
        """Return where files may lie that are large for a while; None where no place is known."""
        return self.data if self.data.is_dir() else None

    @property
    def log_path(self) -> Path:
        """Return the file of the log, if it is not in PostgreSQL."""
        assert self.postgres_url is None
        if self.log_url is None:
            return self.data / LOG_FILE
        return Path(self.log_url.get_secret_value().removeprefix(_SQLITE))

    @property
    def cache_folder(self) -> Path:
        """Return the folder for downloads (XDG base directories), which has to be someone's."""
        if self.cache is not None:
            return self.cache
        try:
            home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        except RuntimeError:  # a user without a home
            return self.data / "cache"
        return Path(home) / "onrecord"

    @property
    def neo4j_folder(self) -> Path:
        """Return the folder of the managed Neo4j."""
        return (self.data / NEO4J_FOLDER).resolve()


def service_url(settings: Settings) -> str:
    """Return where a browser of this machine reaches the service."""
    try:
        address = ip_address(settings.host)
    except ValueError:
        return f"http://{settings.host}:{settings.port}"
    if address.is_unspecified:
        return f"http://localhost:{settings.port}"
    host = f"[{address}]" if address.version == 6 else str(address)
    return f"http://{host}:{settings.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings(options: Mapping[str, tuple[str, object]] | None = None) -> Settings:
    """Return the settings of this process, with what a command's options say in place of some.

    ``options`` have, by the name of a setting, the name of the option and its value.

    :raises WrongSetting: naming every one that is wrong or unknown, never a value.
    """
    _check_names()
    options = options or {}
    try:
        return Settings.model_validate({name: value for name, (_, value) in options.items()})
    except ValidationError as error:
        called = {name: option for name, (option, _) in options.items()}
        raise WrongSetting("; ".join(_sentence(one, called) for one in error.errors())) from None


def variables() -> list[str]:
    """Return the names of the environment variables that are read."""
    return [PREFIX + name.upper() for name in Settings.model_fields]


def _check_names() -> None:
    """Refuse a misspelt name, which would else be passed over and something else be done."""
    known = variables()
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and not name.startswith(FOR_TESTS) and name not in known:
            raise WrongSetting(f"{name} is no setting of onrecord{did_you_mean(name, known)}")


def _sentence(fault: ErrorDetails, called: Mapping[str, str]) -> str:
    message = str(fault.get("ctx", {}).get("error") or fault["msg"])
    if not fault["loc"]:
        return message
    name = str(fault["loc"][0])
    return f"{called.get(name, PREFIX + name.upper())}: {message[0].lower()}{message[1:]}"
