"""Answers: charging profiles and the composite schedule."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import offering, v16_transactions
from .car import MINIMUM
from .clock import moment, stamp
from .connector import Connector
from .dialect import Answer
from .oddities import Payload
from .profiles import MAX, TX, Profile
from .v16_core import ACCEPTED, REJECTED
from .wire import Refused, Silence

if TYPE_CHECKING:
    from .machine import Machine

UNITS = {"Current": "A", "Power": "W"}


def set_charging_profile(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.16."""
    connector, wanted = machine.connectors.get(payload["connectorId"]), payload["csChargingProfiles"]
    if "SmartCharging" not in machine.configuration.items("SupportedFeatureProfiles"):
        raise Refused("NotSupported", "no smart charging")  # errata 3.39
    if connector is None:
        raise Refused("PropertyConstraintViolation", "no such connector")  # errata 3.39
    if wanted["chargingProfileKind"] in machine.oddities.silent_kinds:
        raise Silence
    fixed = machine.oddities.refuses_profiles.get(wanted["chargingProfilePurpose"])
    if fixed is not None:
        if fixed in ("Rejected", "NotSupported"):
            return {"status": fixed}
        raise Refused(fixed, "as this brand does")
    profile = Profile(connector.number, machine.clock.now(), wanted)
    if not _acceptable(machine, connector, profile):
        return REJECTED
    if profile.purpose not in machine.oddities.ignores_profiles:
        machine.tick()
        _install(machine, connector, profile)
        machine.after_answer(_take_effect, machine)
    return ACCEPTED


def _acceptable(machine: Machine, connector: Connector, profile: Profile) -> bool:
    purpose_fits = (
        connector.number == 0 if profile.purpose == MAX else profile.purpose != TX or _fits(connector, profile)
    )
    return purpose_fits and _well_formed(machine, profile) and all(not odd(machine, profile) for odd in ODD_REFUSALS)


def _fits(connector: Connector, profile: Profile) -> bool:
    """3.13.1: a TxProfile needs an active transaction on its connector, and the right one if it names one."""
    if connector.number == 0 or connector.transaction is None:
        return False
    return profile.payload.get("transactionId", connector.transaction.id) == connector.transaction.id


def _well_formed(machine: Machine, profile: Profile) -> bool:
    keys, schedule = machine.configuration, profile.payload["chargingSchedule"]
    periods = schedule["chargingSchedulePeriod"]
    units = [UNITS[name] for name in keys.items("ChargingScheduleAllowedChargingRateUnit") if name in UNITS] or [
        "A",
        "W",
    ]
    recurring = profile.payload["chargingProfileKind"] == "Recurring"
    room = len(machine.profiles.installed) < keys.number("MaxChargingProfilesInstalled", 20)
    return (
        0 < len(periods) <= keys.number("ChargingScheduleMaxPeriods", 24)
        and periods[0]["startPeriod"] == 0  # errata 3.45
        and 0 <= profile.level <= keys.number("ChargeProfileMaxStackLevel", 8)
        and schedule["chargingRateUnit"] in units
        and (not recurring or ("recurrencyKind" in profile.payload and "startSchedule" in schedule))
        and (room or machine.profiles.replaces_any(profile))
    )


def _limits(profile: Profile) -> list[float]:
    return [period["limit"] for period in profile.payload["chargingSchedule"]["chargingSchedulePeriod"]]


def _not_past(machine: Machine, profile: Profile) -> bool:
    start = profile.payload["chargingSchedule"].get("startSchedule")
    return start is not None and moment(start) >= machine.clock.now()


ODD_REFUSALS: tuple[Callable[[Any, Profile], bool], ...] = (
    lambda m, p: p.payload["chargingProfileKind"] not in m.oddities.kinds,
    lambda m, p: (
        m.oddities.max_profile_not_relative and p.purpose == MAX and p.payload["chargingProfileKind"] == "Relative"
    ),
    lambda m, p: p.payload["chargingSchedule"]["chargingRateUnit"] not in m.oddities.units,
    lambda m, p: m.oddities.stack_level_zero_only and p.level != 0,
    lambda m, p: m.oddities.whole_amps_only and any(limit != int(limit) for limit in _limits(p)),
    lambda m, p: m.oddities.never_zero and 0 in _limits(p),
    lambda m, p: m.oddities.start_must_be_past and _not_past(m, p),
)


def _install(machine: Machine, connector: Connector, profile: Profile) -> None:
    before = connector.offered.amps
    if machine.oddities.ignores_zero and 0 in _limits(profile):
        return
    if machine.oddities.resumes_unlimited and connector.transaction and before == 0:
        machine.profiles.clear({})
        return
    machine.profiles.install(profile)


async def _take_effect(machine: Machine) -> None:
    machine.tick()
    for connector in machine.outlets:
        if machine.oddities.stops_below_minimum and connector.transaction and connector.offered.amps < MINIMUM:
            v16_transactions.stop(machine, connector, "Other")


def clear_charging_profile(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.5, errata 3.25: Unknown when nothing matched."""
    machine.tick()
    gone = machine.profiles.clear(payload)
    machine.after_answer(_take_effect, machine)
    return ACCEPTED if gone else {"status": "Unknown"}


def get_composite_schedule(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.7, errata 3.57: startSchedule is left out."""
    connector, unit = machine.connectors.get(payload["connectorId"]), payload.get("chargingRateUnit", "A")
    if connector is None or unit not in machine.oddities.units:
        return REJECTED
    now = machine.clock.now()
    periods = [
        {
            "startPeriod": offset,
            "limit": round(limit.amps if unit == "A" else limit.watts, 1),
            "numberPhases": limit.phases,
        }
        for offset, limit in offering.composite(machine, connector, now, payload["duration"])
    ]
    schedule = {"duration": payload["duration"], "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    return ACCEPTED | {"connectorId": connector.number, "scheduleStart": stamp(now), "chargingSchedule": schedule}


ANSWERS: dict[str, Answer] = {
    "SetChargingProfile": set_charging_profile,
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
}
