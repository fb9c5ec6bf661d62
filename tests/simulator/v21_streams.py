"""Periodic event streams: values of a monitor that nobody answers (OCPP 2.1 ed. 1 - N11 to N15)."""

from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from . import schemas, v201_monitoring
from .clock import stamp
from .dialect import Answer
from .oddities import Payload
from .v201_control import NO, YES
from .v201_monitoring import Stream, watch
from .wire import LinkLost

if TYPE_CHECKING:
    from .machine import Machine

NOTIFY = "NotifyPeriodicEventStream"


def set_variable_monitoring(machine: Machine, payload: Payload) -> Payload:
    """N04, and N11.FR.01: a stream for every monitor that asks for one."""
    answer = v201_monitoring.set_variable_monitoring(machine, payload)
    for asked, result in zip(payload["setMonitoringData"], answer["setMonitoringResult"], strict=True):
        if result["status"] != "Accepted":
            continue
        if result["id"] in watch(machine).streams:
            machine.after_answer(_close, machine, result["id"])  # N13.FR.06
        if "periodicEventStream" in asked:
            machine.after_answer(_open, machine, result["id"], asked["periodicEventStream"])
    return answer


async def _open(machine: Machine, monitor: int, params: Payload) -> None:
    numbers = machine.shelf.setdefault("stream numbers", count(1))
    number = next(numbers)
    constant = {"id": number, "params": params, "variableMonitoringId": monitor}
    answer = await machine.ask("OpenPeriodicEventStream", {"constantStreamData": constant})
    if answer is not None and answer["status"] == "Accepted":
        watch(machine).streams[monitor] = Stream(number, params, machine.clock.now())


async def _close(machine: Machine, monitor: int) -> None:
    stream = watch(machine).streams.pop(monitor, None)
    if stream is not None:
        await _flush(machine, stream, len(stream.values))  # N13.FR.03
        machine.note("ClosePeriodicEventStream", {"id": stream.id})


def clear_variable_monitoring(machine: Machine, payload: Payload) -> Payload:
    """N06, and N13.FR.05: its stream ends with a monitor."""
    answer = v201_monitoring.clear_variable_monitoring(machine, payload)
    for result in answer["clearMonitoringResult"]:
        if result["status"] == "Accepted":
            machine.after_answer(_close, machine, result["id"])
    return answer


def get_periodic_event_stream(machine: Machine, payload: Payload) -> Payload:
    """N12."""
    found = [
        {"id": stream.id, "params": stream.params, "variableMonitoringId": monitor}
        for monitor, stream in watch(machine).streams.items()
    ]
    return {"constantStreamData": found} if found else {}


def adjust_periodic_event_stream(machine: Machine, payload: Payload) -> Payload:
    """N14."""
    for stream in watch(machine).streams.values():
        if stream.id == payload["id"]:
            stream.params = payload["params"]
            return YES
    return NO


def look(machine: Machine, now: datetime) -> None:
    """Send what has been collected, when it is time or enough (N15.FR.06 to FR.08)."""
    for stream in watch(machine).streams.values():
        interval, values = stream.params.get("interval", 0), stream.params.get("values", 0)
        timely = interval and now - stream.flushed >= timedelta(seconds=interval)
        if stream.values and (timely or (values and len(stream.values) >= values)):
            stream.flushed = now
            machine.run(_flush(machine, stream, values or len(stream.values)))


async def _flush(machine: Machine, stream: Stream, values: int) -> None:
    part, stream.values = stream.values[:values], stream.values[values:]
    if not part:
        return
    base = part[0][0]
    data = [{"t": (at - base).total_seconds(), "v": value} for at, value in part]
    body = {"id": stream.id, "pending": len(stream.values), "basetime": stamp(base), "data": data}
    if faults := schemas.faults(machine.schemas, NOTIFY, body):
        raise ValueError(f"the simulated station wrote a wrong {NOTIFY}: {faults}")
    if machine.wire is None:
        raise LinkLost(f"{machine.identity} is offline")
    await machine.wire.send(NOTIFY, body)


ANSWERS: dict[str, Answer] = {
    "SetVariableMonitoring": set_variable_monitoring,
    "ClearVariableMonitoring": clear_variable_monitoring,
    "GetPeriodicEventStream": get_periodic_event_stream,
    "AdjustPeriodicEventStream": adjust_periodic_event_stream,
}
