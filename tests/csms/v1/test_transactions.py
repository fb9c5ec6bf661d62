"""StartTransaction and StopTransaction: nothing is lost, nothing counted twice, nobody else's session ended."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
import sqlite3
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ocpp_home.csms.dialogue.moments import REMEMBERED
from custom_components.ocpp_home.csms.dialogue.sessions import restore
from custom_components.ocpp_home.csms.ledger import Ledger, Terms
from custom_components.ocpp_home.csms.model.admission import EmptyBook, Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, Verdict
from custom_components.ocpp_home.csms.model.transaction import Opening, Transaction
from custom_components.ocpp_home.csms.v1.metering import meter_values
from custom_components.ocpp_home.csms.v1.transactions import start_transaction, stop_transaction
from tests.csms.stage import NOW, ago, durable, oddities

_ticks: Iterator[int] = count()


def received() -> Any:
    """The moment a message comes: each a little later than the one before."""
    return NOW + timedelta(microseconds=next(_ticks))


def start(station: Station, at: float = 600, connector: int = 1, meter: object = 1000, **more: Any) -> Transaction:
    """Begin a transaction `at` seconds before NOW and return it."""
    answer = start_transaction(station, starting(at, connector, meter, **more), received())
    found = station.ledger.find(station.name, str(answer["transactionId"]))
    assert found is not None
    return found


def starting(at: float = 600, connector: int = 1, meter: object = 1000, **more: Any) -> dict[str, Any]:
    return {"connectorId": connector, "idTag": "CARD", "meterStart": meter, "timestamp": ago(at), **more}


def stop(station: Station, number: object, at: float = 60, meter: object = 1500, **more: Any) -> dict[str, Any]:
    """End a transaction `at` seconds before NOW and return the answer."""
    if isinstance(number, Transaction):
        number = int(number.id)
    payload = {"transactionId": number, "meterStop": meter, "timestamp": ago(at), **more}
    return stop_transaction(station, payload, received())


class Running(EmptyBook):
    """A book in which a session runs."""

    def __init__(self, session: Transaction) -> None:
        self.session = session

    def running(self, card: Card) -> tuple[Transaction]:
        return (self.session,)


async def everything(ledger: Ledger) -> list[tuple[float | None, float | None, bool]]:
    """All transactions of the station, oldest first: meter start, meter stop, orphan."""
    await oddities(ledger)
    found = await ledger.transactions("CP1")
    return [(known.meter_start, known.meter_stop, known.orphan) for known in reversed(found)]


# --- start ----------------------------------------------------------------------------------------------------------


def test_a_start_gets_a_number_and_becomes_the_transaction_of_its_evse(station: Station, events: list[Event]) -> None:
    answer = start_transaction(station, starting(at=5), received())
    transaction = station.evse(1).transaction
    assert transaction is not None
    assert answer == {"transactionId": int(transaction.id), "idTagInfo": {"status": "Accepted"}}
    assert answer["transactionId"] > 0
    assert (transaction.token, transaction.meter_start, transaction.started) == (
        "CARD",
        1000,
        NOW - timedelta(seconds=5),
    )
    data = {"transaction": transaction.id, "token": "CARD", "meter_start": 1000, "offline": False}
    assert events == [Event(Kind.SESSION_STARTED, NOW - timedelta(seconds=5), 1, data)]
    assert station.evse(1).register.total == 1000


async def test_the_same_start_is_the_same_transaction_however_often_it_comes(
    station: Station, ledger: Ledger, events: list[Event]
) -> None:
    first = start(station)
    assert start(station) is first  # not durable yet
    await everything(ledger)
    assert start(station) is first
    stop(station, first)
    assert start(station) is first
    assert station.evse(1).transaction is None
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED]
    assert await everything(ledger) == [(1000, 1500, False)]


async def test_a_start_is_known_again_after_a_restart(station: Station, ledger: Ledger) -> None:
    first = start(station)
    again = Station("CP1", ledger)
    assert again.evse(1).transaction is first
    assert start(again) is first


@pytest.mark.parametrize(
    "timestamp", ["1970-01-01T00:00:09Z", "222222017-01-01T00:00:00Z", "garbage", "2026-06-01T14:00:00Z"]
)
async def test_a_start_with_a_useless_time_is_known_again_too(station: Station, ledger: Ledger, timestamp: str) -> None:
    first = start(station, timestamp=timestamp)
    assert first.started is not None
    assert abs(first.started - NOW) < timedelta(seconds=1)
    station.clock_offset = -3600.0
    assert start(station, timestamp=timestamp) is first
    assert start(station, timestamp=timestamp, meter=2000) is not first


@pytest.mark.parametrize("offset", [7200.0, -3600.0])
async def test_a_start_is_known_again_when_the_clock_has_been_found_wrong_meanwhile(
    station: Station, ledger: Ledger, offset: float
) -> None:
    first = start(station)
    station.clock_offset = offset
    assert start(station) is first
    assert len(await everything(ledger)) == 1


async def test_a_time_that_is_none_is_kept_for_a_human(station: Station, ledger: Ledger) -> None:
    start(station, timestamp="222222017-01-01T00:00:00Z")
    [(kind, raw)] = await oddities(ledger)
    assert kind == "time"
    assert "222222017-01-01T00:00:00Z" in raw


def test_only_the_last_useless_times_are_remembered(station: Station) -> None:
    for meter in range(REMEMBERED + 3):
        start(station, timestamp="garbage", meter=meter)
    moments = station.ledger.recall("CP1", "moments")
    assert isinstance(moments, dict)
    assert len(moments) == REMEMBERED


def test_a_refused_card_gets_a_real_number_and_the_refusal(station: Station, events: list[Event]) -> None:
    station.settings.policy = Policy(Unknown.REFUSE, listed={"card": Verdict(Decision.BLOCKED)})
    answer = start_transaction(station, starting(), received())
    assert answer["idTagInfo"] == {"status": "Blocked"}
    assert answer["transactionId"] > 0
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.CARD_REFUSED]


def test_a_card_that_charges_elsewhere_gets_a_number_and_is_told_so(station: Station) -> None:
    """OCPP 1.6 ed. 2 - 7.2 ConcurrentTx; the session that runs is not in its own way when its start comes again."""
    elsewhere = station.ledger.start(Opening("Yard", 1, 1, "CARD", NOW - timedelta(days=2), 0.0))
    station.household.book = Running(elsewhere)
    station.household.admit(Cards((Card(Token("card")),)), Policy(several=False))
    first = start_transaction(station, starting(), received())
    assert first["idTagInfo"] == {"status": "ConcurrentTx"}
    own = station.ledger.find(station.name, str(first["transactionId"]))
    assert own is not None
    station.household.book = Running(own)
    assert start_transaction(station, starting(), received()) == first | {"idTagInfo": {"status": "Accepted"}}


def test_a_card_is_decided_about_when_it_was_shown(station: Station, events: list[Event]) -> None:
    """3.5.4: what the station allowed itself while nobody answered it is judged by that moment, recorded and told."""
    begun = starting(at=7200)
    ended = NOW - timedelta(hours=1)
    station.household.admit(Cards((Card(Token("CARD"), ends=ended),)), Policy(Unknown.REFUSE))
    assert start_transaction(station, begun, received())["idTagInfo"]["status"] == "Accepted"
    station.household.admit(Cards((Card(Token("CARD"), ends=ended - timedelta(hours=2)),)), Policy(Unknown.REFUSE))
    answer = start_transaction(station, starting(at=7000), received())
    assert answer["idTagInfo"] == {"status": "Expired"}
    refusal = {"transaction": str(answer["transactionId"]), "token": "CARD", "decision": "Expired"}
    assert [(event.data, event.live) for event in events if event.kind is Kind.CARD_REFUSED] == [(refusal, False)]


def test_a_start_that_is_told_late_is_no_news(station: Station, events: list[Event]) -> None:
    transaction = start(station, at=86_400)
    assert transaction.offline
    assert [(event.live, event.data["offline"]) for event in events] == [(False, True)]


def test_a_start_redeems_its_reservation(station: Station) -> None:
    evse = station.evse(1)
    evse.reservation = Reservation(7, 1, "CARD", NOW)
    assert start(station, reservationId=7).reservation == 7
    assert evse.reservation is None


async def test_a_start_without_a_connector_is_recorded_and_kept_for_a_human(station: Station, ledger: Ledger) -> None:
    station.evse(1)
    station.evse(2)
    answer = start_transaction(station, {"idTag": "x" * 300, "timestamp": ago(5)}, received())
    assert answer["transactionId"] > 0
    transaction = station.evse(1).transaction
    assert transaction is not None
    assert (transaction.meter_start, transaction.token) == (None, "x" * 255)
    assert [kind for kind, _ in await oddities(ledger)] == ["StartTransaction"]


def test_an_older_start_that_comes_late_does_not_take_the_place_of_a_newer_one(station: Station) -> None:
    newer = start(station, at=60, meter=2000)
    older = start(station, at=600, meter=1000)
    assert station.evse(1).transaction is newer
    assert older.active
    stop(station, older, at=120, meter=1900)
    assert station.evse(1).transaction is newer
    assert (older.energy, station.evse(1).previous) == (900, older)


# --- stop -----------------------------------------------------------------------------------------------------------


def test_a_stop_ends_its_transaction(station: Station, events: list[Event]) -> None:
    transaction = start(station)
    assert stop(station, transaction, reason="EVDisconnected") == {}
    evse = station.evse(1)
    assert (evse.transaction, evse.previous) == (None, transaction)
    assert (transaction.energy, transaction.reason, evse.register.total) == (500, "EVDisconnected", 1500)
    assert events[-1] == Event(
        Kind.SESSION_ENDED,
        NOW - timedelta(seconds=60),
        1,
        {
            "transaction": transaction.id,
            "token": "CARD",
            "energy": 500,
            "reason": "EVDisconnected",
            "duration": 540,
            "offline": False,
        },
    )


def test_a_stop_with_a_card_hears_about_the_card(station: Station) -> None:
    assert stop(station, start(station), idTag="CARD") == {"idTagInfo": {"status": "Accepted"}}
    assert station.evse(1).previous is not None
    assert station.evse(1).previous.reason == "Local"


def test_the_last_values_of_a_stop_are_recorded_and_nothing_flows_after_it(station: Station) -> None:
    transaction = start(station)
    running = {"timestamp": ago(30), "sampledValue": [{"measurand": "Power.Active.Import", "value": "7000"}]}
    meter_values(station, {"connectorId": 1, "meterValue": [running]}, received())
    last = {"timestamp": ago(10), "sampledValue": [{"value": "1490"}, {"measurand": "SoC", "value": "80"}]}
    stop(station, transaction, at=10, transactionData=[last])
    meter = station.evse(1).meter
    assert (meter.total(Quantity.POWER), meter.total(Quantity.SOC)) == (0, 80)
    assert (transaction.meter_last, transaction.energy) == (1490, 500)


async def test_signed_registers_of_a_stop_are_kept_also_where_only_their_signatures_are_told(
    station: Station, ledger: Ledger
) -> None:
    transaction = start(station)
    first, last = (
        {"value": f"OCMF|{context}", "format": "SignedData", "context": f"Transaction.{context}"}
        for context in ("Begin", "End")
    )
    data = [{"timestamp": ago(600), "sampledValue": [first]}, {"timestamp": ago(60), "sampledValue": [last]}]
    stop(station, transaction, transactionData=data)
    await durable(ledger)
    told = [(reading.value, reading.signed) for reading in await ledger.readings(transaction)]
    assert told == [(1000, "OCMF|Begin"), (1500, "OCMF|End")]
    assert (transaction.meter_stop, transaction.energy) == (1500, 500)


async def test_a_signature_is_of_no_register_that_nobody_told(station: Station, ledger: Ledger) -> None:
    transaction = start(station, meter=None)
    last = {"value": "OCMF|End", "format": "SignedData", "context": "Transaction.End"}
    stop(station, transaction, meter=None, transactionData=[{"timestamp": ago(60), "sampledValue": [last]}])
    await durable(ledger)
    assert await ledger.readings(transaction) == []
    assert ("signed value", "OCMF|End") in await oddities(ledger)


async def test_a_stop_that_comes_twice_changes_nothing(station: Station, ledger: Ledger, events: list[Event]) -> None:
    transaction = start(station)
    for _ in range(3):
        stop(station, transaction)
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED]
    assert await everything(ledger) == [(1000, 1500, False)]


@pytest.mark.parametrize("number", [-1, 0, None, 4711])
async def test_a_stop_without_a_proper_number_ends_the_only_open_transaction_it_fits(
    station: Station, ledger: Ledger, number: int | None
) -> None:
    transaction = start(station)
    stop(station, number)
    assert (transaction.active, transaction.energy) == (False, 500)
    stop(station, number)  # and once more after a reboot
    assert await everything(ledger) == [(1000, 1500, False)]


async def test_a_stop_without_a_number_comes_again_when_the_next_session_is_over(
    station: Station, ledger: Ledger
) -> None:
    start(station)
    stop(station, -1, at=300)
    stop(station, start(station, at=200, meter=1500), meter=1800)
    stop(station, -1, at=300)
    assert sorted(await everything(ledger)) == [(1000, 1500, False), (1500, 1800, False)]


@pytest.mark.parametrize(
    ("at", "meter"),
    [
        pytest.param(60, 500, id="the register is below that of the start"),
        pytest.param(1200, 1500, id="it ended before the other began"),
        pytest.param(60, 9_000_000, id="the register is far beyond"),
    ],
)
async def test_a_stop_that_does_not_fit_ends_nothing_and_is_an_orphan(
    station: Station, ledger: Ledger, at: float, meter: float
) -> None:
    transaction = start(station)
    stop(station, -1, at=at, meter=meter)
    assert station.evse(1).transaction is transaction
    assert transaction.active
    assert station.counters == {"stop without start": 1}
    assert sorted(orphan for _, _, orphan in await everything(ledger)) == [False, True]


async def test_an_orphan_that_comes_again_is_the_same_orphan(station: Station, ledger: Ledger) -> None:
    last = [{"timestamp": ago(60), "sampledValue": [{"value": "1500"}]}]
    for _ in range(3):
        stop(station, -1, transactionData=last)
    assert await everything(ledger) == [(None, 1500, True)]
    stop(station, -1, timestamp="garbage", transactionData=last)
    stop(station, -1, timestamp="garbage", transactionData=last)
    assert len(await everything(ledger)) == 2


def test_of_two_open_transactions_that_fit_neither_is_ended(station: Station) -> None:
    both = [start(station, connector=1), start(station, connector=2)]
    stop(station, -1)
    assert all(transaction.active for transaction in both)


def test_a_stop_that_fits_one_of_two_ends_that_one(station: Station) -> None:
    low, high = start(station, connector=1, meter=1000), start(station, connector=2, meter=800_000)
    stop(station, -1, meter=800_400)
    assert (low.active, high.active) == (True, False)


@pytest.mark.parametrize(("card", "ends"), [("card", True), ("OTHER", False), (None, False)])
def test_a_foreign_number_on_a_station_with_several_needs_the_same_card(
    station: Station, card: str | None, ends: bool
) -> None:
    transaction = start(station)
    station.evse(2)
    stop(station, 4711, **({"idTag": card} if card else {}))
    assert transaction.active is not ends


@pytest.mark.parametrize("number", [-1, 0])
@pytest.mark.parametrize(("card", "ends"), [("card", True), ("SISTER", True), ("OTHER", False), (None, True)])
def test_a_stop_without_a_number_on_a_station_with_several_is_that_of_its_card(
    station: Station, number: int, card: str | None, ends: bool
) -> None:
    """Or of a card of the same group; whoever shows none may have stopped it in another way."""
    family = (Card(Token("CARD"), group="FAMILY"), Card(Token("SISTER"), group="FAMILY"), Card(Token("OTHER")))
    station.household.admit(Cards(family), Policy())
    transaction = start(station)
    station.evse(2)
    stop(station, number, **({"idTag": card} if card else {}))
    assert transaction.active is not ends


def test_a_stop_without_a_number_ends_a_session_that_nobody_began(station: Station) -> None:
    transaction = start(station, idTag="")
    station.evse(2)
    stop(station, -1, idTag="CARD")
    assert not transaction.active


def test_nobody_ends_the_session_of_another_station(station: Station, ledger: Ledger) -> None:
    theirs = start(Station("CP2", ledger))
    stop(station, theirs)
    assert theirs.active


def test_a_stop_without_a_register_value_ends_what_it_names(station: Station) -> None:
    transaction = start(station)
    stop(station, -1, meter=None)
    assert (transaction.active, transaction.energy) == (False, None)


def test_a_stop_below_the_start_is_no_negative_energy(station: Station) -> None:
    transaction = start(station)
    stop(station, transaction, meter=999)
    assert (transaction.meter_stop, transaction.energy) == (999, 0)


def test_a_stop_older_than_its_start_has_no_negative_duration(station: Station, events: list[Event]) -> None:
    stop(station, start(station, at=60), at=600)
    assert events[-1].data["duration"] == 0


async def test_a_register_that_no_session_reaches_is_set_aside(station: Station, ledger: Ledger) -> None:
    transaction = start(station)
    stop(station, transaction, meter=2**32 + 1500)
    assert (transaction.meter_stop, transaction.energy) == (None, None)
    assert [kind for kind, _ in await oddities(ledger)] == ["register"]


def test_a_backlog_ends_in_the_past_and_is_no_news(station: Station, events: list[Event]) -> None:
    transaction = start(station, at=90_000)
    stop(station, transaction, at=86_400)
    assert [event.live for event in events] == [False, False]
    assert (transaction.offline, station.evse(1).previous) == (True, transaction)


# --- a stop that never came -----------------------------------------------------------------------------------------


def test_a_new_start_ends_what_was_open_with_its_last_reading(station: Station, events: list[Event]) -> None:
    old = start(station, at=600)
    values = [{"timestamp": ago(300), "sampledValue": [{"value": "1400"}]}]
    meter_values(station, {"connectorId": 1, "transactionId": int(old.id), "meterValue": values}, received())
    new = start(station, at=30, meter=1450)
    evse = station.evse(1)
    assert (evse.transaction, evse.previous) == (new, old)
    assert (old.reason, old.energy, old.stopped) == ("Other", 400, NOW - timedelta(seconds=300))
    assert station.counters == {"lost stop": 1}
    assert [event.kind for event in events] == [Kind.SESSION_STARTED, Kind.SESSION_ENDED, Kind.SESSION_STARTED]


async def test_the_stop_that_comes_after_all_replaces_what_was_presumed(station: Station, ledger: Ledger) -> None:
    old = start(station, at=600)
    start(station, at=30, meter=1450)
    assert (old.meter_stop, old.reason) == (1000, "Other")
    stop(station, old, at=60, meter=1440, reason="Remote")
    stop(station, old, at=50, meter=1441, reason="Remote")
    assert (old.meter_stop, old.reason) == (1440, "Remote")
    assert await everything(ledger) == [(1000, 1440, False), (1450, None, False)]


# --- the ledger fails -----------------------------------------------------------------------------------------------


async def test_what_could_not_be_recorded_is_taken_back_from_the_model(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "ledger.db", terms=Terms(patience=0.01))
    station = Station("CP1", ledger)
    kept, evse = start(station), station.evse(1)
    await durable(ledger)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        stop(station, kept)
        start(station, at=30, meter=1600)
        with pytest.raises(LedgerFailed):
            await durable(ledger)
    restore(station)
    assert (evse.transaction, evse.previous) == (kept, None)
    assert (kept.active, ledger.active("CP1")) == (True, [kept])
    await ledger.close()


# --- whatever order they come in ------------------------------------------------------------------------------------

MESSAGE = st.one_of(
    st.tuples(st.just("start"), st.integers(0, 3), st.integers(0, 3000)),
    st.tuples(st.just("stop"), st.integers(-2, 3), st.integers(0, 3000)),
    st.tuples(st.just("values"), st.integers(-2, 3), st.integers(0, 3000)),
)


def any_order(station: Station, messages: list[Any], chance: Any) -> None:
    """Let messages come as they like, some of them twice; an end puts right what was read after it and told before."""
    numbers: list[int] = []
    highest: dict[str, float] = {}
    total = 0.0
    for kind, which, wh in messages + [chance.choice(messages) for _ in messages]:
        number = numbers[which] if 0 <= which < len(numbers) else which - 1
        at, connector = 600 - wh / 10, 1 + which % 2
        if kind == "start":
            answer = start_transaction(station, starting(at, connector, wh), received())
            if answer["transactionId"] not in numbers:
                numbers.append(answer["transactionId"])
        elif kind == "stop":
            stop(station, number, at, wh)
        else:
            values = [{"timestamp": ago(at), "sampledValue": [{"value": str(wh)}]}]
            payload = {"connectorId": connector, "transactionId": number, "meterValue": values}
            meter_values(station, payload, received())
        for known in (station.ledger.find("CP1", str(number)) for number in numbers):
            energy = None if known is None else known.energy
            if known is not None and energy is not None:
                assert energy >= highest.get(known.id, 0.0) or kind == "stop", (kind, which, wh)
                highest[known.id] = energy
        now = sum(evse.register.total or 0.0 for evse in station.evses.values())
        assert now >= total
        total = now


@given(st.lists(MESSAGE, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
async def test_no_interleaving_makes_energy_negative_or_lets_it_fall(messages: list[Any], chance: Any) -> None:
    ledger = await Ledger.open(":memory:")
    try:
        any_order(Station("CP1", ledger), messages, chance)
    finally:
        await ledger.close()
