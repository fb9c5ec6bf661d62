"""OCPP 2.0.1 in the station's mouth: its requests, its manners, and the table of its answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from . import (
    v201_charging,
    v201_control,
    v201_core,
    v201_jobs,
    v201_monitoring,
    v201_network,
    v201_security,
    v201_variables,
)
from .clock import stamp
from .connector import Connector, Reservation
from .dialect import Answer, Request
from .disguise import Disguise
from .oddities import Payload
from .transactions import power_on
from .v201_disguise import DISGUISES as ROWS
from .v201_events import sampled, token
from .v201_model import DeviceModel
from .v201_network import arrived, revert, way, ways
from .v201_profiles import Profiles2
from .v201_security import MISTRUST
from .v201_transactions import expire_preparation, may_stop, noticed, plugged, stop, unplugged, use

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

SUBPROTOCOL = "ocpp2.0.1"
SCHEMAS = "v201"
MALFORMED = "FormatViolation"
SAME_ID_ON_RETRY = False
DISGUISES: Sequence[Disguise] = ROWS
ANSWERS: Mapping[str, Answer] = (
    v201_core.ANSWERS
    | v201_control.ANSWERS
    | v201_charging.ANSWERS
    | v201_variables.ANSWERS
    | v201_monitoring.ANSWERS
    | v201_jobs.ANSWERS
    | v201_security.ANSWERS
    | v201_network.ANSWERS
)


def settings(machine: Machine) -> DeviceModel:
    """The device model."""
    return DeviceModel(machine)


def profiles() -> Profiles2:
    """K01."""
    return Profiles2()


def boot(machine: Machine) -> Request:
    """B01."""
    identity = machine.hardware.identity
    station = {
        "vendorName": identity.vendor,
        "model": identity.model,
        "serialNumber": identity.serial,
        "firmwareVersion": machine.firmware,
    }
    return "BootNotification", {"chargingStation": station, "reason": _why(machine)}


def _why(machine: Machine) -> str:
    reason: str = machine.shelf.pop("boot reason", "PowerUp")
    return "FirmwareUpdate" if machine.shelf.pop("firmware", machine.firmware) != machine.firmware else reason


def heartbeat() -> Request:
    """G02."""
    return "Heartbeat", {}


def word(connector: Connector) -> str:
    """ConnectorStatusEnumType; nobody is told of the station as such."""
    if not connector.number:
        return ""
    if connector.error != "NoError":
        return "Faulted"
    if connector.in_use:
        return "Occupied"
    if not connector.operative:
        return "Unavailable"
    if connector.plugged:
        return "Occupied"
    return "Reserved" if connector.reservation is not None else "Available"


def status(machine: Machine, connector: Connector) -> Request:
    """G01."""
    place = (0, 0) if machine.oddities.evse_zero_status else (connector.evse, connector.position)
    return "StatusNotification", {
        "timestamp": stamp(machine.clock.now()),
        "connectorStatus": word(connector),
        "evseId": place[0],
        "connectorId": place[1],
    }


def authorize(machine: Machine, tag: str) -> Request:
    """C01."""
    return "Authorize", {"idToken": token(machine, tag)}


def info(answer: Payload) -> Payload:
    """The idTokenInfo of an answer in the core's words; empty when there is none."""
    found = answer.get("idTokenInfo")
    if found is None:
        return {}
    told: Payload = {"status": found["status"]}
    if "groupIdToken" in found:
        told["parentIdTag"] = found["groupIdToken"]["idToken"]
    if "cacheExpiryDateTime" in found:
        told["expiryDate"] = found["cacheExpiryDateTime"]
    return told


def security_event(machine: Machine, kind: str, info: str) -> Request:
    """A04."""
    payload = {"type": kind, "timestamp": stamp(machine.clock.now())}
    return "SecurityEventNotification", payload | ({"techInfo": info} if info else {})


def reservation_ended(machine: Machine, held: Reservation, how: str) -> None:
    """H03, H04."""
    machine.note("ReservationStatusUpdate", {"reservationId": held.id, "reservationUpdateStatus": how})


def faulted(machine: Machine, connector: Connector) -> None:
    """N07: the connector's Problem is alerted; a reservation is gone with it (H01)."""
    v201_monitoring.problem(machine, connector)
    if connector.error != "NoError" and connector.reservation is not None:
        reservation_ended(machine, connector.reservation, "Removed")


def severity(level: int) -> Payload:
    """2.1 tells the severity of an event, 2.0.1 does not."""
    return {}


def tick(machine: Machine, now: datetime) -> None:
    """Monitors are looked at, and a reset that waited for the end of a transaction is done."""
    v201_control.reset_when_idle(machine)
    v201_monitoring.look(machine, now)
