"""Who may charge where: authorization, reservations and groups (OCPP 1.6 ed. 2 - 3.5, 3.10, 5.13)."""

from typing import TYPE_CHECKING

from .connector import Connector

if TYPE_CHECKING:
    from .machine import Machine

ACCEPTED, INVALID = "Accepted", "Invalid"


async def power_on(machine: Machine) -> None:
    """The power is back: what it interrupted has ended."""
    await machine.start_up("PowerLoss")


async def authorize(machine: Machine, tag: str) -> str:
    """Find out an idTag's status the way the configuration wants it."""
    known, online = _known(machine, tag), machine.ready
    if known == ACCEPTED and (machine.configuration.on("LocalPreAuthorize") if online else _offline(machine)):
        return ACCEPTED
    if not online:
        # 3.5.4: what is known as anything but Accepted "MUST be rejected"
        return INVALID if known or not machine.configuration.on("AllowOfflineTxForUnknownId") else ACCEPTED
    answer = await machine.ask(*machine.dialect.authorize(machine, tag))
    if answer is None:
        return INVALID
    info = machine.dialect.info(answer)
    machine.tags.learn(tag, info)
    return str(info["status"])


def reservation_for(machine: Machine, connector: Connector, tag: str) -> Connector | None:
    """The connector (or 0) whose reservation this tag, or its group, redeems here."""
    for place in (connector, machine.connectors[0]):
        if place.reservation is not None and redeems(machine, place, tag):
            return place
    return None


def redeems(machine: Machine, place: Connector, tag: str) -> bool:
    """Whether a reservation, if there is one, lets this tag in (5.13)."""
    held = place.reservation
    if held is None or held.tag.casefold() == tag.casefold():
        return True
    return held.parent is not None and machine.tags.parent(tag) == held.parent


def barred(machine: Machine, place: Connector, tag: str) -> bool:
    """Whether a reservation keeps this tag out for certain; a group that is not known has to be asked for (5.13)."""
    held = place.reservation
    may_belong = held is not None and held.parent is not None and machine.tags.parent(tag) is None
    return not redeems(machine, place, tag) and not may_belong


def same_group(machine: Machine, one: str, other: str) -> bool:
    """Whether two tags may stop each other's transactions (3.10)."""
    if one.casefold() == other.casefold():
        return True
    parent = machine.tags.parent(one)
    return parent is not None and parent == machine.tags.parent(other)


def _known(machine: Machine, tag: str) -> str | None:
    return machine.tags.status(
        tag,
        machine.clock.now(),
        cached=machine.configuration.on("AuthorizationCacheEnabled"),
        listed=machine.configuration.on("LocalAuthListEnabled"),
    )


def _offline(machine: Machine) -> bool:
    return machine.configuration.on("LocalAuthorizeOffline")
