"""What only the vendor has a name for is triggered (OCPP 2.1 ed. 1 - F06.FR.18)."""

from typing import TYPE_CHECKING

from . import v201_control
from .dialect import Answer
from .oddities import Payload
from .v201_control import YES

if TYPE_CHECKING:
    from .machine import Machine


def trigger_message(machine: Machine, payload: Payload) -> Payload:
    """F06, or one of CustomTriggers: its message is a DataTransfer of that name."""
    if payload["requestedMessage"] != "CustomTrigger":
        return v201_control.trigger_message(machine, payload)
    name = payload.get("customTrigger", "")
    if name not in machine.configuration.items("CustomizationCtrlr.CustomTriggers"):
        return {"status": "NotImplemented"}  # F06.FR.19
    machine.after_answer(_tell, machine, name)
    return YES


async def _tell(machine: Machine, name: str) -> None:
    body = {"vendorId": machine.hardware.identity.vendor, "messageId": name, "data": "passed"}
    machine.note("DataTransfer", body, asked=True)


ANSWERS: dict[str, Answer] = {"TriggerMessage": trigger_message}
