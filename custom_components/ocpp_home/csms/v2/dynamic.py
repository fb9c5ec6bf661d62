"""Dynamic profiles: one limit that changes without the profile being written again (OCPP 2.1 - K28).

Those that are installed are remembered, for the station may ask for an update after a restart of ours.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ..dialogue import ways
from ..dialogue.call import Handler
from ..dialogue.fields import whole
from ..dialogue.ways import DYNAMIC, Method
from ..model.station import Station
from ..model.transaction import Json
from ..wire.frame import Payload

UNSET: Final = frozenset({"startPeriod", "numberPhases", "phaseToUse", "operationMode", "evseSleep"})
"""What a period has and an update has not."""


def pull_dynamic_schedule_update(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell the limits of a dynamic profile (K28.FR.07); there may be no such profile (K28.FR.12)."""
    number = whole(payload, "chargingProfileId")
    values = _values(station, station.ledger.recall(station.name, _key(number)))
    if not values:
        return {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidProfile"}}
    return {"status": "Accepted", "scheduleUpdate": values}


REQUESTS: Final[dict[str, Handler]] = {"PullDynamicScheduleUpdate": pull_dynamic_schedule_update}


def remember(station: Station, number: int, evse: int, method: Method) -> None:
    """Note that the limit of an EVSE is written by this profile of ours."""
    station.keep(_key(number), {"evse": evse, "method": method.record()})


def remember_as_is(station: Station, profile: Payload) -> None:
    """Note a profile of somebody else; if it is not dynamic, there is none of that number any more."""
    if profile.get("chargingProfileKind") != DYNAMIC:
        forget(station, profile["id"])
        return
    period = profile["chargingSchedule"][0]["chargingSchedulePeriod"][0]
    station.keep(_key(profile["id"]), {"values": update(period)})


def forget(station: Station, number: int) -> None:
    """Note that a profile is gone."""
    station.keep(_key(number), None)


def update(period: Payload) -> dict[str, float]:
    """The values of a period that can be changed."""
    return {name: value for name, value in period.items() if name not in UNSET and isinstance(value, int | float)}


def _key(number: int | None) -> str:
    return f"dynamic/{number}"


def _values(station: Station, known: Json) -> Mapping[str, Json]:
    match known:
        case {"values": Mapping() as values}:
            return values
        case {"evse": int(number), "method": record} if (method := Method.recall(record)) is not None:
            evse = station.evse(number)
            target, limits = station.target(evse), evse.limits
            # an update cannot change the phases, so until they are written the lower limit holds
            waiting = () if target.phases == limits.confirmed_phases else (limits.confirmed,)
            amps = min((each for each in (target.amps, *waiting) if each is not None), default=limits.maximum)
            return update(ways.period(station, evse, method, amps, limits.confirmed_phases))
    return {}
