"""OCPP 2.1 in the station's mouth: 2.0.1, and what came after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from . import v21_charging, v21_der, v21_network, v21_payment, v21_streams, v21_transactions, v21_trigger, v201
from .dialect import Answer
from .oddities import Payload
from .v21_network import DeviceModel21
from .v21_profiles import Profiles21
from .v21_table import ROWS
from .v21_transactions import power_on
from .v201 import (
    DISGUISES,
    MALFORMED,
    MISTRUST,
    arrived,
    authorize,
    boot,
    expire_preparation,
    faulted,
    heartbeat,
    info,
    may_stop,
    noticed,
    plugged,
    reservation_ended,
    revert,
    sampled,
    security_event,
    status,
    stop,
    unplugged,
    use,
    way,
    ways,
    word,
)

if TYPE_CHECKING:
    from .machine import Machine

__all__ = [
    "ANSWERS",
    "DISGUISES",
    "MALFORMED",
    "MISTRUST",
    "SAME_ID_ON_RETRY",
    "SCHEMAS",
    "SUBPROTOCOL",
    "arrived",
    "authorize",
    "boot",
    "expire_preparation",
    "faulted",
    "heartbeat",
    "info",
    "may_stop",
    "noticed",
    "plugged",
    "power_on",
    "profiles",
    "reservation_ended",
    "revert",
    "sampled",
    "security_event",
    "settings",
    "severity",
    "status",
    "stop",
    "tick",
    "unplugged",
    "use",
    "way",
    "ways",
    "word",
]

SUBPROTOCOL = "ocpp2.1"
SCHEMAS = "v21"
SAME_ID_ON_RETRY = True
ANSWERS: Mapping[str, Answer] = (
    dict(v201.ANSWERS)
    | v21_charging.ANSWERS
    | v21_transactions.ANSWERS
    | v21_der.ANSWERS
    | v21_streams.ANSWERS
    | v21_network.ANSWERS
    | v21_payment.ANSWERS
    | v21_trigger.ANSWERS
)


def settings(machine: Machine) -> DeviceModel21:
    """The device model."""
    terminal = v21_payment.ROWS if machine.hardware.terminal else ()
    return DeviceModel21(machine, (*ROWS, *v21_network.ROWS, *terminal))


def profiles() -> Profiles21:
    """K01."""
    return Profiles21()


def severity(level: int) -> Payload:
    """N07: events tell how severe they are."""
    return {"severity": level}


def tick(machine: Machine, now: datetime) -> None:
    """What 2.0.1 does, then profiles, limits, grid controls and streams."""
    v201.tick(machine, now)
    v21_charging.look(machine, now)
    v21_transactions.look(machine, now)
    v21_der.look(machine, now)
    v21_streams.look(machine, now)
