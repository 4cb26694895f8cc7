"""The compose file: what it starts is what the settings allow, and nothing is left open."""

import os
import re
import subprocess
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
from compose_spec import PyCompose
from compose_spec.models import ServiceDependsOn, ServiceDependsOnCondition

from graph.managed.configuration import java_command
from graph.managed.jars import ensure_jars
from graph.managed.java import find_java
from onrecord.browser import browser_settings
from onrecord.settings import PREFIX, Settings, read_settings, service_url, variables
from tests.conftest import CACHE
from tests.deploy.files import (
    COMPOSE,
    EXAMPLE_PASSWORD,
    LOG_PASSWORD,
    PASSWORD,
    ROOT,
    MissingVariable,
    environment_of,
    image,
    service,
    stack,
    variables_read,
)

SERVICES = ("onrecord", "neo4j", "postgres")
PUBLISHED = ("onrecord", "neo4j")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings that the service has in its container."""
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    for name, value in environment_of(service("onrecord")).items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_it_follows_the_compose_specification() -> None:
    services = stack().services
    assert services is not None
    assert set(services) == set(SERVICES)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restrat: unless-stopped"),
        ("condition: service_healthy", "condition: service_health"),
        ("  data:\n", "  data: nowhere\n"),
    ],
)
def test_a_mistake_in_it_would_be_noticed(right: str, wrong: str) -> None:
    text = COMPOSE.read_text("utf-8")
    assert right in text
    with pytest.raises(ValueError, match=r"restrat|service_health|nowhere"):
        PyCompose.from_yaml(text.replace(right, wrong)).validate()


def test_what_it_sets_are_settings() -> None:
    assert set(environment_of(service("onrecord"))) <= set(variables())
    assert set(variables_read(COMPOSE.read_text("utf-8"))) <= set(variables())


def test_the_settings_go_together(settings: Settings) -> None:
    assert settings.unprotected
    assert ip_address(settings.host).is_unspecified
    assert settings.neo4j_password is not None
    assert settings.neo4j_password.get_secret_value() == EXAMPLE_PASSWORD
    assert settings.log_password is not None
    assert settings.log_password.get_secret_value() == EXAMPLE_PASSWORD
    assert settings.recorded_by == Settings.model_fields["recorded_by"].default


def test_it_names_the_port_and_the_neo4j_that_are_there(settings: Settings) -> None:
    assert settings.neo4j_uri is not None
    at = urlsplit(settings.neo4j_uri)
    assert at.hostname == "neo4j"
    assert at.port in _container_ports("neo4j")
    assert _container_ports("onrecord") == {settings.port}


def test_it_names_the_postgres_that_is_there(settings: Settings) -> None:
    assert settings.postgres_url is not None
    at, described = urlsplit(settings.postgres_url), environment_of(service("postgres"))
    assert (at.hostname, at.password) == ("postgres", None)
    assert described["POSTGRES_USER"] == at.username
    assert at.path == f"/{described['POSTGRES_DB']}"
    options = dict(word[2:].split("=") for word in _check_of("postgres")[2:])
    assert options.pop("host") == "127.0.0.1"
    assert options == {"port": str(at.port), "username": at.username, "dbname": at.path[1:]}
    assert not service("postgres").ports


@pytest.mark.parametrize("missing", [PASSWORD, LOG_PASSWORD])
def test_nothing_starts_without_a_password(missing: str) -> None:
    other = {name: "given" for name in (PASSWORD, LOG_PASSWORD) if name != missing}
    for environment in (other, {**other, missing: ""}):
        with pytest.raises(MissingVariable, match=rf"{missing}: .*\.env"):
            stack(environment)


def test_both_sides_have_the_passwords_that_were_set() -> None:
    given = {PASSWORD: "something else", LOG_PASSWORD: "p@ss:w/rd%"}
    onrecord = environment_of(service("onrecord", given))
    assert {name: onrecord[name] for name in given} == given
    assert environment_of(service("neo4j", given))["NEO4J_AUTH"] == "neo4j/something else"
    found = environment_of(service("postgres", given))["POSTGRES_PASSWORD"]
    assert found == "p@ss:w/rd%"


def test_no_password_stands_in_the_file() -> None:
    for line in COMPOSE.read_text("utf-8").splitlines():
        if re.match(r"\s+\w*(PASSWORD|AUTH|SECRET|TOKEN)\w*:", line):
            assert re.search(r"(: |/)\$\{\w+:\?[^}]+\}$", line), line


def test_the_example_names_what_has_to_be_set() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    must = [name for name, text in variables_read(COMPOSE.read_text()).items() if text is None]
    assert named == [f"{name}=" for name in must] == [f"{LOG_PASSWORD}=", f"{PASSWORD}="]


@pytest.mark.parametrize("name", PUBLISHED)
def test_ports_are_published_on_loopback_alone(name: str) -> None:
    published = service(name).ports
    assert published
    for port in published:
        assert isinstance(port, str)
        host, _, _ = port.rpartition(":")[0].rpartition(":")
        assert host
        assert ip_address(host).is_loopback


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_can_gain_privileges(name: str) -> None:
    described = service(name)
    assert described.security_opt == {"no-new-privileges:true"}
    assert described.cap_drop == {"ALL"}
    assert not described.cap_add
    assert not described.privileged


def test_the_service_writes_to_its_volume_and_to_memory_alone() -> None:
    described = service("onrecord")
    assert described.read_only is True
    assert described.tmpfs == {"/tmp"}  # noqa: S108  # in the container
    assert described.volumes == {f"data:{image().last('ENV').pairs()['ONRECORD_DATA']}"}


def test_all_come_back_after_a_crash_and_keep_their_data() -> None:
    kept = set()
    for name in SERVICES:
        described = service(name)
        assert described.restart == "unless-stopped"
        assert described.volumes
        kept |= {str(volume).partition(":")[0] for volume in described.volumes}
    assert kept == set(stack().volumes or ())
    assert service("neo4j").volumes == {"neo4j-data:/data", "neo4j-logs:/logs"}
    assert service("postgres").volumes == {"postgres-data:/var/lib/postgresql"}


def test_the_service_waits_until_what_it_needs_answers() -> None:
    waits_for = service("onrecord").depends_on
    assert isinstance(waits_for, dict)
    assert set(waits_for) == set(SERVICES) - {"onrecord"}
    for needed in waits_for.values():
        assert isinstance(needed, ServiceDependsOn)
        assert needed.condition is ServiceDependsOnCondition.service_healthy
    assert urlsplit(_check_of("neo4j")[-1]).port in _container_ports("neo4j")


def _check_of(name: str) -> list[str]:
    check = service(name).healthcheck
    assert check is not None
    assert isinstance(check.test, list)
    assert check.test[0] == "CMD"
    return [str(word) for word in check.test]


def test_neo4j_is_asked_to_report_nothing() -> None:
    found = environment_of(service("neo4j"))
    assert found["NEO4J_dbms_usage__report_enabled"] == "false"
    assert found["NEO4J_client_allow__telemetry"] == "false"


def test_neo4j_browser_shows_what_it_shows_without_containers(settings: Settings) -> None:
    wanted = browser_settings(service_url(settings))
    found = neo4j_settings()
    whitelist = "browser.remote_content_hostname_whitelist"
    assert found[whitelist] == wanted[whitelist]
    commands = "browser.post_connect_cmd"
    assert _commands(found[commands]) == _commands(wanted[commands])


@pytest.mark.engine
def test_neo4j_knows_every_setting_that_it_is_given(tmp_path: Path) -> None:
    code, told = _checked_by_neo4j(tmp_path / "right", neo4j_settings())
    assert code == 0, told
    misspelt = {"client.allow_telemetri": "false"}
    code, told = _checked_by_neo4j(tmp_path / "wrong", misspelt)
    assert code != 0
    assert "client.allow_telemetri" in told


ADMIN_CLASS = "org.neo4j.server.startup.Neo4jAdminCommand"


def _checked_by_neo4j(home: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    """Let Neo4j's own check of its configuration judge settings; return exit code and what it says."""
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(lines, "utf-8")
    jars = ensure_jars(CACHE, lambda what, done, total: None)
    done = subprocess.run(
        java_command(find_java(None), jars, ADMIN_CLASS, "server", "validate-config"),
        check=False,
        env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def neo4j_settings() -> dict[str, str]:
    """Return the lines that the image's start script writes into neo4j.conf, as they are."""
    return {
        name.removeprefix("NEO4J_").replace("_", ".").replace("..", "_"): value
        for name, value in environment_of(service("neo4j")).items()
        if name != "NEO4J_AUTH"
    }


def test_what_neo4j_is_given_needs_no_escapes_in_its_configuration() -> None:
    for value in neo4j_settings().values():
        assert re.fullmatch(r"[ -\[\]-~]+", value)  # ASCII without a backslash


def _commands(text: str) -> list[object]:
    style, guide, picture = text.split("; ")
    return [orjson.loads(style.removeprefix("style ")), guide, picture]


def _container_ports(name: str) -> set[int]:
    return {int(str(port).rpartition(":")[2]) for port in service(name).ports or ()}
