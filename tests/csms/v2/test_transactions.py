"""TransactionEvent: nothing is lost, nothing counted twice, in whatever order it is told (OCPP 2.0.1 ed. 3 - E)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.book import SharedBook
from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.clock import stamp
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.session_limit import SessionLimit
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, Verdict
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import resuming, starts
from custom_components.ocpp_home.csms.v2.session_limit import LIMIT, wish
from custom_components.ocpp_home.csms.v2.status import status_notification
from custom_components.ocpp_home.csms.v2.transactions import (
    NUMBERS,
    REMEMBERED,
    REQUESTS,
    RUNNING,
    reconcile,
    transaction_event,
)
from tests.csms.peer import Peer
from tests.csms.stage import NOW, ago, durable
from tests.csms.v2.desk import Desk, until
from tests.csms.v2.served import serve
from tests.csms.v2.told import BEGIN, CARD, END, ENERGY, ended, event, measured, started, tell, transaction

# --- the good way ---------------------------------------------------------------------------------------------------


async def test_a_session_from_its_begin_to_its_end(station: Station, peer: Peer, events: list[Event]) -> None:
    serve(peer, station, REQUESTS)
    now = stamp(datetime.now(UTC))
    first = started(state="Charging") | {
        "timestamp": now,
        "meterValue": [measured(1000, 0, BEGIN) | {"timestamp": now}],
    }
    answer = (await peer.says("TransactionEvent", first))[2]
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    evse = station.evse(1)
    running = evse.transaction
    assert running is not None
    assert (running.id, running.token, running.meter_start, evse.status) == ("t1", "CARD", 1000, Status.CHARGING)
    last = ended() | {"timestamp": now, "meterValue": [measured(1500, 0, END) | {"timestamp": now}]}
    assert (await peer.says("TransactionEvent", last))[2] == {}
    assert (evse.transaction, evse.previous, running.energy, running.reason) == (None, running, 500, "Local")
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED]


async def test_a_message_that_comes_again_waits_for_the_disk_like_the_first(station: Station, ledger: Ledger) -> None:
    """Its answer is the receipt of both."""
    told = {name: value for name, value in started().items() if name not in {"evse", "meterValue"}}
    station.evse(1)
    tell(station, told)
    first = ledger.commit()
    assert first is not None
    tell(station, told)
    again = ledger.commit()
    assert again is not None
    assert not again.done()
    await again
    assert first.done()
    tell(station, told)
    assert ledger.commit() is None, "it is on the disk"


def test_what_is_measured_on_the_way_is_recorded_and_shown(station: Station) -> None:
    tell(station, started())
    power = {"timestamp": ago(30), "sampledValue": [{"value": 7.4, "measurand": "Power.Active.Import"}]}
    power["sampledValue"][0]["unitOfMeasure"] = {"unit": "kW"}
    seen: list[object] = []
    station.subscribe(seen.append)
    assert tell(station, event("Updated", 1, 30, measured(1200, 30), power, why="MeterValuePeriodic")) == {}
    evse = station.evse(1)
    assert (evse.meter.total(Quantity.POWER), transaction(station).energy) == (7400, 200)
    assert seen == [evse]
    tell(station, ended(2, stoppedReason="EVDisconnected"))
    assert (transaction(station).energy, transaction(station).reason) == (500, "EVDisconnected")
    assert evse.meter.total(Quantity.POWER) == 0


@pytest.mark.parametrize("state", ["EVConnected", "Charging", "SuspendedEV", "SuspendedEVSE", "Idle"])
def test_how_far_it_has_come_is_the_status_of_the_evse(station: Station, state: str) -> None:
    tell(station, started(state="EVConnected"))
    tell(station, event("Updated", 1, 30, state=state))
    words = {"EVConnected": Status.PREPARING, "Idle": Status.PREPARING}
    assert station.evse(1).status == words.get(state, state)


def test_after_its_end_a_car_that_stays_is_finishing(station: Station) -> None:
    status = {"timestamp": ago(700), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}
    status_notification(station, status, NOW)
    tell(station, started())
    tell(station, ended())
    assert station.evse(1).status is Status.FINISHING


# --- who pays -------------------------------------------------------------------------------------------------------


def test_a_card_is_answered_with_its_group_and_refused_when_it_is_not_known(
    station: Station, events: list[Event]
) -> None:
    """E01.FR.11, E01.FR.12, E02.FR.02, E02.FR.04, E03.FR.02: also of what a station has authorized by itself."""
    station.settings.policy = Policy(Unknown.REFUSE, listed={"card": Verdict(Decision.ACCEPTED, "FAMILY")})
    group = {"idToken": "FAMILY", "type": "Central"}
    assert tell(station, started()) == {"idTokenInfo": {"status": "Accepted", "groupIdToken": group}}
    other = event("Updated", 1, 30, idToken={"idToken": "OTHER", "type": "ISO14443"})
    for _ in range(2):
        assert tell(station, other) == {"idTokenInfo": {"status": "Invalid"}}
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.CARD_REFUSED]


def test_a_transaction_that_begins_with_the_cable_gets_its_card_later(station: Station) -> None:
    """E03: TxStartPoint EVConnected."""
    tell(station, event("Started", 0, 600, evse={"id": 1}, state="EVConnected"))
    known = transaction(station)
    assert (known.token, known.meter_start) == (None, None)
    update = event("Updated", 1, 590, measured(1000, 590), idToken=CARD, remoteStartId=7, state="Charging")
    assert tell(station, update) == {"idTokenInfo": {"status": "Accepted"}}
    assert (known.token, known.meter_start, known.remote_start) == ("CARD", 1000, 7)


def test_a_transaction_may_begin_before_anybody_knows_where(station: Station) -> None:
    """E03: TxStartPoint Authorized; E01.FR.16: the EVSE follows with the cable."""
    station.evse(1)
    station.evse(2)
    tell(station, event("Started", 0, 600, measured(5, 600), idToken=CARD, state="Idle"))
    assert transaction(station).evse == 0
    tell(station, event("Updated", 1, 500, evse={"id": 2, "connectorId": 1}, state="Charging"))
    assert station.evse(2).transaction is transaction(station)
    assert station.evse(2).status is Status.CHARGING


def test_the_station_with_one_evse_need_not_name_it(station: Station) -> None:
    station.evse(1)
    tell(station, event("Started", 0, 600, idToken=CARD))
    assert station.evse(1).transaction is transaction(station)


def test_a_reservation_is_redeemed(station: Station) -> None:
    station.evse(1).reservation = Reservation(7, 1, "CARD", NOW)
    tell(station, started(reservationId=7))
    assert (station.evse(1).reservation, transaction(station).reservation) == (None, 7)


def test_a_key_code_is_not_recorded(station: Station) -> None:
    """C04.FR.04."""
    tell(station, started(idToken={"idToken": "1234", "type": "KeyCode"}))
    tell(station, ended(idToken={"idToken": "1234", "type": "KeyCode"}))
    assert (transaction(station).token, transaction(station).stop_token) == ("KeyCode", "KeyCode")


def test_nobody_needs_a_token_where_none_is_asked_for(station: Station) -> None:
    """C02.FR.02."""
    station.settings.policy = Policy(Unknown.REFUSE)
    answer = tell(station, started(idToken={"idToken": "", "type": "NoAuthorization"}))
    assert (answer, transaction(station).token) == ({"idTokenInfo": {"status": "Accepted"}}, None)


def test_the_cost_is_told_where_it_is_known_and_free_is_nought(station: Station) -> None:
    """I02.FR.01, I03.FR.02, I03.FR.04."""
    station.cost = lambda known: (known.energy or 0.0) / 1000
    assert "totalCost" not in tell(station, started())
    assert tell(station, event("Updated", 1, 30, measured(1250, 30)))["totalCost"] == 0.25
    station.cost = lambda known: 0.0
    assert tell(station, ended(2)) == {"totalCost": 0.0}
    station.cost = lambda known: None
    assert tell(station, ended(2)) == {}


# --- out of order, offline, again -----------------------------------------------------------------------------------


def test_a_message_that_comes_again_changes_nothing(station: Station, events: list[Event]) -> None:
    messages = [started(), event("Updated", 1, 300, measured(1200, 300), state="SuspendedEV"), ended(2)]
    for message in (*messages, *messages):
        tell(station, message)
    assert transaction(station).energy == 500
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED]
    assert station.counters == {"repeated event": 3}


def test_an_older_message_does_not_bring_an_older_status_back(station: Station) -> None:
    tell(station, started())
    tell(station, event("Updated", 2, 30, state="SuspendedEV"))
    tell(station, event("Updated", 1, 60, state="Charging"))
    assert station.evse(1).status is Status.SUSPENDED_EV
    assert station.counters == {"events missing": 1}


def test_only_the_newest_transactions_are_remembered_message_by_message(station: Station) -> None:
    for number in range(REMEMBERED + 3):
        tell(station, started(at=600 - number, id=f"t{number}"))
    assert (len(station.heard), "t0" in station.heard) == (REMEMBERED, False)


def test_a_message_without_a_number_is_believed(station: Station) -> None:
    tell(station, started())
    tell(station, event("Updated", 1, 30, state="SuspendedEV") | {"seqNo": None})
    assert station.evse(1).status is Status.SUSPENDED_EV


def test_what_happened_offline_is_recorded_and_no_news(station: Station, events: list[Event]) -> None:
    """E04."""
    tell(station, started(at=120) | {"offline": True})
    tell(station, ended(at=90) | {"offline": True})
    known = transaction(station)
    assert (known.offline, known.energy) == (True, 500)
    assert not events[0].live


def test_an_update_before_its_start_makes_the_transaction_known(station: Station, events: list[Event]) -> None:
    tell(station, event("Updated", 1, 300, measured(1200, 300), evse={"id": 1}, state="Charging"))
    assert (transaction(station).meter_start, station.evse(1).transaction) == (1200, transaction(station))
    tell(station, started())
    known = transaction(station)
    assert (known.started, known.meter_start, known.token) == (NOW - timedelta(seconds=600), 1000, "CARD")
    tell(station, ended(2))
    assert known.energy == 500
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED]


def test_an_end_without_a_start_is_an_orphan_until_its_start_comes(station: Station) -> None:
    station.evse(1)
    tell(station, ended(1))
    known = transaction(station)
    assert (known.orphan, known.active, station.counters["stop without start"]) == (True, False, 1)
    tell(station, event("Updated", 2, 70, measured(1490, 70)))
    assert known.meter_start is None
    tell(station, started())
    assert (known.orphan, known.energy, known.active) == (False, 500, False)
    assert station.evse(1).transaction is None


@pytest.mark.parametrize("name", ["4711", "-1", "a-1"])
async def test_whatever_a_transaction_is_called_it_is_one_record(station: Station, ledger: Ledger, name: str) -> None:
    station.evse(1)
    tell(station, ended(1, id=name))
    tell(station, started(id=name))
    tell(station, ended(1, id=name))
    await durable(ledger)
    (known,) = await ledger.transactions("CP1")
    assert (known.id, known.orphan, known.active, known.energy, known.token) == (name, False, False, 500, "CARD")


def test_an_orphan_that_tells_its_begin_has_its_energy(station: Station) -> None:
    tell(station, event("Ended", 9, 60, measured(1000, 600, BEGIN), measured(1500, 60, END)))
    assert transaction(station).energy == 500


def test_the_begin_that_comes_with_the_end_is_the_better_one(station: Station) -> None:
    """J02: TxEndedMeasurands hold the values of the begin too."""
    tell(station, event("Started", 0, 600, evse={"id": 1}, idToken=CARD))
    tell(station, event("Updated", 1, 540, measured(1060, 540)))
    assert transaction(station).meter_start == 1060
    tell(station, event("Ended", 2, 60, measured(1000, 600, BEGIN), measured(1500, 60, END)))
    assert transaction(station).energy == 500


def test_registers_of_single_phases_are_summed(station: Station) -> None:
    def phases(each: float, at: float, context: str) -> dict[str, Any]:
        samples = [
            {"value": each, "measurand": ENERGY, "context": context, "phase": phase} for phase in ("L1", "L2", "L3")
        ]
        return {"timestamp": ago(at), "sampledValue": samples}

    tell(station, event("Started", 0, 600, phases(1000, 600, BEGIN), evse={"id": 1}, idToken=CARD))
    tell(station, event("Ended", 1, 60, phases(1200, 60, END)))
    assert (transaction(station).meter_start, transaction(station).energy) == (3000, 600)


def test_a_transaction_without_a_name_is_recorded_all_the_same(station: Station) -> None:
    transaction_event(station, {"eventType": "Started", "evse": {"id": 1}, "transactionInfo": None}, NOW)
    assert station.evse(1).transaction is not None


async def test_an_event_of_an_evse_that_is_not_known_yet_is_recorded(station: Station, ledger: Ledger) -> None:
    tell(station, event("Started", 0, 600, measured(1000, 600, BEGIN), idToken=CARD))
    tell(station, event("Updated", 1, 300, measured(1200, 300)))
    await durable(ledger)
    assert [reading.value for reading in await ledger.readings(transaction(station))] == [1000, 1200]


# --- what it may come to, and what it had --------------------------------------------------------------------------


def modern(station: Station) -> None:
    """A station of 2.1 that holds to limits of energy."""
    station.version = "2.1"
    station.variables.put(Variable(VariableKey("TxCtrlr", "SupportedLimits"), "maxEnergy"))


async def test_f07_fr_02_the_limit_of_a_start_by_command_comes_with_the_first_answer(
    station: Station, peer: Peer
) -> None:
    """F07.FR.02, E16.FR.02."""
    modern(station)
    serve(peer, station, REQUESTS)
    starts.expect(station, 7, {LIMIT: {"energy": 400}})
    first = started(remoteStartId=7) | {"timestamp": stamp(datetime.now(UTC))}
    answer = (await peer.says("TransactionEvent", first))[2]
    assert answer == {"idTokenInfo": {"status": "Accepted"}, "transactionLimit": {"maxEnergy": 400}}
    seen: list[object] = []
    station.subscribe(seen.append)
    confirmed = event("Updated", 1, 500, transactionLimit={"maxEnergy": 400}, remoteStartId=7, why="LimitSet")
    assert (await peer.says("TransactionEvent", confirmed))[2] == {}
    assert seen == [station.evse(1)]
    assert station.session_limits["t1"].reported == SessionLimit(energy=400)
    assert tell(station, ended(2)) == {}
    assert station.session_limits == {}


def test_e16_fr_11_who_limits_the_cost_tells_it(station: Station) -> None:
    """E16.FR.11."""
    modern(station)
    station.variables.put(Variable(VariableKey("TxCtrlr", "SupportedLimits"), "maxCost"))
    station.cost = lambda known: (known.energy or 0.0) / 1000
    tell(station, started())
    wish(station, transaction(station), SessionLimit(cost=2))
    answers = [tell(station, event("Updated", seq, 60, measured(1000 + 250 * seq, 60 - seq))) for seq in (1, 2)]
    assert answers == [{"totalCost": 0.25, "transactionLimit": {"maxCost": 2}}, {"totalCost": 0.5}]


def test_a_message_that_comes_again_does_not_bring_an_old_limit_back(station: Station) -> None:
    modern(station)
    tell(station, started())
    old = event("Updated", 1, 300, transactionLimit={"maxEnergy": 900})
    tell(station, old)
    tell(station, event("Updated", 2, 200, transactionLimit={"maxEnergy": 700}))
    tell(station, old)
    assert station.session_limits["t1"].reported == SessionLimit(energy=700)


def test_a_station_of_2_0_1_is_told_no_limit(station: Station) -> None:
    modern(station)
    station.version = "2.0.1"
    tell(station, started())
    wish(station, transaction(station), SessionLimit(energy=400))
    assert tell(station, event("Updated", 1, 300)) == {}


async def test_a_transaction_that_goes_on_after_a_loss_of_power_gets_its_profile_again(
    station: Station, peer: Peer
) -> None:
    """E17.FR.15."""
    desk = Desk(station, peer)
    profile = {"id": 41, "chargingProfilePurpose": "TxProfile", "stackLevel": 0, "chargingProfileKind": "Relative"}
    period = {"startPeriod": 0, "limit": 9}
    profile["chargingSchedule"] = [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}]
    resuming.expect(station, 7, profile)
    tell(station, started(remoteStartId=7))
    tell(station, event("Updated", 1, 90, why="ResetCommand"))
    assert desk.written() == []
    tell(station, event("Updated", 2, 60, why="TxResumed", state="Charging"))
    await until(desk.written)
    assert desk.written() == [{"evseId": 1} | profile | {"transactionId": "t1"}]
    desk.charging.close()


def test_a_station_that_takes_no_limits_goes_on_all_the_same(station: Station) -> None:
    tell(station, started())
    assert tell(station, event("Updated", 1, 60, why="TxResumed", state="Charging")) == {}


# --- after a restart ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "active"),
    [
        ({"ongoingIndicator": True, "messagesInQueue": False}, True),
        ({"ongoingIndicator": False, "messagesInQueue": True}, True),
        ({"ongoingIndicator": False, "messagesInQueue": False}, False),
        ({"messagesInQueue": False}, True),
    ],
)
async def test_a_transaction_that_runs_no_more_and_is_not_told_of_has_ended(
    station: Station, peer: Peer, call: Caller, answer: dict[str, bool], active: bool
) -> None:
    """E14."""
    tell(station, started())
    tell(station, event("Updated", 1, 300, measured(1200, 300)))
    peer.answers["GetTransactionStatus"] = answer
    await reconcile(station, call, NOW)
    assert peer.asked == [("GetTransactionStatus", {"transactionId": "t1"})]
    assert (transaction(station).active, transaction(station).energy) == (active, 200)


async def test_nothing_is_asked_where_nothing_is_open(station: Station, peer: Peer, call: Caller) -> None:
    await reconcile(station, call, NOW)
    assert peer.asked == []


def test_a_session_is_refused_where_its_card_charges_elsewhere_and_never_in_its_own_way(
    station: Station, events: list[Event]
) -> None:
    """C09.FR.12, E01.FR.11, E03.FR.02: whose session it is begins with the card, anybody else stops it."""
    station.evse(1)
    elsewhere = station.ledger.start(Opening("Yard", 1, 1, "CARD", NOW - timedelta(days=2), 0.0, "other"))
    station.household.book = SharedBook({"yard": Station("Yard", station.ledger), "cp1": station})
    cards = (Card(Token("CARD"), group="FAMILY"), Card(Token("OTHER"), group="FAMILY"))
    station.household.admit(Cards(cards), Policy(Unknown.REFUSE, several=False))
    group = {"groupIdToken": {"idToken": "FAMILY", "type": "Central"}}
    assert tell(station, started()) == {"idTokenInfo": {"status": "ConcurrentTx", **group}}
    refusals = [event.data for event in events if event.kind is Kind.CARD_REFUSED]
    assert [data["transaction"] for data in refusals] == [transaction(station).id]
    other = event("Updated", 1, 30, idToken={"idToken": "OTHER", "type": "ISO14443"})
    assert tell(station, other) == {"idTokenInfo": {"status": "Accepted", **group}}
    station.ledger.stop(elsewhere, Closing(NOW, 0.0))
    assert tell(station, started())["idTokenInfo"]["status"] == "Accepted"


def test_a_token_is_decided_about_when_and_where_it_was_shown(station: Station) -> None:
    """C12.FR.03: what the station allowed itself is judged by that moment and that EVSE."""
    station.evse(1)
    station.evse(2)
    ended = Card(Token("CARD"), ends=NOW - timedelta(days=1))
    station.household.admit(Cards((ended,)), Policy(Unknown.REFUSE))
    assert tell(station, started())["idTokenInfo"]["status"] == "Expired"
    station.household.admit(Cards((Card(Token("CARD"), evses=frozenset({2})),)), Policy(Unknown.REFUSE))
    assert tell(station, started())["idTokenInfo"]["status"] == "NotAtThisLocation"


def test_of_an_endless_session_the_newest_messages_are_remembered(station: Station) -> None:
    tell(station, started())
    station.heard["t1"] = set(range(NUMBERS))
    tell(station, event("Updated", NUMBERS, 30))
    assert station.heard["t1"] == set(range(NUMBERS // 2, NUMBERS + 1))
    tell(station, event("Updated", NUMBERS, 30))
    assert station.counters == {"repeated event": 1}


def test_messages_out_of_a_queue_teach_nothing_about_the_clock(station: Station) -> None:
    """They may come as far apart as they were written, which looks like a clock that is behind."""
    for seq, late in enumerate((0, 10)):
        told = event("Updated", seq, 3600 - late, evse={"id": 1}, offline=True)
        transaction_event(station, told, NOW + timedelta(seconds=late))
    assert station.clock_offset is None


def test_a_message_that_comes_again_teaches_nothing_about_the_clock(station: Station) -> None:
    """Its time is that of when it came first: twice as late looks like a clock that is behind."""
    transaction_event(station, started(at=0), NOW)
    for late in (600, 610):
        transaction_event(station, started(at=0), NOW + timedelta(seconds=late))
    assert station.clock_offset == 0
    assert station.clock_hint is None


def test_a_session_that_turns_out_to_be_of_another_evse_is_there_only(station: Station) -> None:
    tell(station, started(evse={"id": 1, "connectorId": 1}))
    tell(station, event("Updated", 1, 300, evse={"id": 2, "connectorId": 1}))
    assert (station.evse(1).transaction, station.evse(2).transaction) == (None, transaction(station))
    tell(station, ended(2))
    assert [evse.transaction for evse in station.evses.values()] == [None, None]


def test_a_station_that_begins_endless_sessions_does_not_fill_the_memory(station: Station) -> None:
    station.evse(1), station.evse(2)
    for number in range(RUNNING + 5):
        at = 5000 - number
        tell(station, event("Updated", 0, at, measured(1000 + number, at), id=f"t{number}"))
    running = station.ledger.active("CP1")
    assert [one.id for one in running] == [f"t{number}" for number in range(5, RUNNING + 5)]
    oldest = transaction(station, "t0")
    assert (oldest.presumed, oldest.reason, oldest.stopped) == (True, "Other", oldest.started)
    assert station.counters["lost stop"] == 5
    tell(station, ended(1, 60, 1500, id="t0"))
    assert (oldest.presumed, oldest.energy) == (False, 500)


# --- ids that are given away again ------------------------------------------------------------------------------------


def test_a_session_under_the_id_of_one_that_is_over_is_one_of_its_own(station: Station, events: list[Event]) -> None:
    """E01.FR.08 forbids it; a station that counts from 1 after each restart would lose every session but the first."""
    tell(station, started(900, 1000))
    tell(station, ended(1, 600, 3000))
    first = transaction(station)
    tell(station, started(300, 3000, idToken={"idToken": "OTHER", "type": "ISO14443"}))
    second = transaction(station)
    assert station.evse(1).transaction is second is not first
    assert (first.token, first.energy, second.token, second.active) == ("CARD", 2000, "OTHER", True)
    tell(station, event("Updated", 1, 200, measured(3500, 200)))
    tell(station, ended(2, 60, 4000))
    assert (first.energy, second.energy) == (2000, 1000)
    assert station.ledger.find("CP1", f"t1 until {ago(600)}") is first
    assert [one.kind for one in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED] * 2
    assert station.counters == {"id of a transaction used again": 1}


def test_sessions_of_a_station_that_names_none_are_told_apart(station: Station) -> None:
    for begin, end in ((900, 600), (300, 60)):
        tell(station, started(begin, 10_000 - begin, id=""))
        tell(station, ended(1, end, 10_000 - end, id=""))
    sessions = [station.ledger.find("CP1", name) for name in (f"unnamed until {ago(600)}", "unnamed")]
    assert [one and one.energy for one in sessions] == [300, 240]


def test_a_begin_after_an_end_without_one_is_its_own(station: Station) -> None:
    """Neither has a usable time, so that the begin seems to come later."""
    tell(station, ended(2, 60, 1500) | {"timestamp": "never"})
    tell(station, event("Updated", 1, 70, idToken={"idToken": "CARD", "type": "ISO14443"}))
    begin = started(600, 1000) | {"timestamp": "never"}
    del begin["idToken"]
    tell(station, begin)
    assert (transaction(station).energy, transaction(station).token) == (500, "CARD")
    assert station.counters.get("id of a transaction used again") is None


@pytest.mark.parametrize(("number", "again"), [(0, 1), (7, None)])
def test_of_a_begin_without_a_usable_time_its_number_tells_whether_it_was_missing(
    station: Station, number: int, again: int | None
) -> None:
    tell(station, started(900, 1000))
    tell(station, ended(1, 600, 1500))
    tell(station, started(60, 1500) | {"timestamp": "never", "seqNo": number})
    assert station.counters.get("id of a transaction used again") == again


def test_a_begin_that_waited_is_told_late_though_something_overtook_it(station: Station) -> None:
    tell(station, event("Updated", 1, 30, measured(1300, 30), evse={"id": 1}))
    assert not transaction(station).offline
    tell(station, started(60, 1000, offline=True))
    assert transaction(station).offline


def test_a_clock_that_is_set_back_in_a_session_does_not_move_its_begin(station: Station) -> None:
    tell(station, started(600, 1000))
    begun = transaction(station).started
    tell(station, event("Updated", 1, 4000, offline=True))
    assert transaction(station).started == begun


def test_a_begin_that_is_told_again_after_the_end_is_the_session_that_is_known(station: Station) -> None:
    for _ in range(2):
        tell(station, started(900))
        tell(station, ended(1, 600))
    assert (transaction(station).energy, station.evse(1).transaction) == (500, None)


def test_a_begin_that_comes_while_its_session_runs_is_of_that_session(station: Station) -> None:
    """Whether it was overtaken or its end was lost nobody can tell; the first is what happens."""
    tell(station, event("Updated", 1, 700, measured(2500, 700), evse={"id": 1}))
    first = transaction(station)
    tell(station, started(300, 3000))
    assert transaction(station) is first
    tell(station, ended(2, 60, 4000))
    assert (first.active, station.counters.get("id of a transaction used again")) == (False, None)


@pytest.mark.parametrize("seq", [0, 1])
def test_a_begin_that_is_told_twice_in_a_session_begins_no_other(station: Station, seq: int) -> None:
    """The same one again, and one of a station that calls the card after the cable a begin as well."""
    tell(station, started(600, 1000))
    again = started(600 - 60 * seq, 1000)
    tell(station, again | {"seqNo": seq})
    tell(station, ended(2, 60, 1500))
    assert (transaction(station).energy, station.counters.get("lost stop")) == (500, None)


def test_a_begin_that_is_overtaken_by_what_follows_begins_no_other(station: Station) -> None:
    tell(station, event("Updated", 1, 300, measured(1300, 300), evse={"id": 1}))
    tell(station, started(600, 1000))
    tell(station, ended(2, 60, 1500))
    assert (transaction(station).energy, station.counters) == (500, {})


def test_a_begin_is_not_moved_when_it_comes_again_after_the_clock_was_learnt(station: Station) -> None:
    """The clock is found to be two hours ahead between the two: what was read at first stays."""
    begin = started(600, 1000, offline=True)
    tell(station, begin)
    begun = transaction(station).started
    station.clock_offset = 7200.0
    tell(station, begin)
    assert (begun, transaction(station).started) == (NOW - timedelta(seconds=600),) * 2


def test_a_begin_that_comes_again_after_an_end_by_a_wrong_clock_is_that_of_its_session(station: Station) -> None:
    """The clock was set an hour back meanwhile, so that the end seems to lie before the begin."""
    begin = started(600, 1000, offline=True)
    tell(station, begin)
    tell(station, ended(1, 3700, 1500, offline=True))
    tell(station, begin)
    assert (transaction(station).energy, station.evse(1).transaction) == (500, None)
    assert "id of a transaction used again" not in station.counters


def test_a_session_that_is_told_with_its_end_first_shows_that_the_one_before_is_over(station: Station) -> None:
    evse = station.evse(1)
    tell(station, started())
    before = evse.transaction
    assert before is not None
    tell(station, ended(id="t2"))
    assert evse.transaction is before, "when it began is not known yet"
    begin = started(90, id="t2")
    tell(station, begin)
    assert (evse.transaction, before.presumed) == (None, True)
    assert evse.previous is not None
    assert evse.previous.id == "t2"
    tell(station, begin)
    assert station.counters["lost stop"] == 1
