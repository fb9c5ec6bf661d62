"""How much current each connector offers: profiles, hardware, and the brand's way with both."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .car import MINIMUM
from .connector import NO_OFFER, Connector
from .profiles import Limit, lowest

if TYPE_CHECKING:
    from .machine import Machine


def offers(machine: Machine, at: datetime) -> dict[int, Limit]:
    """The offer on every connector; zero where no transaction runs."""
    running = [c for c in machine.outlets if c.transaction is not None]
    found = {c.number: NO_OFFER for c in machine.outlets}
    found.update({c.number: _wanted(machine, c, at) for c in running})
    shared = machine.profiles.station_limit(at, machine.phases)
    if shared is not None:
        charging = [c for c in running if found[c.number].amps >= MINIMUM]
        for connector, share in zip(charging, _shares(shared.amps, len(charging)), strict=True):
            found[connector.number] = lowest(found[connector.number], Limit(share, shared.phases)) or NO_OFFER
    return {number: _branded(machine, limit) for number, limit in found.items()}


def limit(machine: Machine, connector: Connector, at: datetime) -> Limit:
    """What the profiles and the hardware allow a connector that charges alone at a moment (3.13.3)."""
    hardware = Limit(connector.max_current, connector.phases)
    shared = machine.profiles.station_limit(at, connector.phases)
    return _least(machine, lowest(hardware, _profiled(machine, connector, at), shared) or hardware)


def composite(machine: Machine, connector: Connector, at: datetime, seconds: int) -> list[tuple[int, Limit]]:
    """(offset in s, limit) for every change from `at` on (5.7); connector 0 adds all connectors up."""
    found: list[tuple[int, Limit]] = []
    for change in machine.profiles.changes(at, seconds, _began(connector)):
        total = _total(machine, change) if connector.number == 0 else limit(machine, connector, change)
        if not found or found[-1][1] != total:
            found.append((_seconds(change - at), total))
    return found


def _total(machine: Machine, at: datetime) -> Limit:
    each = [limit(machine, c, at) for c in machine.live]
    summed = Limit(sum(one.amps for one in each), max(one.phases for one in each))
    return lowest(summed, machine.profiles.station_limit(at, machine.phases)) or summed


def _seconds(span: timedelta) -> int:
    return -(-span // timedelta(seconds=1))  # rounded up: the change has happened then


def _wanted(machine: Machine, connector: Connector, at: datetime) -> Limit:
    if connector.denied or connector.error != "NoError" or not connector.plugged:
        return NO_OFFER
    hardware = Limit(connector.max_current, connector.phases)
    return lowest(hardware, _profiled(machine, connector, at)) or hardware


def _profiled(machine: Machine, connector: Connector, at: datetime) -> Limit | None:
    return machine.profiles.limit(connector.evse, at, _began(connector), connector.phases)


def _began(connector: Connector) -> datetime | None:
    return connector.transaction.started if connector.transaction else None


def _shares(amps: float, users: int) -> Sequence[float]:
    """Equal parts, or 6 A for as many as that reaches for (3.13.4 Load Balancing)."""
    if not users or amps / users >= MINIMUM:
        return [amps / users] * users if users else []
    served = int(amps // MINIMUM)
    return [amps / served if place < served else 0.0 for place in range(users)]


def _least(machine: Machine, limit: Limit) -> Limit:
    return Limit(0.0, limit.phases) if limit.amps < machine.oddities.least_amps else limit


def _branded(machine: Machine, limit: Limit) -> Limit:
    oddities, wanted = machine.oddities, _least(machine, limit)
    amps, phases = wanted.amps, machine.phases if oddities.ignores_phases else wanted.phases
    if oddities.steps:
        amps = max((step for step in oddities.steps if step <= amps), default=0.0)
    if oddities.whole_amps_only:
        amps = float(int(amps))
    return Limit(amps, phases)
