"""The central system: who is known, who is strange, and that a station outlives its connections."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.authorization import Showing, decide
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.gate import Rejection
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.station import Identity, Settings, Station as Known
from custom_components.ocpp_home.csms.model.token import Decision, Token
from custom_components.ocpp_home.csms.model.transaction import Opening, Transaction
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile, Standing
from custom_components.ocpp_home.csms.wire.frame import VERSIONS
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


def station(central: Central, identity: str = "Garage", version: str = "1.6") -> Station:
    return Station(f"ws://127.0.0.1:{central.port}", identity, version=version)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_session_of_any_version_is_that_of_the_record_of_its_station(central: Central, version: str) -> None:
    garage = central.add("Garage", QUIET)
    async with station(central, version=version) as it:
        assert garage.version == version
        garage.evse(1)
        meter = it.connectors[1].meter
        meter.start = 12_345
        own = await it.start()
        running = garage.evse(1).transaction
        assert running is not None
        assert running.id == str(own.id)
        assert garage.evse(1).status is Status.CHARGING
        meter.integrate(600)
        await it.stop()
        assert garage.evse(1).status is Status.FINISHING
        await it.unplug()
        assert (garage.evse(1).status, garage.evse(1).plugged) == (Status.AVAILABLE, False)
    assert (running.token, running.meter_start, running.meter_stop) == (own.id_tag, own.meter_start, own.meter_stop)
    assert (running.energy or 0) > 500
    assert (it.violations, it.failures) == ([], [])


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_of_any_version_is_set_up(central: Central, version: str) -> None:
    central.pauses = Pauses(settle=0)
    garage = central.add("Garage", Settings(sample_interval=17))
    async with station(central, version=version) as it:
        await until(lambda: it.configuration.text("MeterValueSampleInterval") == "17")
        assert garage.variables.known
        assert list(garage.evses) == [1]
    assert (it.violations, it.failures) == ([], [])


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_stranger_of_any_version_waits_and_is_taken_in(central: Central, version: str) -> None:
    async with station(central, version=version) as it:
        assert it.boots[-1]["status"] == "Pending"
        garage = central.add("Garage", QUIET)
        assert (garage.version, garage.identity.vendor) == (version, it.hardware.identity.vendor)
        assert (await it.boot())["status"] == "Accepted"


async def test_a_station_that_changes_its_version_keeps_its_outlets(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    for version in ("1.6", "2.1", "2.0.1", "1.6"):
        async with station(central, version=version) as it:
            await it.start()
            await it.stop()
            assert garage.version == version
        evse = garage.evse(1)
        assert it.violations == []
    assert garage.evse(1) is evse
    assert len(garage.evses) == 1


async def test_a_station_that_offers_several_versions_is_given_the_newest_it_is_good_at(central: Central) -> None:
    offered = handshake("/Garage", subprotocol="ocpp1.6, ocpp2.0.1, ocpp2.1")
    garage = central.add("Garage", QUIET)

    async def chosen() -> str | None:
        peer = await Peer.enter(central.port or 0, offered)
        peer.leave()
        return peer.subprotocol

    assert await chosen() == "ocpp2.1"
    garage.identify(Identity(vendor="FoxESS"))
    assert await chosen() == "ocpp1.6"
    garage.identify(Identity(vendor="ACME"))
    garage.keep("versions", ["2.0.1"])
    assert await chosen() == "ocpp2.0.1"


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


def login(password: str, name: str = "Garage") -> str:
    return f"Authorization: Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


async def dial(central: Central, *extra: str, local: str | None = None) -> Peer:
    """Dial in as the garage."""
    return await Peer.enter(central.port or 0, handshake("/Garage", *extra), local=local)


OWN, NEXT = generate(), generate()
BASIC = Standing(profile=Profile.BASIC, passwords=(Hashed.of(OWN),))


async def test_who_does_not_prove_to_be_the_station_is_turned_away_and_told_of(central: Central) -> None:
    told: list[Rejection] = []
    central.on_intruder = told.append
    assert central.on_intruder is not None
    garage = central.add("Garage", QUIET)
    central.require("GARAGE", BASIC)
    for extra in ((), (login(NEXT),), (login(OWN, "Other"),)):
        peer = await dial(central, *extra, local="127.0.0.2")
        assert peer.status == 401
        assert 'WWW-Authenticate: Basic realm="OCPP"' in peer.head
        peer.leave()
    assert (central.session("Garage"), garage.connected, garage.connections) == (None, False, [])
    assert garage.notices["wrong_credentials", 0].data == {"address": "127.0.0.2", "reason": "password_missing"}
    assert [(one.name, one.address, one.objection) for one in told] == [("Garage", "127.0.0.2", "password_missing")]


async def test_a_station_that_proves_itself_is_let_in_and_that_is_seen(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    central.require("Garage", BASIC)
    peer = await dial(central, login(OWN))
    assert peer.status == 101
    assert (garage.connected, garage.proved, garage.certified) == (True, 1, None)
    peer.leave()
    await until(lambda: not garage.connected)
    assert garage.proved is None


async def test_a_station_that_has_found_its_password_is_no_longer_told_of_but_a_stranger_is(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    central.require("Garage", BASIC)
    (await dial(central)).leave()
    assert ("wrong_credentials", 0) in garage.notices
    for local, stays in ((None, False), ("127.0.0.2", True)):
        (await dial(central, local=local)).leave()
        peer = await dial(central, login(OWN))
        assert (("wrong_credentials", 0) in garage.notices) is stays
        peer.leave()
        await until(lambda: not garage.connected)
    central.peace = 0.01
    (await dial(central, local="127.0.0.2")).leave()
    await until(lambda: ("wrong_credentials", 0) not in garage.notices)


async def test_a_connection_that_proved_less_than_is_asked_from_now_on_ends(central: Central) -> None:
    told: list[Rejection] = []
    central.on_intruder = told.append
    garage = central.add("Garage", QUIET)
    peer = await dial(central)
    assert garage.proved == 0
    central.require("Garage", BASIC)
    assert await peer.closed() == 1008
    assert (told, garage.notices) == ([], {}), "that was no intruder"
    peer.leave()


async def test_a_connection_that_showed_what_is_asked_from_now_on_stays_and_has_proved_it(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    seen: list[object] = []
    peer = await dial(central, login(OWN))
    garage.subscribe(seen.append)
    assert garage.proved == 0
    central.require("Garage", BASIC)
    assert (garage.proved, seen) == (1, [garage])
    central.require("Garage", replace(BASIC, passwords=(Hashed.of(NEXT),)))
    assert garage.connected, "a password that changes ends no connection: the station returns by itself"
    central.require("Garage", replace(BASIC, profile=Profile.TLS, coming=Profile.BASIC))
    assert garage.connected, "while the profile changes both are good"
    peer.leave()


async def test_a_stranger_is_taken_in_with_the_password_it_shows(central: Central) -> None:
    peer = await dial(central, login(OWN))
    standing = central.strangers["garage"].standing
    assert standing is not None
    central.require("Garage", standing)
    garage = central.add("Garage", QUIET)
    assert (garage.connected, garage.proved) == (True, 1)
    thief = await dial(central, login(NEXT), local="127.0.0.2")
    assert (thief.status, garage.connected) == (401, True)
    peer.leave()
    thief.leave()


async def test_a_stranger_that_does_not_show_what_is_asked_of_the_station_is_not_taken_in(central: Central) -> None:
    peer = await dial(central, login(NEXT))
    central.require("Garage", BASIC)
    garage = central.add("Garage", QUIET)
    assert await peer.closed() == 1008
    assert (garage.connected, garage.connections) == (False, [])
    peer.leave()


async def test_what_was_asked_of_a_station_goes_with_it(central: Central) -> None:
    garage = central.add("Garage", QUIET)
    central.require("Garage", BASIC)
    (await dial(central)).leave()
    central.remove("Garage")
    assert garage.notices == {}
    peer = await dial(central)
    assert peer.status == 101
    peer.leave()


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


async def test_who_wants_to_hear_of_strangers_is_told(central: Central) -> None:
    heard: list[str] = []
    assert central.on_stranger is None
    central.on_stranger = lambda stranger: heard.append(stranger.name)
    assert central.on_stranger is not None
    async with station(central):
        pass
    assert set(heard) == {"Garage"}


def test_the_cards_of_the_household_hold_at_every_station_and_everybody_hears_of_them(central: Central) -> None:
    garage, yard = central.add("Garage", QUIET), central.add("Yard", Settings(policy=Policy()))
    card, told = Card(Token("CARD"), stations=frozenset({"Garage"})), list[str]()
    for known in (garage, yard):
        known.subscribe(lambda part: told.append(str(getattr(part, "name", ""))))
    central.household.admit(Cards((card,)), Policy(Unknown.REFUSE))
    assert sorted(told) == ["Garage", "Yard"]
    now = datetime.now(UTC)
    assert [decide(garage, Token(number), now).accepted for number in ("CARD", "OTHER")] == [True, False]
    assert [decide(yard, Token(number), now).accepted for number in ("CARD", "OTHER")] == [False, True]


def test_whose_a_card_was_is_known_after_it_has_changed_hands(central: Central) -> None:
    ledger = central.add("Garage", QUIET).ledger
    for person in ("Ada", "Bob"):
        central.household.admit(Cards((Card(Token("CARD"), person=person),)), Policy())
    now = datetime.now(UTC)
    told = [ledger.holder(Token("card"), now + timedelta(hours=hours)) for hours in (-1, 1)]
    assert told == [Holder(person="Ada"), Holder(person="Bob")]


def test_what_one_station_knows_of_a_card_counts_at_the_others(central: Central) -> None:
    garage, yard = central.add("Garage", QUIET), central.add("Yard", QUIET)
    card, now = Token("CARD"), datetime.now(UTC)
    central.household.admit(Cards((Card(card),)), Policy(several=False))
    garage.ledger.start(Opening("Garage", 1, 1, "CARD", now - timedelta(seconds=1), 0.0))
    assert decide(yard, card, now, Showing(1, starting=True)).decision is Decision.CONCURRENT
    assert list(central.book.running(Card(Token("card")))) == garage.ledger.active("Garage")


def test_whoever_shows_what_a_session_costs_looks_again_when_the_price_changes(central: Central) -> None:
    garage = central.add("CP1", Settings())
    idle, busy = garage.evse(1), garage.evse(2)
    busy.transaction = Transaction("1", "CP1", 2, 1, None, datetime(2026, 6, 1, tzinfo=UTC), 0.0)
    looked: list[Known | Evse] = []
    garage.subscribe(looked.append)
    pricing = Pricing(Price(datetime(2026, 6, 1, tzinfo=UTC), "EUR", 300_000))
    for _ in range(2):
        central.charge(pricing)
    assert garage.household.pricing == pricing
    assert looked == [garage, busy]
    assert idle not in looked


def test_what_is_serious_is_told_until_the_owner_has_confirmed_it(central: Central) -> None:
    central.add("Garage", QUIET).notice("security_event", type="TamperDetectionActivated", info="")
    central.remove("Garage")
    again = central.add("Garage", QUIET)
    assert again.notices["security_event", 0].data["type"] == "TamperDetectionActivated"
    again.settle("security_event")
    central.remove("Garage")
    assert central.add("Garage", QUIET).notices == {}
