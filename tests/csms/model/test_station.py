"""A station: what it remembers, whom it tells, how it keeps to the lowest wish."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.ocpp_home.csms.ledger.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.booking import Booking, Stage
from custom_components.ocpp_home.csms.model.commands import Commands, Document, ProfileFilter, Schedule
from custom_components.ocpp_home.csms.model.errors import Offline, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.household import Household
from custom_components.ocpp_home.csms.model.limit import Target
from custom_components.ocpp_home.csms.model.plan import Leg, Plan, Word
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Identity, Settings, Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Obedient:
    """A peer that takes every limit, or refuses with its words, and keeps what it was told."""

    def __init__(self) -> None:
        self.limits: list[tuple[int, float | None]] = []
        self.phases: list[int | None] = []
        self.switching = self.postponing = self.silent = False
        self.words: str | None = None

    async def set_limit(self, evse: Evse, amps: float | None, phases: int | None = None) -> str:
        self.limits.append((evse.id, amps))
        self.phases.append(phases)
        if self.silent:
            raise Unanswered("nothing came")
        if self.words is not None:
            raise Refused("Rejected", self.words)
        return "TxProfile/A/Absolute"

    async def leave(self, evse: Evse) -> None:
        evse.left.confirm(evse.left.wished, "TxProfile")

    def postpone(self, evse: Evse, *, asked: bool = False) -> bool:
        return self.postponing

    def switches(self, evse: Evse) -> bool:
        return self.switching

    async def probe(self, evse: Evse) -> Findings:
        raise NotImplementedError

    async def set_profile(self, evse: int, profile: Document) -> None:
        raise NotImplementedError

    async def clear_profiles(self, which: ProfileFilter) -> None:
        raise NotImplementedError

    async def composite_schedule(self, evse: int, duration: int, unit: str | None = None) -> Schedule:
        raise NotImplementedError


class Unasked:
    """A peer nobody asks anything in these tests."""

    async def start(self, evse: int | None, token: Token, profile: Document | None = None) -> None:
        raise NotImplementedError

    async def stop(self, transaction: str) -> None:
        raise NotImplementedError

    async def unlock(self, evse: int, connector: int = 1) -> None:
        raise NotImplementedError

    async def reset(self, kind: object, evse: int | None = None) -> None:
        raise NotImplementedError

    async def availability(self, evse: int, operative: bool) -> bool:
        raise NotImplementedError

    async def clear_cache(self) -> None:
        raise NotImplementedError

    async def transfer(self, vendor: str, message: str | None = None, data: str | None = None) -> str | None:
        raise NotImplementedError

    async def call(self, action: str, payload: Document) -> Document:
        raise NotImplementedError

    async def read(self, names: object = ()) -> list[Variable]:
        raise NotImplementedError

    async def write(self, name: str, value: str) -> object:
        raise NotImplementedError


def commands(charging: Obedient | None) -> Commands:
    return Commands(Unasked(), Unasked(), charging=charging)  # type: ignore[arg-type]  # only charging is asked


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    ledger = await Ledger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


@pytest.fixture
def station(ledger: Ledger) -> Station:
    return Station("Garage", ledger, Settings(maximum=16))


def test_an_evse_is_found_once_and_told_about(station: Station) -> None:
    told: list[object] = []
    station.subscribe(told.append)
    evse = station.evse(2)
    assert station.evse(2) is evse
    assert told == [station]
    assert evse.limits.maximum == 16
    assert station.sole_evse() is evse
    station.evse(1)
    assert list(station.evses) == [1, 2]
    assert station.sole_evse() is None


def test_an_evse_that_is_there_no_more_can_be_dismissed_for_good(station: Station, ledger: Ledger) -> None:
    heard: list[object] = []
    station.evse(1)
    second = station.evse(2)
    station.subscribe(heard.append)
    second.status_at, station.connected = datetime.now(UTC), True
    assert not station.dismiss(2)
    second.transaction, station.connected = Transaction("7", station.name, 2, 1, None, None, None), False
    assert not station.dismiss(2)
    assert (list(station.evses), heard) == ([1, 2], [])
    second.transaction = None
    assert station.dismiss(2)
    assert (list(station.evses), heard) == ([1], [station])
    assert station.dismiss(2)
    assert list(Station(station.name, ledger).evses) == [1]


def test_an_evse_that_a_connected_station_does_not_report_may_go(station: Station) -> None:
    station.evse(2)
    station.connected = True
    assert station.dismiss(2)


def test_who_stops_watching_hears_nothing(station: Station) -> None:
    told: list[object] = []
    stop = station.subscribe(told.append)
    stop()
    station.changed(station)
    assert told == []


def test_a_listener_may_stop_watching_while_it_is_told(station: Station) -> None:
    told: list[object] = []
    stops = [station.subscribe(lambda part: (told.append(part), stops[0]())), station.subscribe(told.append)]
    station.changed(station)
    station.changed(station)
    assert told == [station, station, station]


def test_events_reach_their_witnesses(station: Station) -> None:
    seen: list[Event] = []
    stop = station.witness(seen.append)
    event = Event(Kind.BOOT, NOON)
    station.emit(event)
    stop()
    station.emit(event)
    assert seen == [event]


def test_a_notice_stays_until_it_is_settled(station: Station) -> None:
    told: list[object] = []
    station.subscribe(told.append)
    station.notice("clock_wrong", offset="3600")
    station.notice("clock_wrong", offset="3600")
    assert station.notices["clock_wrong", 0].data == {"offset": "3600"}
    assert told == [station]
    station.settle("clock_wrong")
    station.settle("clock_wrong")
    assert station.notices == {}
    assert told == [station, station]


def test_oddities_are_counted(station: Station) -> None:
    station.count("unknown_unit")
    station.count("unknown_unit")
    assert station.counters == {"unknown_unit": 2}


def test_a_station_does_not_fill_the_memory_with_oddities_in_its_own_words(station: Station) -> None:
    for number in range(1000):
        station.count(f"cost: {number:0500}")
        station.count("unknown_unit")
    assert len(station.counters) <= 202
    assert max(map(len, station.counters)) == 100
    assert station.counters["unknown_unit"] == 1000
    assert sum(station.counters.values()) == 2000


def test_a_station_keeps_what_it_left_out_of_a_later_boot(station: Station) -> None:
    station.identify(Identity(vendor="Acme", model="Wall", firmware="1.0", serial="S1"))
    station.identify(Identity(vendor="Acme", model="Wall", firmware="1.1"))
    assert station.identity == Identity(vendor="Acme", model="Wall", firmware="1.1", serial="S1")


async def test_a_station_remembers_over_a_restart(station: Station, ledger: Ledger) -> None:
    station.identify(Identity(vendor="Acme", model="Wall"))
    evse = station.evse(1)
    station.connect("1.6", commands(Obedient()))
    await station.limit(evse, "user", 10)
    await station.limit(evse, "solar", 7)
    ended = ledger.start(Opening("Garage", 1, 1, "CARD", NOON, 100))
    ledger.stop(ended, Closing(NOON, 900))
    running = ledger.start(Opening("Garage", 1, 1, "CARD", NOON.replace(hour=13), 900))

    again = Station("Garage", ledger)
    assert again.identity == Identity(vendor="Acme", model="Wall")
    assert again.version == "1.6"
    assert not again.connected
    known = again.evses[1]
    assert known.limits.wishes == {"user": 10}
    assert known.transaction is not None
    assert known.transaction.id == running.id
    assert known.previous is not None
    assert known.previous.id == ended.id


async def test_a_pause_outlives_a_restart_and_so_does_its_end(ledger: Ledger) -> None:
    station = Station("Garage", ledger)
    station.connect("1.6", commands(Obedient()))
    for source, amps in (("user", 10), ("pause", 0), ("solar", 7)):
        await station.limit(station.evse(1), source, amps)
    assert Station("Garage", ledger).evses[1].limits.wishes == {"user": 10, "pause": 0}
    await station.limit(station.evse(1), "pause", None)
    assert Station("Garage", ledger).evses[1].limits.wishes == {"user": 10}


def test_what_a_probe_found_is_known_again_until_the_firmware_changes(ledger: Ledger) -> None:
    found = Findings("TxProfile", "Absolute", ("A",), tells=True)
    ledger.remember("Garage", "identity", {"firmware": "1.0"})
    ledger.remember("Garage", "evses", [1])
    ledger.remember("Garage", "probe/1", found.record("1.0"))
    station = Station("Garage", ledger)
    assert station.evses[1].limits.findings == found
    station.identify(Identity(firmware="1.1"))
    assert station.evses[1].limits.findings is None


def test_a_wish_can_be_forgotten(ledger: Ledger) -> None:
    ledger.remember("Garage", "evses", [1])
    ledger.remember("Garage", "wish/1", None)
    assert Station("Garage", ledger).evses[1].limits.effective is None


async def test_the_lowest_wish_reaches_the_station_and_is_confirmed(station: Station) -> None:
    peer = Obedient()
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    await station.limit(evse, "user", 10)
    await station.limit(evse, "fuse", 12)
    await station.limit(evse, "solar", 8)
    await station.limit(evse, "solar", None)
    assert peer.limits == [(1, 10), (1, 8), (1, 10)]
    assert (evse.limits.confirmed, evse.limits.method) == (10, "TxProfile/A/Absolute")


async def test_a_change_of_phases_is_written_where_they_can_be_chosen(station: Station) -> None:
    peer = Obedient()
    peer.switching = True
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    for phases in (3, 3, 1):
        await station.limit(evse, "user", 10, phases)
    assert peer.phases == [3, 1]
    assert evse.limits.confirmed_phases == 1


async def test_phases_nobody_can_choose_are_ignored(station: Station) -> None:
    peer = Obedient()
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    for phases in (3, 1):
        await station.limit(evse, "user", 10, phases)
    assert peer.phases == [None]
    assert station.target(evse) == Target(10)


@pytest.mark.parametrize(("says", "owner", "able"), [(True, None, True), (True, False, False), (False, True, True)])
async def test_the_owner_knows_best_whether_phases_are_switched(
    station: Station, says: bool, owner: bool | None, able: bool
) -> None:
    evse = station.evse(1)
    assert not station.switches(evse)
    peer = Obedient()
    peer.switching = says
    station.connect("1.6", commands(peer))
    station.settings.switching = owner
    assert station.switches(evse) is able


async def test_a_refused_wish_stays_and_is_told_with_the_words_of_the_station(station: Station) -> None:
    peer = Obedient()
    peer.words = "Load balancer is disabled"
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    with pytest.raises(Refused, match="Rejected: Load balancer is disabled"):
        await station.limit(evse, "user", 10)
    assert evse.limits.effective == 10
    assert not evse.limits.settled
    assert station.notices == {}, "whoever wished it was told; it is a repair when it happens again"
    with pytest.raises(Refused):
        await station.align(evse)
    assert station.notices["limit_refused", 1].data == {"limit": "10", "reason": "Rejected: Load balancer is disabled"}
    peer.words = None
    await station.align(evse)
    assert evse.limits.confirmed == 10
    assert station.notices == {}


async def test_a_lifted_limit_that_is_refused_names_no_amperes(station: Station) -> None:
    peer = Obedient()
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    await station.limit(evse, "user", 10)
    peer.words = "no"
    for _ in range(2):
        with pytest.raises(Refused):
            await station.limit(evse, "user", None)
    assert station.notices["limit_refused", 1].data["limit"] == "-"


async def test_a_refused_wish_that_is_given_up_is_no_longer_told(station: Station) -> None:
    peer = Obedient()
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    await station.limit(evse, "user", 10)
    peer.words = "no"
    for _ in range(2):
        with pytest.raises(Refused):
            await station.limit(evse, "user", 8)
    await station.limit(evse, "user", 10)
    assert station.notices == {}
    assert peer.limits == [(1, 10), (1, 8), (1, 8)], "it has had that limit all the time"


async def test_a_reconnect_makes_the_limit_doubtful_and_it_is_applied_once_more(station: Station) -> None:
    peer = Obedient()
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    await station.limit(evse, "user", 10)
    station.disconnect()
    assert not station.connected
    station.connect("1.6", commands(peer))
    await station.align(evse)
    await station.align(evse)
    assert peer.limits == [(1, 10), (1, 10)]


def test_what_was_proved_is_over_with_the_connection(station: Station) -> None:
    assert (station.proved, station.certified) == (None, None)
    station.proved, station.certified = 3, "4711"
    station.disconnect()
    assert (station.proved, station.certified) == (None, None)


async def test_a_station_that_is_away_cannot_be_asked(station: Station) -> None:
    with pytest.raises(Offline, match="Garage is not connected"):
        await station.limit(station.evse(1), "user", 10)


async def test_a_station_without_smart_charging_says_so(station: Station) -> None:
    station.connect("1.6", commands(None))
    with pytest.raises(Unsupported, match="SmartCharging"):
        await station.limit(station.evse(1), "user", 10)


async def test_an_evse_or_all_are_taken_in_and_out_of_use(ledger: Ledger) -> None:
    station = Station("CP1", ledger)
    one, two = station.evse(1), station.evse(2)
    station.make_operative(2, False)
    assert (station.operative, one.operative, two.operative) == (None, None, False)
    station.make_operative(0, True)
    assert (station.operative, one.operative, two.operative) == (True, True, True)


async def test_between_two_transactions_there_is_a_rest(ledger: Ledger) -> None:
    station = Station("CP1", ledger)
    known = ledger.start(Opening("CP1", 1, 1, "A", NOON, 0))
    ledger.stop(known, Closing(NOON, 1))
    station.evse(1)
    station.evse(2)
    assert station.rest(1, 300, NOON) == station.rest(None, 300, NOON) == 300
    assert (station.rest(2, 300, NOON), station.rest(1, 0, NOON)) == (0, 0)


def test_a_station_that_speaks_another_version_has_other_variables(station: Station) -> None:
    key = VariableKey("", "HeartbeatInterval")
    station.variables.put(Variable(key, "60"))
    station.connect("1.6", commands(None))
    station.connect("1.6", commands(None))
    assert station.variables.text("HeartbeatInterval") == "60"
    station.connect("2.0.1", commands(None))
    assert station.variables.known == {}


def test_a_station_has_the_policy_of_the_household_or_one_of_its_own(ledger: Ledger) -> None:
    household = Household(policy=Policy(Unknown.REFUSE))
    station = Station("CP1", ledger, household=household)
    assert station.policy is household.policy
    station.settings.policy = Policy(Unknown.ASK)
    assert station.policy == Policy(Unknown.ASK)


class Reserving:
    """A peer that takes every reservation and every cancellation."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def reserve(self, reservation: Reservation) -> None:
        self.asked.append(("reserve", reservation.id))

    async def cancel(self, reservation: int) -> None:
        self.asked.append(("cancel", reservation))


