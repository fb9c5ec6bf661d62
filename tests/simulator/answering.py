"""How a request of the central system is met: in silence, oddly, or as the dialect has it."""

from typing import TYPE_CHECKING

from . import schemas
from .oddities import Payload
from .wire import Refused, Silence

if TYPE_CHECKING:
    from .machine import Machine


async def answer(machine: Machine, action: str, payload: Payload) -> Payload:
    """The payload of the CALLRESULT; Refused for a CALLERROR, Silence for nothing at all."""
    oddities = machine.oddities
    if machine.registration == "Rejected":
        raise Silence  # 4.2: "While Rejected, the Charge Point SHALL NOT respond"
    if oddities.never_answers & {action, "*"}:
        raise Silence
    if action in oddities.closes_on and machine.wire is not None:
        machine.wire.abort()
        raise Silence
    if oddities.answer_delay:
        await machine.clock.sleep(oddities.answer_delay)
    fixed = oddities.answers.get(action)
    if isinstance(fixed, str):
        raise Refused(fixed, "as this brand does")
    return _properly(machine, action, payload) if fixed is None else dict(fixed)


def _properly(machine: Machine, action: str, payload: Payload) -> Payload:
    make = machine.dialect.ANSWERS.get(action)
    if make is None:
        raise Refused("NotImplemented", f"{action} is not known here")
    if schemas.faults(machine.schemas, action, payload):
        raise Refused(machine.dialect.MALFORMED, "the payload does not fit the schema")
    made = make(machine, payload)
    if faults := schemas.faults(machine.schemas, action, made, response=True):
        raise ValueError(f"the simulated station answered {action} wrongly: {faults}")
    return made
