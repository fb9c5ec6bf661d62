"""Answers: dynamic schedules, priority charging, energy transfer (OCPP 2.1 ed. 1 - K21, K22, K28, Q)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from . import v201_charging
from .clock import moment, stamp
from .connector import Connector
from .dialect import Answer
from .oddities import Payload
from .v21_profiles import Profile21, profiles
from .v201_charging import why
from .v201_control import NO, YES, running
from .v201_events import UPDATED, Event, tell
from .v201_profiles import PRIORITY

if TYPE_CHECKING:
    from .machine import Machine

PULL = "PullDynamicScheduleUpdate"


def set_charging_profile(machine: Machine, payload: Payload) -> Payload:
    """K01 with the rules of dynamic (K28.FR.03 to FR.05) and priority profiles (K01.FR.70, FR.71)."""
    wanted, schedules = payload["chargingProfile"], payload["chargingProfile"]["chargingSchedule"]
    periods, dynamic = schedules[0]["chargingSchedulePeriod"], wanted["chargingProfileKind"] == "Dynamic"
    if dynamic and (len(schedules) > 1 or len(periods) > 1):
        return why("InvalidSchedule")
    if not dynamic and "dynUpdateInterval" in wanted:
        return why("InvalidProfile")
    if wanted["chargingProfilePurpose"] == PRIORITY and _no_priority(schedules[0]):
        return why("InvalidSchedule")
    if dynamic and "dynUpdateTime" not in wanted:
        wanted = wanted | {"dynUpdateTime": stamp(machine.clock.now())}
    return v201_charging.set_charging_profile(machine, payload | {"chargingProfile": wanted})


def _no_priority(schedule: Payload) -> bool:
    modes = {period.get("operationMode", "ChargingOnly") for period in schedule["chargingSchedulePeriod"]}
    return "duration" in schedule or modes != {"ChargingOnly"}


# --- dynamic schedules ----------------------------------------------------------------------------------------------


def update_dynamic_schedule(machine: Machine, payload: Payload) -> Payload:
    """K28.FR.06, FR.11."""
    profile = _dynamic(machine, payload["chargingProfileId"])
    if profile is None:
        return why("InvalidProfile")
    _apply(machine, profile, payload["scheduleUpdate"])
    return YES


def _dynamic(machine: Machine, number: int) -> Profile21 | None:
    found = (cast(Profile21, p) for p in machine.profiles.installed if p.id == number)
    return next((p for p in found if p.dynamic), None)


def _apply(machine: Machine, profile: Profile21, update: Payload) -> None:
    machine.tick()
    fresh = profile.updated(update, stamp(machine.clock.now()))
    machine.profiles.installed = [fresh if p.id == profile.id else p for p in machine.profiles.installed]
    machine.tick()


def pull_updates(machine: Machine, now: datetime) -> None:
    """Ask for news of every dynamic profile whose dynUpdateInterval is over (K28.FR.10)."""
    for profile in machine.profiles.installed:
        interval = profile.payload.get("dynUpdateInterval", 0)
        due = machine.shelf.setdefault("pulls", {}).setdefault(
            profile.id, moment(profile.payload.get("dynUpdateTime", stamp(now))) + timedelta(seconds=interval)
        )
        if interval and now >= due and machine.ready:
            machine.shelf["pulls"][profile.id] = now + timedelta(seconds=interval)
            machine.run(_pull(machine, profile.id))


async def _pull(machine: Machine, number: int) -> None:
    answer = await machine.ask(PULL, {"chargingProfileId": number})
    profile = _dynamic(machine, number)
    if answer is not None and profile is not None and "scheduleUpdate" in answer:
        _apply(machine, profile, answer["scheduleUpdate"])


# --- modes and priority ---------------------------------------------------------------------------------------------


def notice_mode(machine: Machine, place: Connector, now: datetime) -> None:
    """Tell a new operation mode (OperationModeChanged)."""
    transaction = place.transaction
    if transaction is None or not transaction.seq:
        return
    modes = machine.shelf.setdefault("modes", {})
    mode = profiles(machine).mode(place.evse, now, transaction.started)
    if modes.get(transaction.id, "ChargingOnly") != mode:
        modes[transaction.id] = mode
        tell(machine, place, Event(UPDATED, "OperationModeChanged", about={"operationMode": mode}))


def use_priority_charging(machine: Machine, payload: Payload) -> Payload:
    """K21."""
    place = running(machine, payload["transactionId"])
    if place is None:
        return why("TxNotFound")
    if payload["activate"] and not has_priority_profile(machine, place):
        return {"status": "NoProfile"}
    machine.after_answer(give_priority, machine, place, payload["activate"])
    return YES


def has_priority_profile(machine: Machine, place: Connector) -> bool:
    """Whether a PriorityCharging profile stands on the EVSE, or on all."""
    return any(p.purpose == PRIORITY and p.connector in (0, place.evse) for p in machine.profiles.installed)


async def give_priority(machine: Machine, place: Connector, active: bool) -> None:
    """Begin or end priority charging, and tell it if that changes anything (K21.FR.05, FR.08)."""
    kept, transaction = profiles(machine), place.transaction
    if transaction is None or active == (place.evse in kept.priority):
        return
    machine.tick()
    kept.priority = kept.priority | {place.evse} if active else kept.priority - {place.evse}
    machine.tick()
    machine.note("NotifyPriorityCharging", {"transactionId": transaction.id, "activated": active})


def notify_allowed_energy_transfer(machine: Machine, payload: Payload) -> Payload:
    """Q02: remembered; only AC is there to be had."""
    place = running(machine, payload["transactionId"])
    if place is None:
        return NO
    machine.shelf.setdefault("energy transfers", {})[payload["transactionId"]] = payload["allowedEnergyTransfer"]
    return YES


def afrr_signal(machine: Machine, payload: Payload) -> Payload:
    """V08: remembered; no car here answers to it."""
    machine.shelf["afrr"] = payload["signal"]
    return YES


def look(machine: Machine, now: datetime) -> None:
    """Everything that the passing of time changes about profiles."""
    kept = profiles(machine)
    kept.watch_link(machine.online, now)
    kept.priority = frozenset(c.evse for c in machine.outlets if c.evse in kept.priority and c.transaction)
    pull_updates(machine, now)
    for place in machine.live:
        notice_mode(machine, place, now)


ANSWERS: dict[str, Answer] = {
    "SetChargingProfile": set_charging_profile,
    "UpdateDynamicSchedule": update_dynamic_schedule,
    "UsePriorityCharging": use_priority_charging,
    "NotifyAllowedEnergyTransfer": notify_allowed_energy_transfer,
    "AFRRSignal": afrr_signal,
}
