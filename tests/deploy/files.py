"""The files that describe containers, read as their engines read them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compose_spec import PyCompose
from compose_spec.models import ComposeSpecification, Service
from pydantic import TypeAdapter

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
PASSWORD = "ONRECORD_NEO4J_PASSWORD"
LOG_PASSWORD = "ONRECORD_LOG_PASSWORD"
EXAMPLE_PASSWORD = "a long password"

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<text>[^}]*))?\})")


class MissingVariable(Exception):
    """Raised when a variable that the compose file insists on has no value."""


def interpolated(text: str, environment: Mapping[str, str]) -> str:
    """Return a compose file with its variables replaced, by the rules of the specification.

    :raises MissingVariable: one of the form ``${NAME:?message}`` is not set, or empty.
    """

    def value(found: re.Match[str]) -> str:
        if found["dollar"]:
            return "$"
        if given := environment.get(found["name"], ""):
            return given
        if found["how"] == ":?":
            raise MissingVariable(f"{found['name']}: {found['text']}")
        return found["text"] or ""

    return _VARIABLE.sub(value, text)


def variables_read(text: str) -> dict[str, str | None]:
    """Return the variables that a compose file takes from outside; None is one that must be set."""
    return {
        found["name"]: None if found["how"] == ":?" else found["text"] or ""
        for found in _VARIABLE.finditer(text)
        if found["name"]
    }


def stack(environment: Mapping[str, str] | None = None) -> ComposeSpecification:
    """Return what the compose file describes.

    :raises ValueError: it does not follow the compose specification.
    """
    example = {PASSWORD: EXAMPLE_PASSWORD, LOG_PASSWORD: EXAMPLE_PASSWORD}
    given = example if environment is None else environment
    compose = PyCompose.from_yaml(interpolated(COMPOSE.read_text("utf-8"), given))
    compose.validate()
    return compose.to_spec()


def service(name: str, environment: Mapping[str, str] | None = None) -> Service:
    """Return one of the compose file's services."""
    services = stack(environment).services
    assert services is not None
    return services[name]


def environment_of(described: Service) -> dict[str, str]:
    """Return the environment of a service, every value of which is a text."""
    return TypeAdapter(dict[str, str]).validate_python(described.environment)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile: its name, its options, and what follows them."""

    name: str
    options: dict[str, str]
    text: str

    def words(self) -> list[str]:
        """Return the words of an instruction in JSON form."""
        words: list[str] = json.loads(self.text)
        return words

    def pairs(self) -> dict[str, str]:
        """Return the ``NAME="value"`` pairs of an instruction."""
        return dict(re.findall(r'([\w.]+)="?((?<=")[^"]*|[^\s"]+)', self.text))


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a Dockerfile."""

    base: str
    instructions: tuple[Instruction, ...]

    def all(self, name: str) -> list[Instruction]:
        """Return the instructions of a name, in order."""
        return [one for one in self.instructions if one.name == name]

    def last(self, name: str) -> Instruction:
        """Return the instruction of a name that counts."""
        return self.all(name)[-1]


def image_stages() -> list[Stage]:
    """Return the stages of the Dockerfile, in order; the last one becomes the image."""
    stages: list[Stage] = []
    for one in _instructions(DOCKERFILE.read_text("utf-8")):
        if one.name == "FROM":
            stages.append(Stage(one.text.partition(" ")[0], ()))
        elif stages:
            stages[-1] = Stage(stages[-1].base, (*stages[-1].instructions, one))
    return stages


def image() -> Stage:
    """Return the stage that becomes the image."""
    return image_stages()[-1]


def health_check() -> list[str]:
    """Return the command by which the image tells whether it is healthy."""
    form, _, words = image().last("HEALTHCHECK").text.partition(" ")
    assert form == "CMD"
    command: list[str] = json.loads(words)
    return command


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [_instruction(line) for line in joined.splitlines() if line.strip()]


def _instruction(line: str) -> Instruction:
    name, _, rest = line.partition(" ")
    options: dict[str, str] = {}
    while found := re.match(r"--([\w-]+)=(\S+)\s+", rest):
        options[found[1]] = found[2]
        rest = rest[found.end() :]
    return Instruction(name, options, rest.strip())
