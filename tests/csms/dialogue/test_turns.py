"""Limits of others that begin and end by the clock."""

from datetime import UTC, datetime, timedelta

from custom_components.ocpp_home.csms.dialogue.turns import Turns
from custom_components.ocpp_home.csms.model.external import Announced
from custom_components.ocpp_home.csms.model.limit import ExternalLimit
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.v1.bench import until

LIMIT = ExternalLimit("SO", 6)


async def test_a_limit_comes_and_goes_when_its_time_has_come(station: Station) -> None:
    evse = station.evse(1)
    turns = Turns(station)
    changes: list[object] = []
    station.subscribe(changes.append)
    now = datetime.now(UTC)
    soon = Announced(((now + timedelta(seconds=0.03), LIMIT), (now + timedelta(seconds=0.06), None)))
    assert not evse.external.announce("SO", soon, now)
    station.changed(evse)
    await until(lambda: evse.external == {"SO": LIMIT})
    await until(lambda: evse.external == {})
    assert changes == [evse, evse, evse]
    turns.close()


async def test_what_has_come_true_while_the_station_was_away_is_found(station: Station) -> None:
    now = datetime.now(UTC)
    station.external.announce("SO", Announced(((now, LIMIT), (now + timedelta(hours=1), None))), now)
    station.evse(2).external.announce("EMS", Announced(((now + timedelta(hours=1), LIMIT),)), now)
    turns = Turns(station, lambda: now + timedelta(hours=2))
    assert station.external == {}
    assert station.evse(2).external == {"EMS": LIMIT}
    turns.close()


async def test_nobody_hears_of_it_after_the_end(station: Station) -> None:
    turns = Turns(station)
    turns.close()
    now = datetime.now(UTC)
    station.external.announce("SO", Announced(((now + timedelta(seconds=0.01), LIMIT),)), now)
    station.changed(station)
    assert station.external == {}
