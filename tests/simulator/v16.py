"""OCPP 1.6 in the station's mouth: its requests, its manners, and the table of its answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from . import v16_charging, v16_control, v16_core, v16_jobs, v16_security
from .clock import stamp
from .configuration import Configuration
from .connector import Connector, Reservation
from .dialect import Answer, Request
from .disguise import DISGUISES
from .oddities import Payload
from .physics import expire_preparation
from .profiles import Profiles
from .record import Transaction
from .transactions import power_on, same_group
from .v16_security import MISTRUST, arrived, revert, way, ways
from .v16_transactions import plugged, stop, unplugged, use
from .v16_words import sampled, status

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

SUBPROTOCOL = "ocpp1.6"
SCHEMAS = "v16"
MALFORMED = "FormationViolation"
SAME_ID_ON_RETRY = False
ANSWERS: Mapping[str, Answer] = (
    v16_core.ANSWERS | v16_control.ANSWERS | v16_charging.ANSWERS | v16_jobs.ANSWERS | v16_security.ANSWERS
)


def settings(machine: Machine) -> Configuration:
    """OCPP 1.6 ed. 2 - 9."""
    configuration = Configuration(machine.oddities)
    configuration.preset("NumberOfConnectors", str(len(machine.connectors) - 1))
    return configuration


def profiles() -> Profiles:
    """OCPP 1.6 ed. 2 - 3.13."""
    return Profiles()


def boot(machine: Machine) -> Request:
    """OCPP 1.6 ed. 2 - 6.3."""
    identity = machine.hardware.identity
    return "BootNotification", {
        "chargePointVendor": identity.vendor,
        "chargePointModel": identity.model,
        "chargePointSerialNumber": identity.serial,
        "firmwareVersion": machine.firmware,
    }


def heartbeat() -> Request:
    """OCPP 1.6 ed. 2 - 6.29."""
    return "Heartbeat", {}


def authorize(machine: Machine, tag: str) -> Request:
    """OCPP 1.6 ed. 2 - 6.1."""
    return "Authorize", {"idTag": tag}


def security_event(machine: Machine, kind: str, info: str) -> Request:
    """Security whitepaper ed. 3 - SecurityEventNotification.req."""
    payload = {"type": kind, "timestamp": stamp(machine.clock.now())}
    return "SecurityEventNotification", payload | ({"techInfo": info} if info else {})


def word(connector: Connector) -> str:
    """OCPP 1.6 ed. 2 - 7.7."""
    return connector.status


def info(answer: Payload) -> Payload:
    """The idTagInfo of an answer."""
    found: Payload = answer["idTagInfo"]
    return found


def may_stop(machine: Machine, tag: str, transaction: Transaction) -> bool:
    """OCPP 1.6 ed. 2 - 3.10."""
    return same_group(machine, tag, transaction.id_tag)


def reservation_ended(machine: Machine, held: Reservation, how: str) -> None:
    """StatusNotification is all that 1.6 tells of it."""


def noticed(machine: Machine, connector: Connector) -> None:
    """Charging states are statuses in 1.6."""


def faulted(machine: Machine, connector: Connector) -> None:
    """An errorCode in StatusNotification tells it."""


def severity(level: int) -> Payload:
    """1.6 has no such events."""
    return {}


def tick(machine: Machine, now: datetime) -> None:
    """Nothing more falls due."""
