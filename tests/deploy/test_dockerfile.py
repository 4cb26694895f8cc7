"""The image: made of what is here, small, and not run by root."""

import signal
import tomllib
from importlib.metadata import entry_points

from onrecord.settings import Settings, variables
from tests.deploy.files import ROOT, Stage, health_check, image, image_stages


def _copied(stage: Stage) -> list[str]:
    """Return what a stage takes from the repository."""
    return [
        source
        for one in stage.all("COPY")
        if "from" not in one.options
        for source in one.text.split()[:-1]
    ]


def _project() -> dict[str, object]:
    project: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return project


def test_what_it_copies_is_there_and_reaches_the_builder() -> None:
    copied = _copied(image_stages()[0])
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored.index("*") < ignored.index("!LICENSE")
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)


def test_it_copies_every_package_of_the_project() -> None:
    tool = _project()["tool"]
    assert isinstance(tool, dict)
    packages = tool["uv"]["build-backend"]["module-name"]
    assert set(packages) <= set(_copied(image_stages()[0]))


def test_every_package_is_locked_by_its_hash() -> None:
    installs = [
        part
        for one in image_stages()[0].all("RUN")
        for part in one.text.split("&&")
        if " install " in part
    ]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes -r requirements" in install or "--no-deps --no-index" in install


def test_the_image_has_nothing_that_builds_or_installs() -> None:
    final = image()
    assert final.base == image_stages()[0].base  # the environment stays where its Python is
    assert [(one.options, one.text) for one in final.all("COPY")] == [
        ({"from": "build"}, "/opt/onrecord /opt/onrecord")
    ]
    commands = " ".join(one.text for one in final.all("RUN"))
    assert "pip uninstall --yes" in commands
    assert "apt" not in commands
    assert " install -" not in commands.replace("install --directory", "")


def test_its_entry_point_is_the_console_script() -> None:
    (script,) = image().last("ENTRYPOINT").words()
    (found,) = entry_points(group="console_scripts", name=script)
    assert found.module == "onrecord.__main__"
    assert image().last("CMD").words() == ["up"]


def test_it_is_not_run_by_root_who_alone_could_write_elsewhere() -> None:
    user = image().last("USER").text
    assert user not in ("root", "0")
    volume = image().last("VOLUME").text
    made = image().all("RUN")[-1].text
    assert f"useradd --uid 10001 --user-group --create-home {user}" in made
    assert f"install --directory --owner={user} --group={user} --mode=0700 {volume}" in made
    assert image().last("ENV").pairs()["ONRECORD_DATA"] == volume


def test_what_it_sets_are_settings_that_open_nothing() -> None:
    environment = image().last("ENV").pairs()
    assert {name for name in environment if name != "PATH"} <= set(variables())
    assert "ONRECORD_HOST" not in environment
    assert environment["PATH"].startswith("/opt/onrecord/bin:")


def test_it_names_the_port_that_is_served() -> None:
    port = str(Settings.model_fields["port"].default)
    assert image().last("EXPOSE").text == port
    assert port in health_check()[-1]


def test_it_is_stopped_by_a_signal_that_python_heeds_from_its_first_moment() -> None:
    assert signal.Signals[image().last("STOPSIGNAL").text] is signal.SIGINT
