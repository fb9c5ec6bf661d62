"""Charging profiles of ours in the words of OCPP 1.6 ed. 2 - 3.13, 5.16, 7.8 to 7.14; `charging.py` sends them."""

from datetime import datetime, timedelta
from typing import Final

from ..dialogue import ways
from ..dialogue.call import consent, quirks_of
from ..dialogue.ways import TX, Method, Offer
from ..model.errors import Unsupported
from ..model.evse import Evse
from ..model.limit import MINIMUM
from ..model.plan import Plan
from ..model.station import Station
from ..wire.frame import Payload

MAX: Final = "ChargePointMaxProfile"
SWITCHES: Final = "ConnectorSwitch3to1PhaseSupported"


def offer(station: Station) -> Offer:
    """What the station takes as far as it tells."""
    units = station.variables.words("ChargingScheduleAllowedChargingRateUnit")
    level = station.variables.number("ChargeProfileMaxStackLevel")
    periods = ways.most_periods(station.variables.number("ChargingScheduleMaxPeriods"))
    return Offer(MAX, ways.units(station, units), ways.top_level(station, level), periods=periods)


def switches(station: Station) -> bool:
    """Whether it says that it switches between 3 phases and 1 (OCPP 1.6 ed. 2 - 9.4.4)."""
    names = filter(None, (SWITCHES, quirks_of(station).phase_key))
    return any(station.variables.flag(name) is True for name in names)


def build(station: Station, evse: Evse, method: Method, amps: float, phases: int | None = None) -> Payload:
    """A profile with one limit, without end, for as many `phases` as are chosen."""
    period = ways.period(station, evse, method, amps, phases)
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


def planned(station: Station, evse: Evse, method: Method, plan: Plan) -> Payload:
    """A profile that follows a plan and ends with it."""
    made = build(station, evse, method, MINIMUM) | {"chargingProfileId": ways.plan_id(evse.id)}
    return {**made, "chargingSchedule": made["chargingSchedule"] | ways.planned(station, evse, method, plan)}


def timed(made: Payload, now: datetime, lease: timedelta | None = None) -> Payload:
    """The profile as of now; with a lease it ends by itself."""
    profile, schedule = ways.timing(made["chargingProfileKind"], now, lease)
    return {**made, **profile, "chargingSchedule": {**made["chargingSchedule"], **schedule}}


def taken(answer: Payload) -> None:
    """Raise Unsupported for NotSupported, which speaks of all such requests, and Refused for Rejected (7.11)."""
    if answer.get("status") == "NotSupported":
        raise Unsupported("NotSupported")
    consent(answer)