def reserving(peer: Reserving | None) -> Commands:
    return Commands(Unasked(), Unasked(), reservations=peer)  # type: ignore[arg-type]  # only for reservations


MINE = Booking(Reservation(5, 1, "CARD-1", NOON + timedelta(hours=1)), NOON)


async def test_what_begins_now_is_reserved_at_once(station: Station) -> None:
    peer = Reserving()
    station.connect("1.6", reserving(peer))
    await station.reserve(MINE, NOON)
    assert peer.asked == [("reserve", 5)]
    assert list(station.agenda) == [replace(MINE, stage=Stage.HELD)]
    await station.cancel(5)
    await station.cancel(7)
    assert peer.asked[1:] == [("cancel", 5), ("cancel", 7)]


async def test_what_comes_later_or_cannot_be_told_waits_in_the_agenda(station: Station) -> None:
    peer = Reserving()
    station.connect("1.6", reserving(peer))
    await station.reserve(MINE, NOON - timedelta(hours=1))
    assert list(station.agenda) == [MINE]
    await station.cancel(5)
    station.disconnect()
    await station.reserve(MINE, NOON)
    assert list(station.agenda) == [MINE]
    assert peer.asked == []
    await station.cancel(5)
    assert list(station.agenda) == []
    with pytest.raises(Offline):
        await station.cancel(5)


