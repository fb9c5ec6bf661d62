"""What happens to the connectors when time has passed."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from . import offering
from .connector import Connector

if TYPE_CHECKING:
    from .machine import Machine


def flow(machine: Machine, now: datetime, seconds: float) -> None:
    """Let the currents of the past `seconds` flow, then set the offers and currents of the present."""
    offers = offering.offers(machine, now)
    for connector in machine.live:
        connector.flow(seconds)
        connector.offer(offers[connector.number], seconds)
        machine.report_change(connector)
    main = machine.connectors[0].meter
    main.integrate(seconds)
    one, two, three = (sum(c.meter.currents[phase] for c in machine.live) for phase in range(3))
    main.currents = (one, two, three)


def expire(machine: Machine, now: datetime) -> None:
    """End reservations and preparations whose time is over."""
    timeout = timedelta(seconds=machine.configuration.number("ConnectionTimeOut"))
    for connector in machine.connectors.values():
        held = connector.reservation
        if held is not None and now >= held.expires:
            connector.reservation = None
            machine.dialect.reservation_ended(machine, held, "Expired")
        machine.dialect.expire_preparation(machine, connector, now, timeout)
        machine.report_change(connector)


def expire_preparation(machine: Machine, connector: Connector, now: datetime, timeout: timedelta) -> None:
    """4.9 B1, B6: nobody used what was prepared."""
    if connector.status != "Preparing":
        connector.preparing_since = None
    elif connector.preparing_since is None:
        connector.preparing_since = now
    elif timeout and now - connector.preparing_since >= timeout:
        connector.timed_out = connector.plugged  # 4.9 B6; without a cable B1
        connector.usage = connector.preparing_since = None
