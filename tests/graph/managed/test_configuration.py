"""The configuration as text, without a server."""

import pytest

from graph.managed.configuration import configuration_text


def lines(settings: dict[str, str]) -> dict[str, str]:
    text = configuration_text(4001, 4002, settings)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_the_server_listens_on_loopback_alone_and_sends_nothing_home() -> None:
    found = lines({})
    assert found["server.default_listen_address"] == "127.0.0.1"
    assert found["server.bolt.listen_address"] == "127.0.0.1:4001"
    assert found["server.bolt.advertised_address"] == "127.0.0.1:4001"
    assert found["server.http.listen_address"] == "127.0.0.1:4002"
    assert found["server.http.advertised_address"] == "127.0.0.1:4002"
    assert found["server.https.enabled"] == "false"
    assert found["dbms.usage_report.enabled"] == "false"
    assert found["client.allow_telemetry"] == "false"


def test_a_setting_of_the_caller_is_one_line_and_wins() -> None:
    found = lines({"server.memory.pagecache.size": "64m", "browser.retain_connection": "false"})
    assert found["server.memory.pagecache.size"] == "64m"
    assert found["browser.retain_connection"] == "false"


def test_text_beyond_ascii_and_backslashes_are_escaped_as_java_reads_them() -> None:
    # Java's escapes count in UTF-16: a character beyond its first plane takes two.
    found = lines({"browser.post_connect_cmd": '{"a": "b\\n"} ü 😀'})
    assert found["browser.post_connect_cmd"] == '{"a": "b\\\\n"} \\u00fc \\ud83d\\ude00'


@pytest.mark.parametrize(
    "value",
    [
        "x\nserver.default_listen_address=0.0.0.0",
        "x\rdbms.x=y",
        "x\x00",
        "x\n",
        " x",
        "x\t",
        "\x7f",
    ],
)
def test_a_setting_that_would_begin_a_second_line_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"browser.post_connect_cmd is not one line"):
        configuration_text(4001, 4002, {"browser.post_connect_cmd": value})


@pytest.mark.parametrize("name", ["", "a=b", "a\nb", "# a", "a b", "é", "!a"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a setting"):
        configuration_text(4001, 4002, {name: "x"})