async def test_a_station_without_reservations_says_so(station: Station) -> None:
    station.connect("1.6", reserving(None))
    with pytest.raises(Unsupported):
        await station.reserve(MINE, NOON)
    assert list(station.agenda) == []


async def test_what_is_booked_is_known_after_a_restart(station: Station, ledger: Ledger) -> None:
    station.evse(1)
    station.agenda.held(MINE.reservation, NOON)
    told: list[object] = []
    station.subscribe(told.append)
    station.agenda.book(replace(MINE, begin=NOON + timedelta(hours=2)).renamed(6), NOON)
    assert told == [station]
    again = Station(station.name, ledger)
    assert [booking.id for booking in again.agenda] == [5, 6]
    assert again.evse(1).reservation == MINE.reservation


async def test_what_others_than_the_owner_wish_may_wait(station: Station) -> None:
    peer = Obedient()
    peer.postponing = True
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    await station.limit(evse, "sun", 10)
    assert peer.limits == []
    await station.limit(evse, "user", 12)
    assert peer.limits == [(1, 10)]


async def test_an_owner_who_is_patient_waits_too(station: Station) -> None:
    peer = Obedient()
    peer.postponing = True
    station.connect("1.6", commands(peer))
    await station.limit(station.evse(1), "user", 12, patient=True)
    assert peer.limits == []
    peer.postponing = False
    await station.limit(station.evse(1), "user", 14, patient=True)
    assert peer.limits == [(1, 14)]


