"""Stations where nobody needs a card, at a real central system: whoever plugs in charges."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.station import PAUSE, Settings, Station
from custom_components.ocpp_home.csms.model.token import Token
from tests.certification.stage import NAME, Dial, books_agree, until
from tests.simulator import Oddities, Station as Simulated

FREE = Policy(Unknown.REFUSE, free=True)
VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
START = {"1.6": "RemoteStartTransaction", "2.0.1": "RequestStartTransaction", "2.1": "RequestStartTransaction"}
NOBODY = {"1.6": "HomeAssistant", "2.0.1": None, "2.1": None}
"""Whose the session is; only 2.x knows sessions that are nobody's."""


@pytest.fixture
def central(central: Central, monkeypatch: pytest.MonkeyPatch) -> Central:
    """Nobody waits long, and nobody needs a card."""
    monkeypatch.setattr("custom_components.ocpp_home.csms.dialogue.welcome.GRACE", 0.02)
    central.pauses = Pauses(silence=0.01, settle=0.01, peace=0.01, answer=0.01)
    central.household.admit(Cards(), FREE)
    return central


@pytest.fixture
def garage(central: Central) -> Station:
    return central.add(NAME, Settings())


async def ready(station: Simulated) -> Simulated:
    """The station has been set up."""
    await until(station.asked)
    await station.settle()
    return station


@VERSIONS
async def test_who_plugs_in_charges_once(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, version: str
) -> None:
    station = await ready(await dial(version=version))
    await station.plug_in()
    await until(lambda: garage.evse(1).charging)
    await station.advance(30)
    await station.stop(reason="Remote")
    await station.go_offline()
    await station.go_online()
    await until(lambda: garage.connected)
    await station.settle()
    assert len(station.asked(START[version])) == 1, "it was stopped, and the car is still there"
    await station.unplug()
    await station.plug_in()
    await until(lambda: garage.evse(1).charging)
    await station.stop(reason="Remote")
    recorded = await books_agree(ledger, station)
    assert [one.token for one in recorded] == [NOBODY[version]] * 2


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_session_that_begins_with_the_cable_is_let_charge(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, version: str
) -> None:
    """F02: it has begun, and nobody was authorized."""
    station = await ready(await dial(version=version, **{"TxCtrlr.TxStartPoint": "EVConnected"}))
    await station.plug_in()
    await until(lambda: garage.evse(1).charging)
    assert len(station.record) == 1
    await station.stop(reason="Remote")
    await books_agree(ledger, station)


@VERSIONS
async def test_a_station_that_needs_no_command_gets_none(
    dial: Dial, central: Central, garage: Station, version: str
) -> None:
    station = await ready(await dial(version=version, oddities=Oddities(starts_by_itself="FREE")))
    await station.plug_in()
    await until(lambda: garage.evse(1).charging)
    await station.stop()
    await station.settle()
    assert station.asked(START[version]) == []


@VERSIONS
async def test_the_card_of_a_driver_counts(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, version: str
) -> None:
    central.household.admit(Cards((Card(Token("ANNA"), name="Anna's"), Card(Token("BERT"), active=False))), FREE)
    station = await ready(await dial(version=version))
    await station.start("ANNA")
    await until(lambda: garage.evse(1).charging)
    await station.stop()
    await station.unplug()
    await station.plug_in()
    assert await station.present_card("BERT") != "Accepted"
    await until(lambda: garage.ledger.recall(NAME, "greeted") == [1])
    recorded = await books_agree(ledger, station)
    assert ([one.card for one in recorded], station.asked(START[version])) == (["Anna's"], [])


@VERSIONS
async def test_an_owner_who_pauses_is_obeyed_and_goes_on(
    dial: Dial, central: Central, garage: Station, version: str
) -> None:
    station = await ready(await dial(version=version))
    await garage.limit(garage.evse(1), PAUSE, 0.0)
    await station.plug_in()
    await station.settle()
    assert station.asked(START[version]) == []
    await garage.limit(garage.evse(1), PAUSE, None)
    await until(lambda: garage.evse(1).charging)
    await station.stop(reason="Remote")


@VERSIONS
async def test_the_token_of_the_home_can_have_rules(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, version: str
) -> None:
    own = Card(Token("HomeAssistant"), name="Guests", ends=None)
    central.household.admit(Cards((own,)), FREE)
    station = await ready(await dial(version=version))
    await station.plug_in()
    await until(lambda: garage.evse(1).charging)
    await station.stop(reason="Remote")
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert recorded.card == "Guests"
    central.household.admit(Cards((replace(own, active=False),)), FREE)
    await station.plug_in()
    await station.settle()
    assert len(station.asked(START[version])) == 1
