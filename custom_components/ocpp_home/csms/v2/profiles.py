"""Charging profiles in the words of OCPP 2.0.1 ed. 3 - K01 and OCPP 2.1 - K01, K28; `charging.py` sends them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from ..dialogue import ways
from ..dialogue.ways import ABSOLUTE, DYNAMIC, RELATIVE, TX, Method, Offer
from ..model.errors import Invalid
from ..model.evse import Evse
from ..model.limit import MINIMUM
from ..model.plan import Plan
from ..model.station import Station
from ..wire.frame import Payload

MAX: Final = "ChargingStationMaxProfile"
NOTICED: Final = timedelta(seconds=30)
"""OCPP 2.1 - Q11: a station notices within 30 s that it is alone, and counts from then on."""
PRIORITY: Final = "PriorityCharging"
EXTERNAL: Final = "ChargingStationExternalConstraints"
GENERATION: Final = "LocalGeneration"
CONTROLLER: Final = "SmartChargingCtrlr"

ONLY: Final = "ChargingOnly"
"""OCPP 2.1 - 3.4: what a period without an operation mode means."""
MODES: Final = {
    MAX: frozenset({ONLY}),
    PRIORITY: frozenset({ONLY}),
    GENERATION: frozenset({ONLY, "ExternalLimits"}),
}
"""OCPP 2.1 - table 95: the operation modes of the purposes that do not know all of them."""
REQUIRED: Final = {ONLY: "limit", "CentralSetpoint": "setpoint", "CentralFrequency": "setpoint"}
"""OCPP 2.1 - 2.2 (V2X), limits and setpoints per operation mode: what a period of the mode must have."""
LIMITS: Final = ("limit", "dischargeLimit")
FOREIGN: Final = {
    "CentralSetpoint": LIMITS,
    ONLY: ("dischargeLimit", "setpoint", "setpointReactive"),
    "CentralFrequency": ("setpointReactive",),
    "LocalFrequency": ("limit", "dischargeLimit", "setpointReactive"),
    "ExternalSetpoint": ("setpointReactive",),
    "ExternalLimits": ("setpoint", "setpointReactive"),
    "LocalLoadBalancing": ("limit", "dischargeLimit", "setpointReactive"),
}
"""The same table, and Q03.FR.02: what a period of the mode must not have, nor its `_L2` and `_L3`."""


def supports(station: Station, name: str) -> bool:
    """Whether the station says that it can do something only 2.1 knows."""
    return station.version == "2.1" and station.variables.flag(name, CONTROLLER) is True


def offer(station: Station) -> Offer:
    """What the station takes as far as it tells."""
    told = station.variables.words("RateUnit", CONTROLLER)
    if _direct(station, 0):
        told = [word for word in told or ("W",) if word != "A"]  # its A is that of the car's battery, not of the grid
    units = ways.units(station, told)
    level = ways.top_level(station, station.variables.number("ProfileStackLevel", CONTROLLER))
    dynamic = (DYNAMIC,) if supports(station, "SupportsDynamicProfiles") else ()
    periods = ways.most_periods(station.variables.number("PeriodsPerSchedule", CONTROLLER))
    return Offer(MAX, units, level, (*dynamic, ABSOLUTE, RELATIVE), periods)


def lowest(station: Station) -> int:
    """K01.FR.80 (2.1): our ids lie above this one; those below are the station's own."""
    return max(0, int(station.variables.number("MaxExternalConstraintsId", CONTROLLER) or 0))


def switches(station: Station, evse: int) -> bool:
    """Whether it says that an EVSE switches from 3 phases to 1, or chooses the one; direct current has no phases."""
    able = station.variables.flag("Phases3to1", CONTROLLER) is True or _chooses(station, evse)
    return able and not _direct(station, evse)


def build(station: Station, evse: Evse, method: Method, amps: float, phases: int | None = None) -> Payload:
    """A profile with one limit, without end, for as many `phases` as are chosen."""
    number = lowest(station) + ways.profile_id(evse.id, method.purpose)
    period = ways.period(station, evse, method, amps, phases)
    if _direct(station, evse.id):
        period.pop("numberPhases", None)  # K01.FR.44 (2.1): NoPhaseForDC
    schedule = {"id": number, "chargingRateUnit": method.unit, "chargingSchedulePeriod": [period]}
    made: Payload = {
        "id": number,
        "stackLevel": method.level,
        "chargingProfilePurpose": method.purpose,
        "chargingProfileKind": method.kind,
        "chargingSchedule": [schedule],
    }
    if method.purpose == TX and evse.transaction is not None:
        made["transactionId"] = evse.transaction.id  # K01.FR.03
    return made


def planned(station: Station, evse: Evse, method: Method, plan: Plan) -> Payload:
    """A profile that follows a plan and ends with it."""
    made = build(station, evse, method, MINIMUM)
    number = lowest(station) + ways.plan_id(evse.id)
    schedule = {**made["chargingSchedule"][0], "id": number, **ways.planned(station, evse, method, plan)}
    if _direct(station, evse.id):
        for period in schedule["chargingSchedulePeriod"]:
            period.pop("numberPhases", None)  # K01.FR.44 (2.1): NoPhaseForDC
    return {**made, "id": number, "chargingSchedule": [schedule]}


