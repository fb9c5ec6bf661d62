"""The cards of a household at a real central system: decided about, learnt, listed at the station, and enforced."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.dialogue.eviction import marked
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards, Window
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.model.token import Token
from tests.certification.stage import NAME, Dial, Diary, ago, books_agree, until
from tests.simulator import ManualClock, Station as Simulated

STRICT = Policy(Unknown.REFUSE)
ANNA, BERT, CARLA = (Card(Token(name), group="FAMILY") for name in ("ANNA", "BERT", "CARLA"))
CLOSED = (Window(days=frozenset()),)
VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])


@pytest.fixture
def central(central: Central) -> Central:
    """Nobody waits long."""
    central.pauses = Pauses(silence=0.01, settle=0.01, peace=0.01, answer=0.01)
    return central


@pytest.fixture
def garage(central: Central) -> Station:
    """A station whose configuration may be written."""
    return central.add(NAME, Settings())


def admit(central: Central, *cards: Card, policy: Policy = STRICT) -> None:
    central.household.admit(Cards(cards), policy)


async def has(station: Simulated, garage: Station, *cards: str) -> None:
    """Wait until the station's list is known to hold exactly these, all of them accepted."""
    wanted = {card.casefold() for card in cards}

    def told() -> set[str] | None:
        known = garage.ledger.recall(NAME, "list")
        entries = known.get("entries") if isinstance(known, Mapping) else None
        return set(entries) if isinstance(entries, Mapping) else None

    await until(lambda: told() == wanted == set(station.tags.listed))
    assert {info["status"] for info in station.tags.listed.values()} <= {"Accepted"}


@VERSIONS
async def test_the_list_of_the_station_follows_every_change(
    dial: Dial, central: Central, garage: Station, version: str
) -> None:
    """D01.FR.15, D01.FR.16, D01.FR.17, D01.FR.18: and while nobody answers it the station decides by it."""
    admit(central, ANNA, BERT)
    station = await dial(version=version)
    await has(station, garage, "ANNA", "BERT")
    admit(central, ANNA, BERT, CARLA)
    await has(station, garage, "ANNA", "BERT", "CARLA")
    admit(central, ANNA, CARLA)
    await has(station, garage, "ANNA", "CARLA")
    assert [sent["updateType"] for sent in station.asked("SendLocalList")] == ["Full", "Differential", "Differential"]
    await until(lambda: station.asked("ClearCache"))
    await until(lambda: not station.configuration.on("AllowOfflineTxForUnknownId"))
    await station.go_offline()
    assert [await station.present_card(card) for card in ("BERT", "OTHER")] == ["Invalid", "Invalid"]
    assert await station.present_card("ANNA") == "Accepted"
    await station.go_online()
    admit(central)
    await has(station, garage)


@VERSIONS
async def test_what_changed_while_the_station_was_away_is_there_when_it_returns(
    dial: Dial, central: Central, garage: Station, version: str
) -> None:
    admit(central, ANNA)
    station = await dial(version=version)
    await has(station, garage, "ANNA")
    await station.go_offline()
    admit(central, ANNA, BERT)
    await station.go_online()
    await has(station, garage, "ANNA", "BERT")
    before = len(station.asked("SendLocalList"))
    station.tags.listed.clear()
    station.tags.version = 0
    await station.go_offline()
    await station.go_online()
    await has(station, garage, "ANNA", "BERT")
    assert len(station.asked("SendLocalList")) == before + 1
    await station.go_offline()
    asked = len(station.asked("GetLocalListVersion"))
    await station.go_online()
    await until(lambda: len(station.asked("GetLocalListVersion")) > asked)
    assert len(station.asked("SendLocalList")) == before + 1, "it has what it should have"


@VERSIONS
@pytest.mark.parametrize("lost", [True, False])
async def test_after_a_power_cut_the_list_is_there_again(
    dial: Dial, central: Central, garage: Station, version: str, lost: bool
) -> None:
    """There are stations that keep it in memory only."""
    admit(central, ANNA, BERT)
    station = await dial(version=version)
    await has(station, garage, "ANNA", "BERT")
    asked, sent = len(station.asked("GetLocalListVersion")), len(station.asked("SendLocalList"))
    await station.power_cut()
    if lost:
        station.tags.listed.clear()
        station.tags.version = 0
    await station.power_on()
    await until(lambda: len(station.asked("GetLocalListVersion")) > asked + (1 if lost else 0))
    await has(station, garage, "ANNA", "BERT")
    assert len(station.asked("SendLocalList")) == sent + (1 if lost else 0)


async def test_a_station_that_refuses_differences_gets_the_whole(dial: Dial, central: Central, garage: Station) -> None:
    """D01.FR.19."""
    admit(central, ANNA)
    station = await dial(version="2.0.1")
    await has(station, garage, "ANNA")
    station.tags.version = 50
    admit(central, ANNA, BERT)
    await has(station, garage, "ANNA", "BERT")
    kinds = [sent["updateType"] for sent in station.asked("SendLocalList")]
    assert kinds == ["Full", "Differential", "Full"]


