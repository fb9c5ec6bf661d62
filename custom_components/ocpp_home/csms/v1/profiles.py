"""Charging profiles of ours in the words of OCPP 1.6 ed. 2 - 3.13, 5.16, 7.8 to 7.14; `charging.py` sends them."""

from datetime import datetime, timedelta
from typing import Final

from ..dialogue import ways
from ..dialogue.call import consent
from ..dialogue.ways import TX, Method, Offer
from ..model.errors import Unsupported
from ..model.evse import Evse
from ..model.station import Station
from ..wire.frame import Payload

MAX: Final = "ChargePointMaxProfile"


def offer(station: Station) -> Offer:
    """What the station takes as far as it tells."""
    units = station.variables.words("ChargingScheduleAllowedChargingRateUnit")
    level = station.variables.number("ChargeProfileMaxStackLevel")
    return Offer(MAX, ways.units(station, units), ways.top_level(station, level))


def build(station: Station, evse: Evse, method: Method, amps: float) -> Payload:
    """A profile with one limit, without end."""
    period = ways.period(station, evse, method, amps)
    made: Payload = {
        "chargingProfileId": ways.profile_id(evse.id, method.purpose),
        "stackLevel": method.level,
        "chargingProfilePurpose": method.purpose,
        "chargingProfileKind": method.kind,
        "chargingSchedule": {"chargingRateUnit": method.unit, "chargingSchedulePeriod": [period]},
    }
    if method.purpose == TX and evse.transaction is not None and evse.transaction.id.isdecimal():
        made["transactionId"] = int(evse.transaction.id)
    return made


def timed(made: Payload, now: datetime, lease: timedelta | None = None) -> Payload:
    """The profile as of now; with a lease it ends by itself."""
    profile, schedule = ways.timing(made["chargingProfileKind"], now, lease)
    return {**made, **profile, "chargingSchedule": {**made["chargingSchedule"], **schedule}}


def taken(answer: Payload) -> None:
    """Raise Unsupported for NotSupported, which speaks of all such requests, and Refused for Rejected (7.11)."""
    if answer.get("status") == "NotSupported":
        raise Unsupported("NotSupported")
    consent(answer)
