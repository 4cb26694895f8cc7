"""Settings: read from the environment, refused in one sentence."""

from pathlib import Path

import pytest

from onrecord.errors import WrongSetting
from onrecord.settings import Settings, read_settings, service_url, variables


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def test_nothing_has_to_be_set() -> None:
    settings = read_settings()
    assert settings.log_path == Path("data/log.sqlite3")
    assert settings.recorded_by == "local"
    assert service_url(settings) == "http://127.0.0.1:8000"


def test_an_empty_variable_is_as_if_it_were_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_NEO4J_URI", "")
    assert read_settings().neo4j_uri is None


def test_hosts_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_ALLOWED_HOSTS", "desk.example, record.example")
    assert read_settings().allowed_hosts == ("desk.example", "record.example")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "ONRECORD_PORT: input should be a valid integer"),
        ("PORT", "65536", "ONRECORD_PORT: input should be less than or equal to 65535"),
        ("HOST", "0.0.0.0", "set ONRECORD_UNPROTECTED=true if only machines that you trust"),  # noqa: S104
        ("HOST", "record.example", "not an address of loopback"),
        ("LOG_URL", "mysql://somewhere/log", "ONRECORD_LOG_URL: a log is named by sqlite:///"),
        ("LOG_PASSWORD", "swordfish", "ONRECORD_LOG_PASSWORD is for a PostgreSQL, and"),
        ("LOG_URL", "sqlite:///", "ONRECORD_LOG_URL: a log is named by sqlite:///"),
        ("NEO4J_URI", "http://localhost:7474", "ONRECORD_NEO4J_URI: a Neo4j server is named by"),
        ("NEO4J_URI", "bolt://", "ONRECORD_NEO4J_URI: a Neo4j server is named by"),
        ("NEO4J_URI", "bolt://[::1", "ONRECORD_NEO4J_URI: a Neo4j server is named by"),
        ("NEO4J_URI", "bolt://localhost:7687", "ONRECORD_NEO4J_PASSWORD is missing"),
        ("NEO4J_BROWSER_URL", "localhost", "ONRECORD_NEO4J_BROWSER_URL: an address of the web"),
        ("UNPROTECTED", "perhaps", "ONRECORD_UNPROTECTED: input should be a valid boolean"),
        ("NEO4J_URL", "bolt://x", "no setting of onrecord; did you mean 'ONRECORD_NEO4J_URI'"),
    ],
)
def test_a_wrong_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"ONRECORD_{name}", value)
    with pytest.raises(WrongSetting) as refusal:
        read_settings()
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_password_in_the_uri_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_NEO4J_URI", "neo4j://neo4j:swordfish@localhost:7687")
    with pytest.raises(WrongSetting) as refusal:
        read_settings()
    assert "ONRECORD_NEO4J_PASSWORD" in str(refusal.value)
    assert "swordfish" not in str(refusal.value)


def test_a_password_does_not_show_when_settings_are_printed() -> None:
    settings = Settings.model_validate(
        {
            "neo4j_uri": "bolt://localhost",
            "neo4j_password": "swordfish",
            "log_url": "postgresql://ann:swordfish@localhost/log",
            "log_password": "swordfish",
        }
    )
    assert "swordfish" not in repr(settings)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_the_log_can_be_in_postgresql(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("ONRECORD_LOG_URL", f"{scheme}://ann@localhost:5432/log")
    assert read_settings().postgres_url == f"{scheme}://ann@localhost:5432/log"


def test_a_wrong_address_of_the_log_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_LOG_URL", "postgres:/ann:swordfish@localhost/log")
    with pytest.raises(WrongSetting) as refusal:
        read_settings()
    assert "swordfish" not in str(refusal.value)


def test_downloads_go_to_the_users_cache_or_where_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert read_settings().cache_folder == Path("/caches/onrecord")
    monkeypatch.setenv("ONRECORD_CACHE", "elsewhere")
    assert read_settings().cache_folder == Path("elsewhere")


def test_a_user_without_a_home_keeps_downloads_in_the_data_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert read_settings().cache_folder == Path("data/cache")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("localhost", "http://localhost:8000"),
        ("0.0.0.0", "http://localhost:8000"),  # noqa: S104
    ],
)
def test_the_service_has_an_address_that_a_browser_understands(host: str, url: str) -> None:
    assert service_url(Settings.model_validate({"host": host, "unprotected": True})) == url
