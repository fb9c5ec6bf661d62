"""Stations nobody knows wait politely, few at a time, and nothing of them is kept."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.guest import PLACES, Stranger
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.security.attempts import ATTEMPTS
from tests.csms.stage import until
from tests.csms.wire.raw import Peer, handshake
from tests.simulator import Station
from tests.simulator.wire import Refused


@pytest.fixture
async def central(tmp_path: Path) -> AsyncGenerator[Central]:
    ledger = await Ledger.open(tmp_path / "ledger.db")
    central = Central(ledger)
    await central.start("127.0.0.1", 0)
    yield central
    await central.stop()
    await ledger.close()


def station(central: Central, identity: str = "Garage", version: str = "1.6") -> Station:
    return Station(f"ws://127.0.0.1:{central.port}", identity, version=version)


async def test_a_stranger_is_told_to_wait_and_tells_what_it_is(central: Central) -> None:
    heard: list[tuple[str, str]] = []
    central.on_stranger = lambda one: heard.append((one.name, one.identity.vendor if one.identity else ""))
    async with station(central) as it:
        assert it.boots[-1]["status"] == "Pending"
        assert it.boots[-1]["interval"] == 15
        await it.boot()
        stranger = central.strangers["garage"]
        assert stranger.session is not None
        assert (stranger.address, stranger.version) == ("127.0.0.1", "1.6")
        vendor = it.hardware.identity.vendor
    assert heard == [("Garage", ""), ("Garage", vendor)]
    assert central.stations == {}


async def test_a_stranger_hears_the_time_and_may_tell_its_status(central: Central) -> None:
    async with station(central) as it:
        assert (await it.send("Heartbeat", {}))["currentTime"].endswith("Z")
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
        assert await it.send("StatusNotification", status) == {}


async def test_what_would_have_to_be_kept_is_refused_so_that_the_station_keeps_it(central: Central) -> None:
    start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": "2026-11-24T12:00:00Z"}
    async with station(central) as it:
        with pytest.raises(Refused) as refused:
            await it.send("StartTransaction", start)
    assert refused.value.code == "SecurityError"


async def test_a_stranger_who_left_is_remembered_without_a_connection(central: Central) -> None:
    async with station(central):
        pass
    assert central.strangers["garage"].session is None
    async with station(central, "GARAGE"):
        assert list(central.strangers) == ["garage"]
        assert central.strangers["garage"].session is not None


async def test_only_so_many_strangers_may_wait(central: Central) -> None:
    waiting = [station(central, f"CP{number}") for number in range(PLACES)]
    for one in waiting:
        await one.connect()
    late = station(central, "LATE")
    with pytest.raises(Exception, match="404"):
        await late.connect()
    assert central.waiting.refused == 1
    await waiting[2].close()
    await late.connect()
    assert set(central.strangers) == {"cp0", "cp1", "cp3", "cp4", "late"}
    for one in (*waiting, late):
        await one.close()


async def test_nobody_needs_to_listen(central: Central) -> None:
    async with station(central):
        assert isinstance(central.strangers["garage"], Stranger)


async def test_a_silent_stranger_is_not_asked_anything(central: Central) -> None:
    async with station(central) as it:
        session = central.session("Garage")
        assert session is not None
        receiver = central.waiting.welcome("garage", session)
        await receiver.probe()
        assert receiver.durable() is None
        assert it.asked() == []


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_stranger_of_2_x_says_nothing_else_once_it_has_booted(central: Central, version: str) -> None:
    """OCPP 2.0.1 ed. 3 - B02.FR.09."""
    it = station(central, version=version)
    await it.connect()
    assert "currentTime" in await it.send("Heartbeat", {})
    await it.boot()
    stranger = central.strangers["garage"]
    assert stranger.identity is not None
    assert (stranger.version, stranger.identity.vendor) == (version, it.hardware.identity.vendor)
    with pytest.raises(Refused) as refused:
        await it.send("Heartbeat", {})
    assert refused.value.code == "SecurityError"
    await it.close()


async def test_who_has_been_taken_in_waits_no_more(central: Central) -> None:
    async with station(central):
        waiting = central.strangers["garage"]
        assert central.waiting.leave("garage") is waiting
        assert central.waiting.leave("garage") is None


async def dial(central: Central, *extra: str, target: str = "/Garage") -> Peer:
    """Dial in with some headers."""
    peer = await Peer.enter(central.port or 0, handshake(target, *extra))
    assert peer.status == 101
    return peer


def login(password: str, username: str = "Garage") -> str:
    return f"Authorization: Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


async def test_the_password_a_stranger_shows_can_be_asked_for_later_and_is_kept_as_a_hash(central: Central) -> None:
    peer = await dial(central, login("a-factory-password"))
    stranger = central.strangers["garage"]
    standing = stranger.standing
    assert standing is not None
    assert (standing.profile, standing.any_username) == (1, False)
    assert standing.passwords[0].matches(b"a-factory-password")
    assert not standing.passwords[0].matches(b"another-password-")
    assert "a-factory-password" not in repr(stranger)
    peer.leave()


async def test_what_strangers_show_costs_little_however_often_they_come(central: Central) -> None:
    for number in range(ATTEMPTS.burst + 1):
        peer = await dial(central, login(f"password-number-{number:02}"))
        peer.leave()
        await until(lambda: central.strangers["garage"].session is None)
    standing = central.strangers["garage"].standing
    assert standing is not None
    assert standing.passwords[0].matches(f"password-number-{ATTEMPTS.burst - 1:02}".encode())


async def test_a_stranger_may_call_itself_another_in_its_login(central: Central) -> None:
    peer = await dial(central, login("a-factory-password", "admin"))
    standing = central.strangers["garage"].standing
    assert standing is not None
    assert standing.any_username
    peer.leave()


async def test_a_stranger_that_shows_no_password_or_an_empty_one_is_asked_for_none(central: Central) -> None:
    for extra in ((), (login(""),)):
        peer = await dial(central, *extra)
        assert central.strangers["garage"].standing is None
        peer.leave()
        await until(lambda: central.strangers["garage"].session is None)


async def test_the_newest_password_of_a_stranger_counts(central: Central) -> None:
    shown = []
    for password in ("a-factory-password", "a-factory-password", "another-password"):
        peer = await dial(central, login(password))
        standing = central.strangers["garage"].standing
        assert standing is not None
        shown.append(standing.passwords[0])
        peer.leave()
        await until(lambda: central.strangers["garage"].session is None)
    assert shown[0] is shown[1]
    assert shown[2].matches(b"another-password")