async def test_after_silence_nobody_knows_what_is_set(station: Station) -> None:
    peer = Obedient()
    station.connect("1.6", commands(peer))
    evse = station.evse(1)
    await station.limit(evse, "user", 10)
    peer.silent = True
    with pytest.raises(Unanswered):
        await station.limit(evse, "user", 8)
    assert not evse.limits.known


NIGHT = Plan((Leg(NOON, 7), Leg(NOON + timedelta(hours=1), 16)), NOON + timedelta(hours=2))


async def test_a_plan_is_left_that_is_never_above_the_safe_limit(station: Station) -> None:
    station.settings.safe_limit = 10
    evse = station.evse(1)
    assert await station.leave(evse, NIGHT) is Word.WAITING
    station.connect("1.6", commands(Obedient()))
    assert await station.leave(evse, NIGHT) is Word.UNVERIFIED
    assert evse.left.confirmed == NIGHT.capped(10)
    station.settings.safe_limit = 2
    await station.leave(evse, NIGHT)
    assert evse.left.confirmed == NIGHT.capped(6)
    station.settings.safe_limit = 0
    await station.leave(evse, NIGHT)
    assert evse.left.confirmed == NIGHT
    assert await station.leave(evse, None) is Word.NONE
    assert evse.left.confirmed is None


async def test_what_was_left_is_known_after_a_restart_and_doubted_when_the_station_goes(
    station: Station, ledger: Ledger
) -> None:
    evse = station.evse(1)
    station.connect("1.6", commands(Obedient()))
    await station.leave(evse, NIGHT)
    station.keep("left/1", evse.left.record())
    station.disconnect()
    assert not evse.left.known
    assert Station(station.name, ledger).evse(1).left.confirmed == NIGHT
