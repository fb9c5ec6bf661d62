"""MeterValues outside of transactions (OCPP 2.0.1 ed. 3 - J01)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.ocpp_home.csms.dialogue.clock import stamp
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v2.metering import REQUESTS, meter_values
from tests.csms.peer import Peer
from tests.csms.stage import NOW, ago
from tests.csms.v2.served import serve


def values(*wh: float, at: str = "") -> list[dict[str, Any]]:
    return [{"timestamp": at or ago(0), "sampledValue": [{"value": value} for value in wh]}]


async def test_what_is_measured_is_answered_and_shown(station: Station, peer: Peer) -> None:
    """J01.FR.18."""
    serve(peer, station, REQUESTS)
    told = values(1500, at=stamp(datetime.now(UTC)))
    assert (await peer.says("MeterValues", {"evseId": 1, "meterValue": told}))[2] == {}
    assert station.evse(1).register.total == 1500


def test_the_meter_of_the_station_is_not_that_of_an_evse(station: Station) -> None:
    evse = station.evse(1)
    seen: list[object] = []
    station.subscribe(seen.append)
    for _ in range(2):
        meter_values(station, {"evseId": 0, "meterValue": values(9000)}, NOW)
    assert (station.meter.total(Quantity.ENERGY_IMPORT), evse.meter.readings) == (9000, {})
    assert seen == [station]


def test_what_belongs_to_a_transaction_is_recorded_with_it(station: Station) -> None:
    started = NOW - timedelta(seconds=60)
    transaction = station.ledger.start(Opening("CP1", 1, 1, "A", started, 1000, id="t1", received=started))
    station.evse(1).transaction = transaction
    meter_values(station, {"evseId": 1, "meterValue": values(1400)}, NOW)
    assert transaction.energy == 400


def test_nothing_measured_is_nothing(station: Station) -> None:
    assert meter_values(station, {"evseId": 1}, NOW) == {}
    assert station.evse(1).meter.readings == {}