@VERSIONS
async def test_a_card_is_learnt_refused_out_of_its_hours_and_then_accepted(
    dial: Dial, central: Central, garage: Station, diary: Diary, version: str
) -> None:
    admit(central, policy=Policy(Unknown.ASK))
    station = await dial(version=version)
    await station.plug_in()
    assert await station.present_card("ANNA") == "Invalid"
    assert [told["token"] for told in diary.data(Kind.CARD_UNKNOWN)] == ["ANNA"]
    central.household.learn(datetime.now(UTC) + timedelta(seconds=60))
    await station.present_card("ANNA")
    assert [told["token"] for told in diary.data(Kind.CARD_LEARNT)] == ["ANNA"]
    admit(central, Card(ANNA.token, hours=CLOSED))
    assert await station.present_card("ANNA") == ("Invalid" if version == "1.6" else "NotAtThisTime")
    admit(central, Card(ANNA.token, hours=(Window(),)))
    assert await station.present_card("ANNA") == "Accepted"
    assert [told["decision"] for told in diary.data(Kind.CARD_REFUSED)] == ["Invalid", "Invalid", "NotAtThisTime"]


@VERSIONS
async def test_a_card_charges_at_one_place_only_where_that_is_laid_down(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, version: str
) -> None:
    """OCPP 1.6 ed. 2 - 7.2, OCPP 2.0.1 ed. 3 - 3.3 ConcurrentTx: the station ends the second session itself."""
    yard = central.add("Yard", Settings())
    other = await dial_other(central, version)
    try:
        admit(central, ANNA, policy=Policy(Unknown.REFUSE, several=False))
        await other.start("ANNA")
        assert yard.evse(1).transaction is not None
        station = await dial(version=version)
        await station.plug_in()
        assert await station.present_card("ANNA") == "Accepted"
        await until(lambda: garage.evse(1).previous is not None)
        (ended,) = await books_agree(ledger, station)
        assert (ended.reason, marked(garage)) == ("DeAuthorized", [ended.id])
        assert yard.evse(1).transaction is not None
    finally:
        await other.settle()
        await other.close()


async def dial_other(central: Central, version: str) -> Simulated:
    """A second station, booted."""
    station = Simulated(f"ws://127.0.0.1:{central.port}", "Yard", version=version, clock=ManualClock(ago(200)))
    await station.connect()
    await station.boot()
    return station


@VERSIONS
async def test_what_a_station_allowed_itself_is_recorded_marked_and_ended(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, diary: Diary, version: str
) -> None:
    """OCPP 1.6 ed. 2 - 3.5.4, OCPP 2.0.1 ed. 3 - C12.FR.03, C13: it is judged when it is told."""
    station = await dial(version=version)
    await station.go_offline()
    await station.start("ANNA")
    admit(central, BERT)
    await station.go_online()
    await until(lambda: garage.evse(1).previous is not None)
    (ended,) = await books_agree(ledger, station)
    assert (ended.token, ended.reason, marked(garage)) == ("ANNA", "DeAuthorized", [ended.id])
    assert [told["transaction"] for told in diary.data(Kind.CARD_REFUSED)] == [ended.id]


async def test_a_master_stops_a_session_of_1_6(dial: Dial, central: Central, garage: Station, ledger: Ledger) -> None:
    admit(central, ANNA, Card(Token("CHIEF"), master=True))
    station = await dial()
    await station.start("ANNA")
    await station.present_card("CHIEF", 1)
    await until(lambda: garage.evse(1).previous is not None)
    (ended,) = await books_agree(ledger, station)
    assert (ended.token, ended.reason) == ("ANNA", "Remote")


async def test_a_card_of_the_group_stops_a_session_and_the_master_of_2_x_too(
    dial: Dial, central: Central, garage: Station, ledger: Ledger
) -> None:
    """C09.FR.09, C09.FR.12, C16.FR.02: the station hears of the group from the set-up."""
    admit(central, ANNA, BERT, Card(Token("CHIEF"), master=True), policy=Policy(Unknown.REFUSE, master="MASTER"))
    station = await dial(version="2.0.1")
    await until(lambda: station.configuration.text("AuthCtrlr.MasterPassGroupId") == "MASTER")
    await station.start("ANNA")
    assert await station.present_card("BERT", 1) == "Accepted"
    await station.unplug()
    await station.start("ANNA")
    assert await station.present_card("CHIEF", 1) == "Accepted"
    recorded = await books_agree(ledger, station)
    assert [(one.stop_token, one.reason) for one in recorded] == [("BERT", "Local"), ("CHIEF", "MasterPass")]
    admit(central, ANNA, BERT)
    await until(lambda: station.configuration.text("AuthCtrlr.MasterPassGroupId") == "")


async def test_a_session_that_runs_on_though_it_was_refused_is_stopped_where_the_owner_wants_that(
    dial: Dial, central: Central, garage: Station, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.ocpp_home.csms.dialogue.eviction.GRACE", 0.05)
    garage.settings.lists = False  # the station goes on deciding by what it remembers
    admit(central, BERT, policy=Policy(Unknown.REFUSE, evict=True))
    station = await dial(StopTransactionOnInvalidId="false", LocalPreAuthorize="true")
    station.tags.learn("ANNA", {"status": "Accepted"})
    await station.plug_in()
    await station.present_card("ANNA")
    await until(lambda: garage.evse(1).previous is not None)
    (ended,) = await books_agree(ledger, station)
    assert ended.reason == "Remote"
    assert garage.counters["session evicted"] == 1
