"""Cars that are known by their address, and codes that are known by nobody's ledger, at a real central system."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from tests.certification.stage import NAME, Dial, Diary, until
from tests.simulator import Station as Simulated

CAR = Card(Token("AA:BB:CC:00:11:22", TokenType.MAC_ADDRESS), name="Blue car")
TAGS = {"1.6": "VID:AABBCC001122", "2.0.1": "aa:bb:cc:00:11:22", "2.1": "aa:bb:cc:00:11:22"}
VERSIONS = pytest.mark.parametrize("version", list(TAGS))


@pytest.fixture
def central(central: Central) -> Central:
    """Nobody waits long."""
    central.pauses = Pauses(silence=0.01, settle=0.01, peace=0.01, answer=0.01)
    return central


@pytest.fixture
def garage(central: Central) -> Station:
    return central.add(NAME, Settings())


@pytest.fixture
def typed(dial: Dial) -> Callable[[str, str, str], Awaitable[Simulated]]:
    """Makes a station that tells of which kind (2.x) a token is."""

    async def dialled(version: str, tag: str, kind: str) -> Simulated:
        station = await dial(version=version)
        station.shelf.setdefault("kinds", {})[tag.casefold()] = kind
        return station

    return dialled


@VERSIONS
async def test_a_car_charges_by_its_address_where_its_owner_wants_that(
    typed: Callable[[str, str, str], Awaitable[Simulated]],
    central: Central,
    garage: Station,
    ledger: Ledger,
    diary: Diary,
    version: str,
) -> None:
    tag = TAGS[version]
    station = await typed(version, tag, "MacAddress")
    central.household.admit(Cards((CAR,)), Policy(Unknown.ASK))
    await station.plug_in()
    assert await station.present_card(tag) == "Invalid"
    assert diary.data(Kind.CARD_UNKNOWN) == []
    central.household.admit(Cards((CAR,)), Policy(Unknown.ASK, autocharge=True))
    assert await station.present_card(tag) == "Accepted"
    await until(lambda: garage.evse(1).transaction)
    await station.stop()
    (recorded,) = await ledger.transactions(NAME)
    assert (recorded.card, recorded.token) == ("Blue car", tag)


@VERSIONS
async def test_a_car_nobody_knows_is_offered_with_its_address(
    typed: Callable[[str, str, str], Awaitable[Simulated]],
    central: Central,
    garage: Station,
    diary: Diary,
    version: str,
) -> None:
    tag = TAGS[version]
    station = await typed(version, tag, "MacAddress")
    central.household.admit(Cards(), Policy(Unknown.ASK, autocharge=True))
    await station.plug_in()
    assert await station.present_card(tag) == "Invalid"
    assert diary.data(Kind.CARD_UNKNOWN) == [{"token": tag, "type": "MacAddress"}]


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_code_has_a_budget_though_it_is_recorded_nowhere(
    typed: Callable[[str, str, str], Awaitable[Simulated]],
    central: Central,
    garage: Station,
    ledger: Ledger,
    version: str,
) -> None:
    """C04.FR.04."""
    code = "73550815"
    garage.settings.lists = False
    card = Card(Token(code, TokenType.KEY_CODE), name="Gate", energy_budget=1000.0)
    central.household.admit(Cards((card,)), Policy(Unknown.REFUSE))
    station = await typed(version, code, "KeyCode")
    await station.start(code)
    await station.advance(600)
    await station.stop()
    await station.unplug()
    (recorded,) = await ledger.transactions(NAME)
    assert (recorded.token, recorded.card) == ("KeyCode", "Gate")
    assert recorded.energy is not None
    assert recorded.energy > 1000.0
    await station.plug_in()
    assert await station.present_card(code) == "NoCredit"


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_code_is_in_use_at_one_place_only_where_that_is_laid_down(
    typed: Callable[[str, str, str], Awaitable[Simulated]],
    central: Central,
    garage: Station,
    ledger: Ledger,
    version: str,
) -> None:
    code = "73550815"
    garage.settings.lists = False
    card = Card(Token(code, TokenType.KEY_CODE), name="Gate")
    central.household.admit(Cards((card,)), Policy(Unknown.REFUSE, several=False))
    station = await typed(version, code, "KeyCode")
    await station.start(code)
    assert list(central.book.running(card)) == garage.ledger.active(NAME)
    await station.stop()
    (recorded,) = await ledger.transactions(NAME)
    assert code not in repr(recorded)
