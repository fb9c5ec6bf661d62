"""What a station of 1.6 with the key CustomDisplayCostAndPrice shows (OCA: OCPP & California Pricing Requirements)."""

import json
from typing import TYPE_CHECKING

from .oddities import Payload

if TYPE_CHECKING:
    from .machine import Machine

VENDOR = "org.openchargealliance.costmsg"
KEY = "CustomDisplayCostAndPrice"
FIELDS = {
    "SetUserPrice": {"idToken": str, "priceText": str},
    "RunningCost": {
        "transactionId": int,
        "timestamp": str,
        "meterValue": int,
        "cost": float | int,
        "state": str,
        "chargingPrice": dict,
    },
    "FinalCost": {"transactionId": int, "cost": float | int, "priceText": str},
}


def shows_costs(machine: Machine) -> bool:
    """Whether the station knows these messages."""
    return KEY in machine.configuration.keys and machine.configuration.on(KEY)


def cost_message(machine: Machine, payload: Payload) -> Payload:
    """Take over what is to be shown; what lacks a field is a violation."""
    name, data = payload.get("messageId", ""), json.loads(payload.get("data", "{}"))
    fields = FIELDS.get(name)
    if fields is None:
        return {"status": "UnknownMessageId"}
    wrong = [field for field, kind in fields.items() if not isinstance(data.get(field), kind)]
    machine.violations += [f"{name}: {field} is {data.get(field)!r}" for field in wrong]
    if name == "SetUserPrice":
        machine.shelf["price shown"] = data["priceText"]
        return {"status": "Accepted"}
    for transaction in machine.record:
        if transaction.id == data["transactionId"]:
            transaction.total_cost = data["cost"]
    return {"status": "Accepted"}
