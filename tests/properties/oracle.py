"""Whether the sessions as they are handed on are those that the stations had, by their own meters."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from custom_components.ocpp_home.csms.model.account import Holder, Query
from custom_components.ocpp_home.csms.record.session import Period, Session
from custom_components.ocpp_home.csms.record.totals import By

from .truth import Charge, Truth
from .world import World

EVERYTHING = Query(limit=1_000_000)
ALWAYS = Period(date(1970, 1, 1), date(2100, 1, 1))

type Found = dict[tuple[str, str], Session]


def compare(world: World, stations: list[Truth]) -> None:
    """Fail where the ledger, the totals or an EVSE tell anything else than the stations know."""
    sessions = world.run(world.records.sessions(EVERYTHING))
    found = {(one.transaction.station, one.transaction.id): one for one in sessions}
    assert len(found) == len(sessions), "two sessions of one id"
    for truth in stations:
        for charge in truth.charges:
            if charge.ids:
                assert len(charge.ids) == 1, f"{charge.name} is known as {charge.ids}"
                equal(found.pop((truth.name, *charge.ids)), charge)
        orphans(found, truth)
        places(world, truth)
    assert not found, f"nobody had these sessions: {list(found.values())}"
    totals(world, stations)


def equal(session: Session, charge: Charge) -> None:
    """Compare a session with what its station knows of it."""
    known, told = session.transaction, charge.told
    assert known.token == (charge.card if charge.carded else None), "the card"
    assert known.holder in holders(charge), "whose it was"
    assert known.evse == charge.evse or "start" not in told, "the EVSE"
    assert ("stop" in told) == (known.stop_received is not None), "whether its end was told"
    if "stop" in told:
        assert known.reason == charge.reason
    begun, ended = "start" in told, "stop" in told
    if not charge.blurred:
        assert known.offline is charge.offline, "whether it was told late"
        assert not begun or known.started == charge.started, "its begin"
        assert not ended or known.stopped == charge.stopped, "its end"
    if not charge.shaken:
        energy(session, charge, begun=begun, ended=ended)


def holders(charge: Charge) -> Sequence[Holder | None]:
    """Who may have had the card of a session when it was shown; where the clock was wrong, nobody can tell."""
    if not charge.carded:
        return [None]
    return charge.owners if charge.blurred and charge.owners else [charge.holder]


def energy(session: Session, charge: Charge, *, begun: bool, ended: bool) -> None:
    """Compare what was delivered, as far as it was told."""
    known = session.transaction
    delivered = None if charge.told_register is None else charge.told_register - charge.meter_start
    if begun:
        assert known.meter_start == charge.meter_start, "the register at its begin"
    if begun and ended:
        assert charge.meter_stop is not None
        assert known.energy is not None
        assert abs(known.energy - (charge.meter_stop - charge.meter_start)) < 1, f"its energy: {known} {vars(charge)}"
        assert session.account is not None
        assert abs(session.account.energy - known.energy) < 1, "what is handed on"
    elif known.energy is not None:
        assert delivered is not None
        assert 0 <= known.energy < delivered + 1, "energy that was never delivered"
        if begun and not charge.blurred and "measure" in charge.told:
            assert known.energy > delivered - 1, "energy that was told"


def orphans(found: Found, truth: Truth) -> None:
    """Take the stops without a start, which have no name in common with their station, and compare them."""
    lost = [one for one in truth.charges if one.nameless and "stop" in one.told]
    blurred = any(one.blurred for one in lost)
    mine = [key for key, one in found.items() if key[0] == truth.name and one.transaction.orphan]
    ends = [found[key].transaction for key in mine]
    told = Counter((None if blurred else one.stopped, one.meter_stop) for one in ends)
    assert told == Counter((None if blurred else one.stopped, one.meter_stop) for one in lost), "stops without a start"
    for key in mine:
        one = found.pop(key).transaction
        assert (one.token, one.holder, one.energy) == (None, None, None)


def places(world: World, truth: Truth) -> None:
    """Compare what the EVSEs are believed to be busy with."""
    if truth.disordered:
        return
    station = world.station(truth.name)
    for number in truth.meters:
        if truth.dubious(number):
            continue
        evse, open_here = station.evses.get(number), truth.open_at(number)
        running = evse.transaction if evse is not None else None
        expected = next(iter(open_here.ids)) if open_here is not None else None
        assert (running.id if running is not None else None) == expected, f"what runs at {truth.name}/{number}"
        if running is not None:
            assert running is station.ledger.find(truth.name, running.id)


def totals(world: World, stations: list[Truth]) -> None:
    """Compare what each person has used, where nothing went wrong that nobody could mend."""
    charges = [charge for truth in stations for charge in truth.charges if charge.known]
    if not all(charge.plain and {"start", "stop"} <= set(charge.told) for charge in charges):
        return
    expected: Counter[str | None] = Counter()
    for charge in charges:
        assert charge.meter_stop is not None
        person = charge.holder.person if charge.carded and charge.holder else None
        expected[person] += charge.meter_stop - charge.meter_start
    told = world.run(world.records.totals(ALWAYS, By.PERSON))
    assert {one.name: one.energy for one in told} == dict(expected), "the totals of the people"
