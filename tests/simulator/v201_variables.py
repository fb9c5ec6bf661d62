"""Answers: variables and reports (OCPP 2.0.1 ed. 3 - B05 to B08)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, cast

from . import agenda, v201_network
from .clock import stamp
from .dialect import Answer
from .oddities import Payload
from .v201_model import ACCEPTED, ACTUAL, REJECTED, DeviceModel, Variable
from .wire import Refused, Silence

if TYPE_CHECKING:
    from .machine import Machine

PART = 10  # entries of a report in one message


def model(machine: Machine) -> DeviceModel:
    """The station's device model."""
    return cast(DeviceModel, machine.configuration)


def _too_many(machine: Machine, action: str, asked: Sequence[Any]) -> None:
    if len(asked) > model(machine).number(f"DeviceDataCtrlr.ItemsPerMessage.{action}", 20):
        raise Refused("OccurrenceConstraintViolation", "more than ItemsPerMessage")  # B05.FR.11, B06.FR.16


def get_variables(machine: Machine, payload: Payload) -> Payload:
    """B06 - Get Variables."""
    asked = payload["getVariableData"]
    _too_many(machine, "GetVariables", asked)
    return {"getVariableResult": [_got(machine, one) for one in asked]}


def _got(machine: Machine, one: Payload) -> Payload:
    kind = one.get("attributeType", ACTUAL)
    status, value = model(machine).get(one["component"], one["variable"], kind)
    result = {"attributeStatus": status, "component": one["component"], "variable": one["variable"]}
    result |= {"attributeType": kind} if "attributeType" in one or status == ACCEPTED else {}
    return result | ({"attributeValue": value} if status == ACCEPTED else {})


def set_variables(machine: Machine, payload: Payload) -> Payload:
    """B05 - Set Variables."""
    asked = payload["setVariableData"]
    _too_many(machine, "SetVariables", asked)
    results = [_set(machine, one) for one in asked]
    if machine.oddities.silent_on_password and any(one["variable"]["name"] == "BasicAuthPassword" for one in asked):
        machine.answered()
        raise Silence
    return {"setVariableResult": results}


def _set(machine: Machine, one: Payload) -> Payload:
    kind = one.get("attributeType", ACTUAL)
    name = f"{one['component']['name']}.{one['variable']['name']}".casefold()
    if name == v201_network.PRIORITY.casefold() and not v201_network.fit(machine, one["attributeValue"]):
        status = REJECTED
    else:
        status = model(machine).set(one["component"], one["variable"], kind, one["attributeValue"])
    if status == ACCEPTED:
        machine.after_answer(_take_effect, machine, name, one["attributeValue"])
    result = {"attributeStatus": status, "component": one["component"], "variable": one["variable"]}
    return result | ({"attributeType": kind} if "attributeType" in one else {})


async def _take_effect(machine: Machine, name: str, value: str) -> None:
    if name == "securityctrlr.basicauthpassword":
        machine.credentials.password = value
        await machine.reconnect()
    if name.endswith("interval"):
        agenda.plan(machine, machine.clock.now())


# --- reports --------------------------------------------------------------------------------------------------------


def get_base_report(machine: Machine, payload: Payload) -> Payload:
    """B07 - Get Base Report."""
    base = payload["reportBase"]
    if base == "SummaryInventory":
        chosen = [v for v in _all(machine) if v.row.name.endswith((".AvailabilityState", ".Problem"))]
    else:
        chosen = [v for v in _all(machine) if base == "FullInventory" or not v.row.physical]
    return _report(machine, payload["requestId"], chosen)


def get_report(machine: Machine, payload: Payload) -> Payload:
    """B08 - Get Custom Report."""
    wanted = payload.get("componentVariable")
    _too_many(machine, "GetReport", wanted or ())
    chosen = [v for v in _all(machine) if wanted is None or any(asks_for(one, v) for one in wanted)]
    if criteria := payload.get("componentCriteria"):
        fitting = {id(v.place) if v.place else v.component["name"] for v in _fitting(machine, set(criteria))}
        chosen = [v for v in chosen if (id(v.place) if v.place else v.component["name"]) in fitting]
    return _report(machine, payload["requestId"], chosen)


def _fitting(machine: Machine, criteria: set[str]) -> Iterator[Variable]:
    """Components that are what is asked for; one without such a variable is (B08.FR.06), but has no Problem."""
    for variable in _all(machine):
        _, name, *_ = variable.row.name.split(".")
        if (criteria - {"Problem"} and name not in criteria) or (
            name in criteria and model(machine).read(variable) == "true"
        ):
            yield variable


def asks_for(wanted: Payload, variable: Variable) -> bool:
    """Whether a ComponentVariable means this one; what it leaves out fits everything (B08.FR.20 to 23)."""
    component, found = wanted["component"], variable.component
    evse, own = component.get("evse"), found.get("evse", {})
    if component["name"].casefold() != found["name"].casefold():
        return False
    if component.get("instance") not in (None, found.get("instance")):
        return False
    if evse is not None and (
        evse["id"] != own.get("id") or evse.get("connectorId") not in (None, own.get("connectorId"))
    ):
        return False
    named = wanted.get("variable")
    return named is None or (
        named["name"].casefold() == variable.variable["name"].casefold()
        and named.get("instance", variable.variable.get("instance")) == variable.variable.get("instance")
    )


def _all(machine: Machine) -> Iterable[Variable]:
    return model(machine).variables.values()


def _report(machine: Machine, number: int, chosen: list[Variable]) -> Payload:
    if not chosen:
        return {"status": "EmptyResultSet"}
    data = [variable.report(model(machine).read(variable)) for variable in chosen]
    machine.after_answer(send_parts, machine, "NotifyReport", {"requestId": number}, "reportData", data)
    return {"status": "Accepted"}


async def send_parts(machine: Machine, action: str, head: Payload, name: str, data: list[Any]) -> None:
    """Send a long answer in numbered parts."""
    parts = list(batched(data, PART, strict=False))
    for number, part in enumerate(parts):
        body = {"seqNo": number, "generatedAt": stamp(machine.clock.now()), "tbc": number < len(parts) - 1}
        machine.note(action, head | body | {name: list(part)}, asked=True)


ANSWERS: dict[str, Answer] = {
    "GetVariables": get_variables,
    "SetVariables": set_variables,
    "GetBaseReport": get_base_report,
    "GetReport": get_report,
}
