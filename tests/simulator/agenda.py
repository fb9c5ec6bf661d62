"""What falls due by the station's clock, besides meter values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from . import metering

if TYPE_CHECKING:
    from .machine import Machine


@dataclass
class Agenda:
    """The next time of everything that repeats; None for never."""

    heartbeat: datetime | None = None
    ping: datetime | None = None
    boot: datetime | None = None
    aligned: datetime | None = None


def plan(machine: Machine, now: datetime) -> None:
    """Set all times anew from the intervals in the configuration."""
    machine.agenda.heartbeat = _after(machine, now, "HeartbeatInterval")
    machine.agenda.ping = _after(machine, now, "WebSocketPingInterval")
    machine.agenda.aligned = metering.next_aligned(machine, now)


def due(machine: Machine, now: datetime) -> None:
    """Do what is due."""
    agenda = machine.agenda
    if agenda.heartbeat is not None and now >= agenda.heartbeat:
        agenda.heartbeat = _after(machine, now, "HeartbeatInterval")
        if machine.ready:
            machine.note(*machine.dialect.heartbeat())
    if agenda.ping is not None and now >= agenda.ping:
        agenda.ping = _after(machine, now, "WebSocketPingInterval")
        if machine.wire is not None:
            machine.run(machine.wire.ping())
    if agenda.boot is not None and now >= agenda.boot and machine.online:
        agenda.boot = None
        machine.run(machine.boot_again())


def _after(machine: Machine, now: datetime, key: str) -> datetime | None:
    interval = machine.configuration.number(key)
    return now + timedelta(seconds=interval) if interval else None
