"""What a car needs and what it will do (OCPP 2.0.1 ed. 3 - K15 to K17; OCPP 2.1 - K18 to K20, Q01)."""

from datetime import datetime
from typing import Final

from ..dialogue import clock, effect
from ..dialogue.call import Handler
from ..dialogue.fields import number, text, whole
from ..dialogue.place import evse_at
from ..model.evse import Evse
from ..model.needs import Needs
from ..model.station import Station
from ..wire.frame import Payload
from . import v2x
from .charging import Charging


def notify_ev_charging_needs(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note what the car needs; a profile for it follows (K15.FR.02, K15.FR.03, K15.FR.07, K16.FR.12, Q01.FR.07)."""
    evse = evse_at(station, whole(payload, "evseId"))
    if evse is None:
        return {"status": "Rejected"}
    evse.needs = needs = _needs(payload, now)
    station.changed(evse)
    if not v2x.accepts(station, evse, needs.transfer):
        return {"status": "Rejected"}  # Q01.FR.04, K18.FR.22, K19.FR.15: it is stopped, or asks for something else
    charging = _charging(station)
    if charging is None:
        # K18.FR.04, K19.FR.04: to a car of ISO 15118-20 Rejected would mean more than that there is no schedule
        modern = "controlMode" in payload["chargingNeeds"]
        return {"status": "NoChargingProfile" if modern else "Rejected"}
    charging.owe(evse)
    # K15.FR.05: a profile names its transaction, so without one it comes later
    return {"status": "Accepted" if evse.transaction is not None else "Processing"}


def notify_ev_charging_schedule(station: Station, payload: Payload, now: datetime) -> Payload:
    """Compare what the car will draw with its limit (K15.FR.11, K15.FR.12); it gets its limit again (K15.FR.13)."""
    evse = evse_at(station, whole(payload, "evseId"))
    if evse is not None and _within(evse, payload["chargingSchedule"]):
        return {"status": "Accepted"}
    charging = _charging(station)
    if evse is not None and charging is not None:
        charging.owe(evse)
    return {"status": "Rejected"}


REQUESTS: Final[dict[str, Handler]] = {
    "NotifyEVChargingNeeds": notify_ev_charging_needs,
    "NotifyEVChargingSchedule": notify_ev_charging_schedule,
}


def _charging(station: Station) -> Charging | None:
    found = station.commands.charging if station.commands is not None else None
    return found if isinstance(found, Charging) else None


def _within(evse: Evse, told: Payload) -> bool:
    allowed = evse.limits.maximum if evse.limits.confirmed is None else evse.limits.confirmed
    if evse.left.confirmed is not None:
        allowed = max(allowed, *(leg.amps for leg in evse.left.confirmed.legs))  # it was told what comes after
    drawn = effect.per_phase(effect.schedule(told, evse.id))
    return not any(effect.exceeds(amps, allowed) for amps in drawn)


def _needs(payload: Payload, now: datetime) -> Needs:
    told: Payload = payload["chargingNeeds"]
    empty: Payload = {}
    ac, dc = told.get("acChargingParameters") or empty, told.get("dcChargingParameters") or empty
    v2x = told.get("v2xChargingParameters") or empty
    return Needs(
        transfer=text(told, "requestedEnergyTransfer", 50),
        at=clock.parse(payload.get("timestamp")) or now,
        departure=clock.parse(told.get("departureTime")),
        energy=_first((ac, "energyAmount"), (dc, "energyAmount"), (v2x, "evTargetEnergyRequest")),
        minimum=_first((ac, "evMinCurrent"), (v2x, "minChargeCurrent")),
        maximum=_first((ac, "evMaxCurrent"), (dc, "evMaxCurrent"), (v2x, "maxChargeCurrent")),
        power=_first((dc, "evMaxPower"), (v2x, "maxChargePower")),
        state_of_charge=number(dc, "stateOfCharge"),
        full=number(dc, "fullSoC"),
        capacity=number(dc, "evEnergyCapacity"),
        tuples=whole(payload, "maxScheduleTuples"),
    )


def _first(*fields: tuple[Payload, str]) -> float | None:
    return next((value for payload, name in fields if (value := number(payload, name)) is not None), None)
