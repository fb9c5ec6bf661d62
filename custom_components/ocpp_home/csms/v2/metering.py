"""MeterValues (OCPP 2.0.1 ed. 3 - J01)."""

from datetime import datetime
from typing import Final

from ..dialogue import clock, intake
from ..dialogue.call import Handler
from ..dialogue.fields import whole
from ..dialogue.place import evse_at
from ..dialogue.sampled import newest
from ..model.station import Station
from ..wire.frame import Payload
from . import sampled


def meter_values(station: Station, payload: Payload, now: datetime) -> Payload:
    """Show what was measured outside of a transaction; what belongs to one is recorded with it all the same."""
    values = payload.get("meterValue")
    clock.learn(station, newest(values), now)
    readings = sampled.readings(station, values, now)
    # J01: "evseId 0: the main power meter", which is not that of an EVSE
    number = whole(payload, "evseId")
    evse = evse_at(station, number) if number else None
    if evse is None:
        if station.meter.update(intake.live(readings, now)):
            station.changed(station)
    elif readings and intake.take(station, evse, intake.transaction_of(evse, readings), readings, now):
        station.changed(evse)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"MeterValues": meter_values}