def timed(made: Payload, now: datetime, lease: timedelta | None = None) -> Payload:
    """The profile as of now; with a lease it ends by itself."""
    profile, schedule = ways.timing(made["chargingProfileKind"], now, lease)
    return {**made, **profile, "chargingSchedule": [each | schedule for each in made["chargingSchedule"]]}


def guarded(made: Payload, lease: timedelta | None) -> Payload:
    """K01.FR.101 (2.1): with a lease it does not hold while the station is longer without us, nor ever after."""
    if lease is None:
        return made
    seconds = max(1, int((lease - NOTICED).total_seconds()))
    return made | {"maxOfflineDuration": seconds, "invalidAfterOfflineDuration": True}


def check(station: Station, evse: int, profile: Payload) -> None:
    """Raise Invalid for a profile the specification does not let a central system send."""
    for fault in (*_purpose(station, evse, profile), *_kind(profile), *_schedules(station, evse, profile)):
        raise Invalid(fault)


def collide(one: Payload, other: Payload) -> bool:
    """Whether two profiles of one purpose, level and EVSE must not both be there.

    K01.FR.39: those of one transaction never; K01.FR.06: others not when they are valid at the same time.
    """
    if other.get("chargingProfilePurpose") == TX:
        return one.get("transactionId") == other.get("transactionId")
    return _before(one.get("validFrom"), other.get("validTo")) and _before(other.get("validFrom"), one.get("validTo"))


def _before(begin: str | None, end: str | None) -> bool:
    return begin is None or end is None or datetime.fromisoformat(begin) < datetime.fromisoformat(end)


def _purpose(station: Station, evse: int, profile: Payload) -> Iterator[str]:
    purpose = profile.get("chargingProfilePurpose")
    number = profile.get("id")
    if purpose == EXTERNAL:
        yield "K01.FR.22: external constraints are set by others than a central system"
    if purpose == TX and not evse:
        yield "K01.FR.16: a TxProfile is of one EVSE"
    if purpose == TX and not profile.get("transactionId"):
        yield "K01.FR.03: a TxProfile names its transaction"
    if purpose == MAX and evse:
        yield "a ChargingStationMaxProfile is of EVSE 0"
    if isinstance(number, int) and number <= lowest(station) != 0:
        yield f"K01.FR.80: ids up to {lowest(station)} are the station's own"


def _kind(profile: Payload) -> Iterator[str]:
    kind = profile.get("chargingProfileKind")
    schedules = _list(profile.get("chargingSchedule"))
    if kind == RELATIVE and profile.get("chargingProfilePurpose") == MAX:
        yield "K01.FR.38: a ChargingStationMaxProfile is never relative"
    if kind in {ABSOLUTE, "Recurring"} and not all("startSchedule" in schedule for schedule in schedules):
        yield "K01.FR.40: an absolute or recurring schedule has a start"
    if kind == RELATIVE and any("startSchedule" in schedule for schedule in schedules):
        yield "K01.FR.41: a relative schedule has no start"
    if kind == DYNAMIC and [len(_list(schedule.get("chargingSchedulePeriod"))) for schedule in schedules] != [1]:
        yield "K28.FR.01: a dynamic profile has one schedule of one period"
    if kind != DYNAMIC and "dynUpdateInterval" in profile:
        yield "K28.FR.04: only a dynamic profile is updated"


def _schedules(station: Station, evse: int, profile: Payload) -> Iterator[str]:
    for schedule in _list(profile.get("chargingSchedule")):
        periods = _list(schedule.get("chargingSchedulePeriod"))
        starts = [period.get("startPeriod", 0) for period in periods]
        if starts[:1] != [0]:
            yield "K01.FR.31: the first period starts at 0"
        if starts != sorted(starts):
            yield "K01.FR.35: periods are in the order of their start"
        most = station.variables.number("PeriodsPerSchedule", CONTROLLER)
        if most and len(periods) > most:
            yield f"the station takes {most:g} periods per schedule"
        yield from _periods(station, evse, str(profile.get("chargingProfilePurpose")), periods)


def _periods(station: Station, evse: int, purpose: str, periods: Iterable[Payload]) -> Iterator[str]:
    for period in periods:
        if "phaseToUse" in period and period.get("numberPhases") != 1:
            yield "K01.FR.19: a phase is chosen for one phase only"
        if "phaseToUse" in period and not _chooses(station, evse):
            yield "K01.FR.20: this EVSE does not switch phases"
        mode = str(period.get("operationMode", ONLY))
        if mode not in MODES.get(purpose, {mode}):
            yield f"a {purpose} knows no operation mode {mode}"
        if REQUIRED.get(mode, "operationMode") not in {"operationMode", *period}:
            yield f"the operation mode {mode} needs a {REQUIRED[mode]}"
        yield from (
            f"the operation mode {mode} knows no {name}"
            for name in FOREIGN.get(mode, ())
            if not period.keys().isdisjoint({name, f"{name}_L2", f"{name}_L3"})
        )


def _chooses(station: Station, evse: int) -> bool:
    """Whether an EVSE can choose the one phase with which it charges."""
    places = (evse, None) if evse else (None,)
    return any(station.variables.flag("ACPhaseSwitchingSupported", CONTROLLER, place) for place in places)


def _direct(station: Station, evse: int) -> bool:
    """Whether an EVSE, or any of the station (0), gives direct current: SupplyPhases is 0 then."""
    return any(station.variables.number("SupplyPhases", "EVSE", n) == 0 for n in ((evse,) if evse else station.evses))


def _list(value: object) -> list[Payload]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
