"""Answers: charging profiles, reports of them, composite schedules (OCPP 2.0.1 ed. 3 - K01, K08 to K10)."""

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from . import offering
from .car import MINIMUM
from .clock import moment, stamp
from .dialect import Answer
from .oddities import Payload
from .profiles import DEFAULT, MAX, TX, Profile
from .v201_control import NO, YES
from .v201_profiles import EXTERNAL, Profile2, installed
from .wire import Refused, Silence

if TYPE_CHECKING:
    from .machine import Machine


def why(code: str, text: str = "") -> Payload:
    """A rejection with its reason."""
    return NO | {"statusInfo": {"reasonCode": code} | ({"additionalInfo": text} if text else {})}


def set_charging_profile(machine: Machine, payload: Payload) -> Payload:
    """K01."""
    evse, wanted = payload["evseId"], payload["chargingProfile"]
    if wanted["chargingProfileKind"] in machine.oddities.silent_kinds:
        raise Silence
    fixed = machine.oddities.refuses_profiles.get(wanted["chargingProfilePurpose"])
    if fixed is not None:
        if fixed == "Rejected":
            return NO
        raise Refused(fixed, "as this brand does")
    profile = installed(machine, evse, wanted)
    if fault := _fault(machine, evse, profile):
        return why(*fault)
    if profile.payload["chargingProfilePurpose"] not in machine.oddities.ignores_profiles:
        machine.tick()
        _install(machine, evse, profile)
        machine.after_answer(_take_effect, machine)
    return YES


def _fault(machine: Machine, evse: int, profile: Profile2) -> tuple[str, str] | None:
    if evse not in {c.evse for c in machine.connectors.values()}:
        return "InvalidValue", "no such EVSE"  # K01.FR.28
    if not machine.configuration.on("SmartChargingCtrlr.Enabled"):
        return "NotEnabled", ""
    for refuses, code, text in FAULTS:
        if refuses(machine, evse, profile):
            return code, text
    return ("InvalidProfile", "as this brand does") if any(odd(machine, profile) for odd in ODD) else None


def _wrong_transaction(machine: Machine, evse: int, profile: Profile2) -> bool:
    """K01.FR.03, FR.09, FR.33: a TxProfile is for a transaction that runs on its EVSE."""
    if profile.purpose != TX:
        return "transactionId" in profile.payload
    here = [c.transaction.id for c in machine.outlets if c.evse == evse and c.transaction is not None]
    return evse == 0 or profile.transaction not in here


def _misfit(machine: Machine, evse: int, profile: Profile2) -> bool:
    periods = profile.schedule["chargingSchedulePeriod"]
    kind, timed = profile.payload["chargingProfileKind"], "startSchedule" in profile.schedule
    return (
        len(periods) > machine.configuration.number("SmartChargingCtrlr.PeriodsPerSchedule", 24)
        or periods[0]["startPeriod"] != 0  # K01.FR.31
        or profile.schedule["chargingRateUnit"] not in machine.configuration.items("SmartChargingCtrlr.RateUnit")
        or (kind == "Recurring" and "recurrencyKind" not in profile.payload)
        or (kind in ("Absolute", "Recurring") and not timed)  # K01.FR.40
        or (kind == "Relative" and timed)  # K01.FR.41
    )


def _duplicate(machine: Machine, evse: int, profile: Profile2) -> bool:
    """K01.FR.06, FR.39: another profile of the same level and purpose there; FR.52, FR.53: or on EVSE 0 and another."""
    rivals = [old for old in machine.profiles.installed if old.id != profile.id and old.purpose == profile.purpose]
    rivals = [old for old in rivals if old.level == profile.level and _overlap(old.payload, profile.payload)]
    if profile.purpose == DEFAULT:
        return any(old.connector == evse or 0 in (old.connector, evse) for old in rivals)
    transaction = profile.payload.get("transactionId")
    return any(old.connector == evse and old.payload.get("transactionId") == transaction for old in rivals)


def _overlap(one: Payload, other: Payload) -> bool:
    def span(payload: Payload) -> tuple[float, float]:
        since, until = payload.get("validFrom"), payload.get("validTo")
        return (moment(since).timestamp() if since else 0.0, moment(until).timestamp() if until else 1e18)

    (a, b), (c, d) = span(one), span(other)
    return a < d and c < b


FAULTS: tuple[tuple[Callable[[Any, int, Profile2], bool], str, str], ...] = (
    (lambda m, e, p: p.purpose == EXTERNAL, "InvalidProfile", "set by nobody but the station itself"),  # K01.FR.22
    (lambda m, e, p: p.purpose == MAX and e != 0, "InvalidValue", "EVSE 0 only"),
    (lambda m, e, p: p.purpose == MAX and p.payload["chargingProfileKind"] == "Relative", "InvalidProfile", ""),
    (_wrong_transaction, "TxNotFound", ""),
    (_misfit, "InvalidSchedule", ""),
    (lambda m, e, p: p.level > m.configuration.number("SmartChargingCtrlr.ProfileStackLevel"), "InvalidStackLevel", ""),
    (_duplicate, "DuplicateProfile", ""),
    (lambda m, e, p: _full(m, p), "OutOfStorage", ""),
)


