"""The ways to a central system: where a station dials, how it proves itself there, and what it tries when it cannot."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
import ssl
from typing import TYPE_CHECKING

from websockets.exceptions import InvalidHandshake

from .wire import Credentials, Refused, Wire

if TYPE_CHECKING:
    from .machine import Machine

UNREACHABLE = (OSError, TimeoutError, InvalidHandshake, Refused)  # LinkLost is an OSError
PLAIN, BASIC, TLS, CLIENT = range(4)  # security profiles; 0 is SteVe's name for none


@dataclass(frozen=True, slots=True)
class Way:
    """One way: `slot` is that of a network connection profile (2.x)."""

    url: str
    profile: int = PLAIN
    password: str | bytes | None = None
    slot: int = 0


def secure(url: str) -> str:
    """The same place over TLS: there is no key for the address in 1.6, so the scheme is all that changes."""
    return url.replace("ws://", "wss://", 1)


async def take(machine: Machine, way: Way) -> None:
    """Open the link; OSError or InvalidHandshake when the central system cannot be reached this way."""
    if way.profile == PLAIN:
        credentials = machine.credentials
    else:
        if machine.oddities.no_tls and way.profile >= TLS:
            raise ConnectionAbortedError(f"{machine.identity} cannot speak TLS")
        tls = machine.trust.context(client=way.profile == CLIENT) if way.profile >= TLS else None
        credentials = Credentials(None if way.profile == CLIENT else way.password, tls)
    try:
        machine.wire = await Wire.dial(way.url, machine, credentials)
    except ssl.SSLCertVerificationError as doubt:
        # security whitepaper ed. 3 - A00.FR.309: told once somebody can be told
        machine.note(*machine.dialect.security_event(machine, machine.dialect.MISTRUST, doubt.verify_message))
        raise
    machine.dialect.arrived(machine, way)


async def arrive(machine: Machine) -> None:
    """Dial after a start or a switch: each way as often as allowed, then the one that worked last.

    Security whitepaper ed. 3 - A05.FR.07, FR.08; OCPP 2.0.1 ed. 3 - B10.FR.03, FR.04, FR.07.
    """
    ways = machine.dialect.ways(machine)
    if machine.shelf.pop("stranded", False):
        ways = [machine.dialect.way(machine)]
    elif machine.oddities.strands_on_switch and ways[0] != machine.dialect.way(machine):
        machine.shelf["stranded"] = machine.offline = True
        return
    others = ways if len(ways) > 1 or ways[0] != machine.dialect.way(machine) else []
    attempts = machine.configuration.number("OCPPCommCtrlr.NetworkProfileConnectionAttempts", 3)
    for way in (way for way in others for _ in range(attempts)):
        with suppress(*UNREACHABLE):
            await take(machine, way)
            return
        await asyncio.sleep(machine.attempt_pause)
    machine.dialect.revert(machine)
    await machine.dial()


async def switch(machine: Machine) -> None:
    """Leave the present way for a better one (A05.FR.06)."""
    machine.switching = True
    wire = machine.wire
    await machine.hang_up()
    while machine.wire is wire is not None:
        await asyncio.sleep(0.001)
    machine.switching = False
    await find_link(machine)


async def find_link(machine: Machine) -> None:
    """Dial whichever way leads to the central system, and boot if need be; OSError or InvalidHandshake if none does."""
    try:
        await arrive(machine)
        if machine.online:
            machine.linked()
            await machine.boot_if_needed()
    except UNREACHABLE:
        if machine.redial is None:
            raise
        machine.run(machine.dial_again(machine.redial))
