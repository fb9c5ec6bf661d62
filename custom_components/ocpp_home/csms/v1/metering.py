"""MeterValues (OCPP 1.6 ed. 2 - 4.7) and the `transactionData` of a stop."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from ..dialogue import clock, intake
from ..dialogue.call import Handler, quirks_of
from ..dialogue.fields import whole
from ..dialogue.sampled import BEGIN, NOT_TOLD, Registers, newest
from ..model.evse import Evse
from ..model.meter import Quantity, Reading
from ..model.station import Station
from ..model.transaction import Transaction
from ..wire.frame import Payload
from . import sampled
from .place import evse_of

SWAPPED: Final = {
    Quantity.POWER_EXPORT: Quantity.POWER,
    Quantity.CURRENT_EXPORT: Quantity.CURRENT_IMPORT,
    Quantity.ENERGY_EXPORT: Quantity.ENERGY_IMPORT,
}


def meter_values(station: Station, payload: Payload, now: datetime) -> Payload:
    """Record what was measured, and show it where it is news."""
    values = payload.get("meterValue")
    clock.learn(station, newest(values), now)
    readings = read(station, values, now, _begun(station, payload))
    if not readings:
        return {}
    evse = _evse(station, payload)
    transaction = _transaction(station, evse, payload, readings)
    if evse is None and transaction is not None:
        evse = station.evse(transaction.evse)
    if evse is None:
        if station.meter.update(intake.live(readings, now)):
            station.changed(station)
    elif intake.take(station, evse, transaction, readings, now):
        station.changed(evse)
    return {}


def read(station: Station, values: object, now: datetime, registers: Registers = NOT_TOLD) -> list[Reading]:
    """The readings of a list of meter values, with what a station is known to call by the wrong name put right."""
    readings = sampled.readings(station, values, now, registers)
    if not quirks_of(station).export_is_import:
        return readings
    return [replace(reading, quantity=SWAPPED.get(reading.quantity, reading.quantity)) for reading in readings]


def _begun(station: Station, payload: Payload) -> Registers:
    """Where the register of the running transaction began: StartTransaction has told it, only not signed.

    Signed meter values v1.0 - 3.1.2: a MeterValues.req brings the signature, without the value.
    """
    evse = station.evses.get(whole(payload, "connectorId") or 1)
    running = None if evse is None else evse.transaction
    number = whole(payload, "transactionId")
    if running is None or running.meter_start is None or (number is not None and str(number) != running.id):
        return NOT_TOLD
    return {BEGIN: running.meter_start}


def _evse(station: Station, payload: Payload) -> Evse | None:
    """The EVSE that was measured; connector 0 stands for the only one as long as that has no values of its own."""
    evse = evse_of(station, payload)
    if evse is None:
        return None
    if whole(payload, "connectorId"):
        evse.metered = True
    elif evse.metered and whole(payload, "transactionId") is None:
        return None
    return evse


def _transaction(
    station: Station, evse: Evse | None, payload: Payload, readings: Sequence[Reading]
) -> Transaction | None:
    """The transaction that readings belong to: by number, else by connector and time."""
    number = whole(payload, "transactionId")
    current = evse.transaction if evse is not None else None
    if number is not None:
        if current is not None and current.id == str(number):
            return current
        found = station.ledger.find(station.name, str(number))
        if found is not None:
            return found
    return intake.transaction_of(evse, readings)


REQUESTS: Final[dict[str, Handler]] = {"MeterValues": meter_values}