def _full(machine: Machine, profile: Profile2) -> bool:
    return len(machine.profiles.installed) >= 20 and not machine.profiles.replaces_any(profile)


def _limits(profile: Profile2) -> list[float]:
    return [period.get("limit", 0.0) for period in profile.schedule["chargingSchedulePeriod"]]


ODD: tuple[Callable[[Any, Profile2], bool], ...] = (
    lambda m, p: p.payload["chargingProfileKind"] not in {*m.oddities.kinds, "Dynamic"},
    lambda m, p: p.schedule["chargingRateUnit"] not in m.oddities.units,
    lambda m, p: m.oddities.stack_level_zero_only and p.level != 0,
    lambda m, p: m.oddities.whole_amps_only and any(limit != int(limit) for limit in _limits(p)),
    lambda m, p: m.oddities.never_zero and 0 in _limits(p),
)


def _install(machine: Machine, evse: int, profile: Profile2) -> None:
    if machine.oddities.ignores_zero and 0 in _limits(profile):
        return
    if machine.oddities.resumes_unlimited and any(c.transaction and c.offered.amps == 0 for c in machine.outlets):
        machine.profiles.installed.clear()
        return
    machine.profiles.install(profile)


async def _take_effect(machine: Machine) -> None:
    machine.tick()
    for place in machine.outlets:
        if machine.oddities.stops_below_minimum and place.in_use and place.offered.amps < MINIMUM:
            machine.dialect.stop(machine, place, "Other")


def clear_charging_profile(machine: Machine, payload: Payload) -> Payload:
    """K10: never external constraints (K10.FR.06)."""
    machine.tick()
    gone = [p for p in machine.profiles.installed if p.purpose != EXTERNAL and _cleared(p, payload)]
    machine.profiles.installed = [p for p in machine.profiles.installed if p not in gone]
    machine.after_answer(_take_effect, machine)
    return YES if gone else {"status": "Unknown"}


def _cleared(profile: Profile, payload: Payload) -> bool:
    if "chargingProfileId" in payload:
        return bool(profile.id == payload["chargingProfileId"])
    wanted = payload.get("chargingProfileCriteria", {})
    return (
        wanted.get("evseId") in (None, profile.connector)
        and wanted.get("chargingProfilePurpose") in (None, profile.payload["chargingProfilePurpose"])
        and wanted.get("stackLevel") in (None, profile.level)
    )


def get_charging_profiles(machine: Machine, payload: Payload) -> Payload:
    """K09."""
    wanted, evse = payload["chargingProfile"], payload.get("evseId")
    found = [cast(Profile2, p) for p in machine.profiles.installed if evse in (None, p.connector)]
    found = [p for p in found if _asked_for(p, wanted)]
    if not found:
        return {"status": "NoProfiles"}
    machine.after_answer(_report, machine, payload["requestId"], found)
    return YES


def _asked_for(profile: Profile2, wanted: Payload) -> bool:
    return (
        profile.id in wanted.get("chargingProfileId", [profile.id])
        and wanted.get("chargingProfilePurpose") in (None, profile.payload["chargingProfilePurpose"])
        and wanted.get("stackLevel") in (None, profile.level)
        and profile.source in wanted.get("chargingLimitSource", [profile.source])
    )


async def _report(machine: Machine, number: int, found: list[Profile2]) -> None:
    """One message for each EVSE and source."""

    def place(profile: Profile2) -> tuple[int, str]:
        return profile.connector, profile.source

    groups = [(where, list(members)) for where, members in groupby(sorted(found, key=place), place)]
    for turn, ((evse, source), members) in enumerate(groups, 1):
        payload: Payload = {"requestId": number, "chargingLimitSource": source, "evseId": evse}
        payload |= {"chargingProfile": [p.payload for p in members], "tbc": turn < len(groups)}
        machine.note("ReportChargingProfiles", payload)


def get_composite_schedule(machine: Machine, payload: Payload) -> Payload:
    """K08."""
    evse, unit = payload["evseId"], payload.get("chargingRateUnit", "A")
    place = next((c for c in machine.connectors.values() if c.evse == evse), None)
    if place is None or unit not in machine.configuration.items("SmartChargingCtrlr.RateUnit"):
        return NO
    now = machine.clock.now()
    periods = [
        {
            "startPeriod": offset,
            "limit": round(limit.amps if unit == "A" else limit.watts, 1),
            "numberPhases": limit.phases,
        }
        for offset, limit in offering.composite(machine, place, now, payload["duration"])
    ]
    schedule = {"evseId": evse, "duration": payload["duration"], "scheduleStart": stamp(now), "chargingRateUnit": unit}
    return YES | {"schedule": schedule | {"chargingSchedulePeriod": periods}}


ANSWERS: dict[str, Answer] = {
    "SetChargingProfile": set_charging_profile,
    "ClearChargingProfile": clear_charging_profile,
    "GetChargingProfiles": get_charging_profiles,
    "GetCompositeSchedule": get_composite_schedule,
}
