"""The central system: who is known, who is strange, and that a station outlives its connections."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Settings
from tests.csms.wire.raw import Peer, handshake
from tests.simulator import Station


@pytest.fixture
async def central(tmp_path: Path) -> AsyncGenerator[Central]:
    ledger = await Ledger.open(tmp_path / "ledger.db")
    central = Central(ledger)
    await central.start("127.0.0.1", 0)
    yield central
    await central.stop()
    await ledger.close()


QUIET = Settings(configure=False)


def station(central: Central, identity: str = "Garage") -> Station:
    return Station(f"ws://127.0.0.1:{central.port}", identity)


async def test_a_known_station_is_accepted_and_its_facts_are_known(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    async with station(central) as it:
        assert it.boots[-1]["status"] == "Accepted"
        assert garage.connected
        assert garage.version == "1.6"
        assert garage.identity.vendor == it.hardware.identity.vendor
        await it.plug_in()
        assert garage.evse(1).status is Status.PREPARING
    assert it.violations == []


async def test_a_station_outlives_its_connections(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    async with station(central) as it:
        evse = garage.evse(1)
    async with asyncio.timeout(2):
        while garage.connected:
            await asyncio.sleep(0.001)
    async with station(central, "garage"):
        assert garage.connected
        assert garage.evse(1) is evse
        assert central.add("GARAGE", QUIET) is garage
    assert it.failures == []


async def test_a_stranger_that_is_taken_in_is_served_on_the_connection_it_has(central: Central) -> None:
    async with station(central) as it:
        vendor = it.hardware.identity.vendor
        garage = central.add("Garage", QUIET)
        assert garage.connected
        assert garage.identity.vendor == vendor
        assert central.strangers == {}
        assert (await it.boot())["status"] == "Accepted"


async def test_a_stranger_that_has_left_is_taken_in_when_it_returns(central: Central) -> None:
    async with station(central):
        pass
    garage = central.add("Garage", QUIET)
    assert not garage.connected
    async with station(central) as it:
        assert it.boots[-1]["status"] == "Accepted"


async def test_a_stranger_that_has_not_said_what_it_is_is_taken_in_all_the_same(central: Central) -> None:
    it = station(central)
    await it.connect()
    garage = central.add("Garage", QUIET)
    assert garage.connected
    assert garage.identity.vendor == ""
    await it.close()


async def test_settings_change_without_dropping_the_connection(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    async with station(central):
        evse = garage.evse(1)
        before = central.session("Garage")
        central.update("garage", Settings(maximum=10, configure=False))
        assert central.session("GARAGE") is before
        assert garage.connected
        assert evse.limits.maximum == 10
        assert garage.settings.maximum == 10


async def test_a_station_that_is_let_go_is_a_stranger_again(central: Central) -> None:
    central.add("Garage", QUIET)
    async with station(central):
        central.remove("Garage")
        assert central.stations == {}
        assert central.session("Garage") is None
    central.remove("Garage")
    async with station(central) as it:
        assert it.boots[-1]["status"] == "Pending"


async def rival(central: Central) -> int:
    """Dial in as the garage from another machine; gives what it was answered."""
    peer = await Peer.enter(central.port or 0, handshake("/GARAGE"), local="127.0.0.2")
    peer.leave()
    return peer.status


async def test_two_stations_with_one_identity_are_told_until_nobody_has_disputed_it_for_a_while(
    central: Central,
) -> None:
    central.peace = 0.05
    garage = central.add("Garage", QUIET)
    async with station(central):
        assert await rival(central) == 409
        assert garage.notices["identity_contested", 0].data == {"address": "127.0.0.2"}
        await asyncio.sleep(0.03)
        assert await rival(central) == 409
        await asyncio.sleep(0.03)
        assert ("identity_contested", 0) in garage.notices
        await asyncio.sleep(0.03)
        assert ("identity_contested", 0) not in garage.notices


async def test_what_is_disputed_among_strangers_or_of_a_station_that_goes_is_told_to_nobody(central: Central) -> None:
    async with station(central):
        assert await rival(central) == 409
    garage = central.add("Garage", QUIET)
    async with station(central):
        assert await rival(central) == 409
        central.remove("garage")
    assert ("identity_contested", 0) not in garage.notices


async def test_a_dispute_ends_with_the_listening(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    async with station(central):
        assert await rival(central) == 409
        await central.stop()
    assert ("identity_contested", 0) not in garage.notices


async def test_the_port_is_free_after_the_stop(central: Central) -> None:
    port = central.port
    assert port is not None
    await central.stop()
    assert central.port is None
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    server.close()
    await server.wait_closed()
    await central.start("127.0.0.1", port)
    assert central.port == port


async def test_a_taken_port_is_an_error(central: Central, tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "other.db")
    with pytest.raises(OSError, match="address already in use"):
        await Central(ledger).start(None, central.port or 0)
    await ledger.close()
