"""Choosing ports."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from graph.managed import PortInUse, ports
from graph.managed.ports import BOLT_PORT, HTTP_PORT, choose_ports, usual_ports
from tests.ports import free_port


def listening(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    busy = socket.socket()
    busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        busy.bind((host, port))
        busy.listen()
    except OSError:
        busy.close()
        raise
    return busy


@pytest.fixture
def busy() -> Iterator[int]:
    with listening() as one:
        yield one.getsockname()[1]


def test_a_wanted_port_is_had() -> None:
    bolt, http = free_port(), free_port()
    assert choose_ports(bolt, http) == (bolt, http)


def test_a_wanted_port_in_use_is_refused(busy: int) -> None:
    sentence = f"^port {busy} on 127.0.0.1 is in use: name another one for Neo4j$"
    with pytest.raises(PortInUse, match=sentence):
        choose_ports(busy, 0)
    with pytest.raises(PortInUse, match=sentence):
        choose_ports(0, busy)


def test_a_port_that_a_server_of_all_addresses_has_is_in_use() -> None:
    with listening(host="0.0.0.0") as one, pytest.raises(PortInUse):  # noqa: S104 -- the very case
        choose_ports(one.getsockname()[1], 0)


def test_without_a_wish_the_usual_ports_are_left_to_whoever_has_them() -> None:
    with ExitStack() as held:
        for port in (BOLT_PORT, HTTP_PORT):
            with suppress(OSError):  # somebody else has it already
                held.enter_context(listening(port))
        bolt, http = choose_ports(0, 0)
        assert len({bolt, http, BOLT_PORT, HTTP_PORT}) == 4
        with listening(bolt), listening(http):
            pass


def test_one_port_is_not_wanted_twice() -> None:
    port = free_port()
    with pytest.raises(PortInUse, match=f"^port {port} is wanted for Bolt and for HTTP"):
        choose_ports(port, port)


def test_a_wish_for_the_other_ones_usual_port_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = free_port()
    monkeypatch.setattr(ports, "BOLT_PORT", usual)
    bolt, http = choose_ports(0, usual)
    assert http == usual
    assert bolt != usual


@pytest.mark.parametrize("port", [65536, 70000, -1])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(PortInUse, match=f"^port {port} on 127.0.0.1 does not exist"):
        choose_ports(port, 0)


def test_of_servers_that_start_at_once_one_may_choose_the_usual_ports(tmp_path: Path) -> None:
    with usual_ports(tmp_path) as first, usual_ports(tmp_path) as second:
        assert (first, second) == (True, False)
        assert not {BOLT_PORT, HTTP_PORT} & set(choose_ports(0, 0, usual=second))
    with usual_ports(tmp_path) as later:
        assert later
