"""The life of a 2.x transaction: when it starts and stops is configured (OCPP 2.0.1 ed. 3 - E01 to E15)."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from . import metering
from .connector import Connector, Usage
from .oddities import Payload
from .record import Transaction
from .transactions import ACCEPTED, reservation_for, same_group
from .v201_events import ENDED, STARTED, UPDATED, Event, begin, charging_state, heard, readings, tell
from .v201_profiles import installed

if TYPE_CHECKING:
    from .machine import Machine

CABLE = {"EVConnected", "ParkingBayOccupancy"}  # the car comes with its cable
BOTH = {"PowerPathClosed", "EnergyTransfer", "DataSigned"}  # energy flows as soon as the path is closed
CHARGING = "Charging"
REASONS = {"SoftReset": "ImmediateReset", "HardReset": "ImmediateReset", "UnlockCommand": "Other"}
WHY = {
    "Local": "StopAuthorized",
    "MasterPass": "StopAuthorized",
    "EVDisconnected": "EVCommunicationLost",
    "Remote": "RemoteStop",
    "DeAuthorized": "Deauthorized",
    "SoftReset": "ResetCommand",
    "HardReset": "ResetCommand",
    "ImmediateReset": "ResetCommand",
    "UnlockCommand": "UnlockCommand",
    "Timeout": "EVConnectTimeout",
    "TimeLimitReached": "TimeLimitReached",
    "EnergyLimitReached": "EnergyLimitReached",
    "StoppedByEV": "ChargingStateChanged",
    "LocalOutOfCredit": "CostLimitReached",
    "SOCLimitReached": "SoCLimitReached",
}


def _points(machine: Machine, name: str) -> set[str]:
    return set(machine.configuration.items(f"TxCtrlr.{name}"))


# --- beginning ------------------------------------------------------------------------------------------------------


def plugged(machine: Machine, place: Connector) -> None:
    """The cable is in (E02, E03)."""
    tag = place.usage.tag if place.usage else machine.oddities.starts_by_itself
    if not place.usage and not machine.configuration.on("AuthCtrlr.Enabled"):
        tag = ""
        place.usage = Usage("")
    if place.transaction is not None:
        tell(machine, place, Event(UPDATED, "CablePluggedIn", evse=True, state="EVConnected"))
        machine.tick()
        return
    machine.report_statuses(changed_only=True)
    if place.operative and (place.usage or tag):
        authorized(machine, place, tag, "CablePluggedIn")
    elif place.operative and _points(machine, "TxStartPoint") & CABLE:
        begin(machine, place, None)
        _started(machine, place, "CablePluggedIn", None)


def use(machine: Machine, place: Connector, tag: str) -> None:
    """Somebody was authorized here (E02, E03)."""
    if place.usage is not None and not place.plugged:
        place.usage = None
        return
    place.finished = False
    authorized(machine, place, tag, "Authorized")


def authorized(machine: Machine, place: Connector, tag: str, trigger: str) -> None:
    """An authorization: it starts a transaction, joins the one that runs, or waits for the cable."""
    usage, transaction = place.usage or Usage(tag), place.transaction
    remote = machine.shelf.get("remote starts", {}).get(place.number)
    if transaction is not None:
        transaction.id_tag, transaction.authorized, place.denied = tag, True, False
        transaction.remote_start = remote
        _redeem(machine, place, transaction, tag)
        _take_profile(machine, place, transaction, usage.profile)
        message = tell(machine, place, Event(UPDATED, trigger, tag, state=_open(place)))
        message.learn = partial(_answered, machine, place, transaction, tag)
        machine.tick()
    elif place.plugged or "Authorized" in _points(machine, "TxStartPoint"):
        transaction = begin(machine, place, tag)
        transaction.remote_start = remote
        _redeem(machine, place, transaction, tag)
        _take_profile(machine, place, transaction, usage.profile)
        _started(machine, place, trigger, tag)
    else:
        machine.wait_for_plug(place, tag, usage.profile)
        return
    machine.shelf.get("remote starts", {}).pop(place.number, None)
    place.usage = place.preparing_since = None


def _open(place: Connector) -> str:
    return "EVConnected" if place.plugged else "Idle"


def _redeem(machine: Machine, place: Connector, transaction: Transaction, tag: str) -> None:
    held = reservation_for(machine, place, tag)
    if held is not None and held.reservation is not None:
        transaction.reservation, held.reservation = held.reservation.id, None


def _take_profile(machine: Machine, place: Connector, transaction: Transaction, profile: Payload | None) -> None:
    if profile is not None:
        profile = profile | {"transactionId": transaction.id}
        machine.profiles.install(installed(machine, place.evse, profile))


def _started(machine: Machine, place: Connector, trigger: str, tag: str | None) -> None:
    transaction = place.transaction
    assert transaction is not None
    buckets = readings(machine, place, "TxStartedMeasurands", metering.BEGIN)
    transaction.data += readings(machine, place, "TxEndedMeasurands", metering.BEGIN)
    message = tell(machine, place, Event(STARTED, trigger, tag, buckets, state=_open(place)))
    message.learn = partial(_answered, machine, place, transaction, tag)
    message.again = machine.oddities.starts_again
    machine.tick()


def _answered(
    machine: Machine, place: Connector, transaction: Transaction, tag: str | None, answer: Payload | None
) -> None:
    if answer is None:
        return
    transaction.start_answers.append(answer)
    transaction.start_answer = transaction.start_answer or answer
    heard(machine, transaction, answer)
    info = machine.dialect.info(answer)
    if tag is None or not info:
        return
    machine.tags.learn(tag, info)
    if info["status"] != ACCEPTED and place.transaction is transaction and transaction.authorized:
        _withdraw(machine, place)


def _withdraw(machine: Machine, place: Connector) -> None:
    """The central system does not know the token after all (E05)."""
    if machine.configuration.on("StopTransactionOnInvalidId"):
        stop(machine, place, "DeAuthorized")
    else:
        place.denied = True
        machine.tick()


# --- ending ---------------------------------------------------------------------------------------------------------


def stop(machine: Machine, place: Connector, reason: str, tag: str | None = None) -> Transaction:
    """End the authorization; the transaction goes with it if TxStopPoint says so."""
    machine.tick()
    transaction = place.transaction
    assert transaction is not None, f"connector {place.number} has no transaction"
    told = _master(machine, tag, reason)
    ends = _points(machine, "TxStopPoint") & (BOTH | {"Authorized"}) or reason in ("PowerLoss", *_resets())
    transaction.authorized, transaction.reason = False, REASONS.get(told, told)
    place.denied = True
    if ends or not place.plugged:
        _end(machine, place, WHY.get(told, "AbnormalCondition"), tag)
    else:
        transaction.stop_tag = tag
        tell(machine, place, Event(UPDATED, WHY.get(told, "AbnormalCondition"), tag))
        machine.tick()
    return transaction


def _resets() -> tuple[str, ...]:
    return ("SoftReset", "HardReset", "ImmediateReset", "EmergencyStop")


def _master(machine: Machine, tag: str | None, reason: str) -> str:
    """C16: stopped by somebody of the MasterPass group."""
    group = machine.configuration.text("AuthCtrlr.MasterPassGroupId")
    if reason == "Local" and tag and group and machine.tags.parent(tag) == group:
        return "MasterPass"
    return reason


def may_stop(machine: Machine, tag: str, transaction: Transaction) -> bool:
    """The same token, the same group (E07.FR.04), or a master pass (C16)."""
    return same_group(machine, tag, transaction.id_tag) or _master(machine, tag, "Local") == "MasterPass"


def unplugged(machine: Machine, place: Connector) -> None:
    """The car left (E09, E10)."""
    transaction = place.transaction
    if transaction is None:
        place.car = None
        return
    points = _points(machine, "TxStopPoint")
    if not transaction.authorized:
        transaction.reason = transaction.reason or "EVDisconnected"
        _end(machine, place, "EVCommunicationLost", None)
    elif machine.configuration.on("StopTransactionOnEVSideDisconnect") and points & (CABLE | BOTH | {"Authorized"}):
        transaction.authorized, transaction.reason = False, "EVDisconnected"
        _end(machine, place, "EVCommunicationLost", None)
    else:
        _state_changed(machine, place, "EVCommunicationLost")
        machine.tick()
    place.car = None if place.transaction is None else place.car


def _end(machine: Machine, place: Connector, trigger: str, tag: str | None) -> None:
    transaction = place.transaction
    assert transaction is not None
    now, context = machine.clock.now(), metering.END
    transaction.stopped, transaction.meter_stop = now, place.meter.register
    transaction.stop_tag = tag or transaction.stop_tag
    last = readings(machine, place, "TxEndedMeasurands", context)
    event = Event(ENDED, trigger, tag, [*transaction.data, *last], transaction.reason)
    message = tell(machine, place, event)
    message.again = "new id" if machine.oddities.stops_twice else ""
    message.learn = lambda answer: _ended(machine, transaction, answer)
    place.transaction, place.finished, place.denied = None, place.plugged, False
    place.sampled_at = None
    machine.profiles.installed = [
        p for p in machine.profiles.installed if p.payload.get("transactionId") != transaction.id
    ]
    if place.becomes_operative is not None:
        place.operative, place.becomes_operative = place.becomes_operative, None
    machine.tick()


def _ended(machine: Machine, transaction: Transaction, answer: Payload | None) -> None:
    if answer is not None and transaction.stop_answer is None:
        transaction.stop_answer = answer
        heard(machine, transaction, answer)
        if info := machine.dialect.info(answer):
            machine.tags.learn(transaction.stop_tag or transaction.id_tag, info)


# --- meanwhile ------------------------------------------------------------------------------------------------------


def noticed(machine: Machine, place: Connector) -> None:
    """Tell a new charging state (E02.FR.13); the end of the energy transfer may be that of the transaction (E06)."""
    transaction = place.transaction
    full = charging_state(place) == "SuspendedEV" and transaction is not None and transaction.charging_state == CHARGING
    if transaction is not None and full and "EnergyTransfer" in _points(machine, "TxStopPoint"):
        transaction.authorized, transaction.reason = False, "StoppedByEV"
        _end(machine, place, WHY["StoppedByEV"], None)
        return
    _state_changed(machine, place, "ChargingStateChanged")


def _state_changed(machine: Machine, place: Connector, trigger: str) -> None:
    transaction = place.transaction
    if transaction is not None and transaction.seq and charging_state(place) != transaction.charging_state:
        tell(machine, place, Event(UPDATED, trigger))


def expire_preparation(machine: Machine, place: Connector, now: datetime, timeout: timedelta) -> None:
    """EVConnectionTimeOut: an authorization without a cable lapses (E03.FR.05)."""
    transaction = place.transaction
    waits = place.usage is not None or (transaction is not None and transaction.authorized)
    never = not place.plugged and waits and (transaction is None or transaction.charging_state == "Idle")
    came = transaction is not None and any("connectorId" in e.get("evse", {}) for e in transaction.events)
    if not never or came:
        place.preparing_since = None
    elif place.preparing_since is None:
        place.preparing_since = now
    elif timeout and now - place.preparing_since >= timeout:
        place.usage = place.preparing_since = None
        if transaction is not None:
            stop(machine, place, "Timeout")
