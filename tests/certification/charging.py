"""Charging profiles of OCPP 2.x as the tests write them, and what a station shows of their effect."""

from datetime import datetime
from typing import Any

from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.charging import Charging
from tests.simulator import Station as Simulated

MAX, DEFAULT, TX = "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"


def charging(garage: Station) -> Charging:
    """The commands for limits and schedules, with those only 2.x has."""
    found = garage.require().charging
    assert isinstance(found, Charging)
    return found


def profile(
    number: int, purpose: str, *limits: tuple[int, float], start: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A profile with these periods (start in s, limit in A)."""
    periods = [{"startPeriod": begin, "limit": limit} for begin, limit in limits]
    schedule: dict[str, Any] = {"id": number, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    if start is not None:
        schedule["startSchedule"] = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": number,
        "stackLevel": 2,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute" if start else "Relative",
        "chargingSchedule": [schedule],
    } | more


def measured(evse: Evse) -> tuple[float | None, float | None]:
    """The current that is offered (A) and the power that flows (W), as the station's meter values tell."""
    return evse.offered, evse.meter.total(Quantity.POWER)


def written(station: Simulated) -> list[tuple[int, int]]:
    """EVSE and id of every profile the station was given."""
    return [(asked["evseId"], asked["chargingProfile"]["id"]) for asked in station.asked("SetChargingProfile")]


def lying(station: Simulated) -> list[int]:
    """The ids of the profiles that lie in the station."""
    return sorted(installed.payload["id"] for installed in station.profiles.installed)
