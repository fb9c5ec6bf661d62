"""Limits of transactions, resets that resume them, tariffs (OCPP 2.1 ed. 1 - B13, E16, I07 to I11)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from . import transactions, v201_control
from .connector import Connector
from .dialect import Answer
from .oddities import Payload
from .record import Transaction
from .v201_control import NO, YES, places, running
from .v201_events import UPDATED, Event, charging_state, tell
from .v201_transactions import stop

if TYPE_CHECKING:
    from .machine import Machine

# limit, its trigger, and the value it is held against
type Measure = Callable[[Machine, Connector, Transaction, datetime], float]
REACHED: tuple[tuple[str, str, str, Measure], ...] = (
    ("maxEnergy", "EnergyLimitReached", "EnergyLimitReached", lambda _, c, t, now: c.meter.register - t.meter_start),
    ("maxTime", "TimeLimitReached", "TimeLimitReached", lambda _, c, t, now: (now - t.started).total_seconds()),
    ("maxCost", "CostLimitReached", "LocalOutOfCredit", lambda machine, c, t, now: cost(machine, c, t)),
    ("maxSoC", "SoCLimitReached", "SOCLimitReached", lambda _, c, t, now: c.car.soc * 100 if c.car else 0.0),
)


def look(machine: Machine, now: datetime) -> None:
    """Confirm new limits and act on those that are reached."""
    for place in machine.outlets:
        transaction = place.transaction
        if transaction is not None and transaction.limit and transaction.authorized:
            _confirm(machine, place, transaction)
            _hold(machine, place, transaction, now)


def cost(machine: Machine, place: Connector, transaction: Transaction) -> float:
    """By its own tariff (E16.FR.16), else what it was told (E16.FR.15)."""
    tariff = _tariffs(machine).get(place.evse)
    if tariff is None or not machine.configuration.on("TariffCostCtrlr.Enabled.Tariff"):
        return transaction.total_cost or 0.0
    price: float = tariff["energy"]["prices"][0]["priceKwh"]
    return (place.meter.register - transaction.meter_start) / 1000 * price


def _confirm(machine: Machine, place: Connector, transaction: Transaction) -> None:
    """E16.FR.03: supported limits are told once."""
    told = machine.shelf.setdefault("limits", {})
    if told.get(transaction.id) != transaction.limit:
        told[transaction.id] = dict(transaction.limit)
        tell(machine, place, Event(UPDATED, "LimitSet", about={"transactionLimit": dict(transaction.limit)}))


def _hold(machine: Machine, place: Connector, transaction: Transaction, now: datetime) -> None:
    """E16.FR.05, FR.06, FR.10, FR.14: energy stops at a limit, and goes on when it is raised."""
    held = machine.shelf.setdefault("held", set())
    reached = [
        row for row in REACHED if transaction.limit.get(row[0], 1e18) <= row[3](machine, place, transaction, now)
    ]
    if not reached:
        if transaction.id in held:
            held.discard(transaction.id)
            place.denied = False
        return
    if transaction.id in held:
        return
    held.add(transaction.id)
    _, trigger, reason, _ = reached[0]
    if "EnergyTransfer" in machine.configuration.items("TxCtrlr.TxStopPoint"):
        stop(machine, place, reason)
        return
    place.denied = True
    place.offer(type(place.offered)(0.0, place.phases), 0)
    transaction.charging_state = charging_state(place)
    tell(machine, place, Event(UPDATED, trigger, about={"chargingState": transaction.charging_state}))


# --- resets that resume ---------------------------------------------------------------------------------------------


def reset(machine: Machine, payload: Payload) -> Payload:
    """B13, or as in 2.0.1."""
    number = payload.get("evseId", 0)
    busy = [c for c in places(machine, {"id": number}) if c.transaction is not None]
    if payload["type"] != "ImmediateAndResume" or not busy:
        return v201_control.reset(machine, payload | {"type": payload["type"].replace("AndResume", "")})
    if not machine.configuration.number("TxCtrlr.ResumptionTimeout"):
        return NO
    machine.after_answer(_resume, machine, number, busy)
    return YES


async def _resume(machine: Machine, number: int, busy: list[Connector]) -> None:
    for place in busy:
        place.denied = True
        tell(machine, place, Event(UPDATED, "ResetCommand"))
    machine.tick()
    if number:
        _resumed(machine, busy)
    else:
        machine.run(_reboot(machine, busy))


async def power_on(machine: Machine) -> None:
    """E17.FR.10: transactions outlive a short loss of power; their TxProfiles do not, for they are not stored."""
    dark = machine.clock.now() - machine.shelf["dark since"]
    busy = [place for place in machine.outlets if place.transaction is not None]
    if dark.total_seconds() > machine.configuration.number("TxCtrlr.ResumptionTimeout"):
        await transactions.power_on(machine)
        return
    machine.profiles.installed = [p for p in machine.profiles.installed if p.purpose != "TxProfile"]
    await machine.start_up("")
    _resumed(machine, busy)


async def _reboot(machine: Machine, busy: list[Connector]) -> None:
    await machine.settle()
    machine.shelf["boot reason"] = "RemoteReset"
    await machine.power_down()
    await machine.clock.sleep(machine.hardware.reboot_seconds)
    await machine.start_up("")
    _resumed(machine, busy)


def _resumed(machine: Machine, busy: list[Connector]) -> None:
    """B13.FR.13, FR.24, FR.30; E17.FR.14: with the charging state."""
    for place in busy:
        assert place.transaction is not None
        place.transaction.charging_state = ""
        place.denied = not machine.configuration.on("TxCtrlr.AllowEnergyTransferResumption")
        tell(machine, place, Event(UPDATED, "TxResumed"))
    machine.tick()


# --- tariffs --------------------------------------------------------------------------------------------------------


def _tariffs(machine: Machine) -> dict[int, Payload]:
    found: dict[int, Payload] = machine.shelf.setdefault("tariffs", {})
    return found


def set_default_tariff(machine: Machine, payload: Payload) -> Payload:
    """I07: for one EVSE or for all."""
    evses = sorted({c.evse for c in machine.outlets if payload["evseId"] in (0, c.evse)})
    if not evses:
        return NO
    for evse in evses:
        _tariffs(machine)[evse] = payload["tariff"]
    return YES


def get_tariffs(machine: Machine, payload: Payload) -> Payload:
    """I09."""
    found = {e: tariff for e, tariff in _tariffs(machine).items() if payload["evseId"] in (0, e)}
    if not found:
        return {"status": "NoTariff"}
    evses: dict[str, list[int]] = {}
    for evse, tariff in found.items():
        evses.setdefault(tariff["tariffId"], []).append(evse)
    assigned = [{"tariffId": name, "tariffKind": "DefaultTariff", "evseIds": at} for name, at in evses.items()]
    return YES | {"tariffAssignments": assigned}


def clear_tariffs(machine: Machine, payload: Payload) -> Payload:
    """I10."""
    wanted, evse = payload.get("tariffIds"), payload.get("evseId")
    gone = [
        (e, tariff["tariffId"])
        for e, tariff in _tariffs(machine).items()
        if evse in (None, e) and (wanted is None or tariff["tariffId"] in wanted)
    ]
    for e, _ in gone:
        del _tariffs(machine)[e]
    names = dict.fromkeys(name for _, name in gone)
    results: list[Payload] = [{"tariffId": name, "status": "Accepted"} for name in names]
    return {"clearTariffsResult": results or [{"status": "NoTariff"}]}


def change_transaction_tariff(machine: Machine, payload: Payload) -> Payload:
    """I11."""
    place = running(machine, payload["transactionId"])
    if place is None:
        return {"status": "TxNotFound"}
    current = _tariffs(machine).get(place.evse)
    if current is not None and current["currency"] != payload["tariff"]["currency"]:
        return {"status": "NoCurrencyChange"}
    machine.after_answer(_changed, machine, place, payload["tariff"]["tariffId"])
    return YES


async def _changed(machine: Machine, place: Connector, tariff: str) -> None:
    if place.transaction is not None:
        tell(machine, place, Event(UPDATED, "TariffChanged", about={"tariffId": tariff}))


ANSWERS: dict[str, Answer] = {
    "Reset": reset,
    "SetDefaultTariff": set_default_tariff,
    "GetTariffs": get_tariffs,
    "ClearTariffs": clear_tariffs,
    "ChangeTransactionTariff": change_transaction_tariff,
}
