"""Websockets of pages: those of others are not let in, whatever their names lead to (RFC 6455 - 10.2)."""

import pytest

from custom_components.ocpp_home.csms.wire.door import read_head
from custom_components.ocpp_home.csms.wire.origin import of_a_page
from custom_components.ocpp_home.csms.wire.server import Admission, Server

from .raw import FrontDesk, Peer, handshake


def asked(*headers: str) -> bool:
    return of_a_page(read_head(handshake("/CP1", *headers).replace(b"Host: home\r\n", b"")))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "192.168.1.5:9000"),
        ("HTTP://EVIL.EXAMPLE:8080", "homeassistant.local:9000"),
        ("https://evil.example", "evil.example:9000"),  # its name leads here
        ("http://192.168.1.66", "192.168.1.5:9000"),
        ("http://user@homeassistant.local", "homeassistant.local"),
        ("http://a b", "homeassistant.local"),
        ("https://evil.example", ""),
        ("null", "192.168.1.5:9000"),
    ],
)
def test_somebody_elses_page_is_known_by_its_origin(origin: str, host: str) -> None:
    assert asked(f"Origin: {origin}", f"Host: {host}")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "192.168.1.5:9000"),
        ("file://", "192.168.1.5:9000"),
        ("station", "192.168.1.5:9000"),
        ("http://192.168.1.5", "192.168.1.5:9000"),
        ("http://[fd00::5]:9000", "[fd00::5]:9000"),
        ("http://homeassistant.local:8123", "homeassistant.local:9000"),
        ("https://homeassistant/", "HomeAssistant:9000"),
    ],
)
def test_a_station_that_names_the_server_it_dials_is_no_page(origin: str, host: str) -> None:
    assert not asked(f"Origin: {origin}", f"Host: {host}")


@pytest.mark.parametrize(("strength", "status"), [(0, 403), (1, 101)])
async def test_a_page_is_refused_unless_it_proves_to_be_a_station(strength: int, status: int) -> None:
    desk = FrontDesk(Admission(strength=strength))
    server = Server(desk)
    await server.start("127.0.0.1", 0)
    peer = await Peer.dial(server.port)
    await peer.ask(handshake("/CP1", "Origin: https://evil.example"))
    assert peer.status == status
    assert len(desk.desks) == bool(strength)
    peer.leave()
    await server.stop()
