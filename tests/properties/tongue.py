"""How a station says what it has to tell, in each version of OCPP; pure functions of one message."""

from datetime import datetime
from typing import Any

from .truth import Charge, Message, Truth

type Payload = dict[str, Any]
type Said = tuple[str, Payload]

UNKNOWN = (-1, 0)
"""What stations send that know no number (errata sheet 1.6 - 3.18)."""


def say(station: Truth, message: Message) -> Said:
    """The request a message is sent as."""
    return _first(station, message) if station.version == "1.6" else _second(station, message)


def boot(station: Truth) -> Said:
    """What a station says when it has started."""
    if station.version == "1.6":
        return "BootNotification", {"chargePointVendor": "Vendor", "chargePointModel": "Model"}
    return "BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "Vendor", "model": "Model"}}


def status(station: Truth, evse: int, at: datetime) -> Said:
    """What a station says of an EVSE."""
    taken = station.running(evse) is not None
    if station.version == "1.6":
        word = "Charging" if taken else "Available"
        return "StatusNotification", {
            "connectorId": evse, "errorCode": "NoError", "status": word, "timestamp": _text(at),
        }  # fmt: skip
    word = "Occupied" if taken else "Available"
    return "StatusNotification", {"evseId": evse, "connectorId": 1, "connectorStatus": word, "timestamp": _text(at)}


# --- OCPP 1.6 ---------------------------------------------------------------------------------------------------------


def _first(station: Truth, message: Message) -> Said:
    charge, at = message.charge, _text(message.at)
    if message.kind in {"measure", "idle"} or charge is None:
        reading = {"timestamp": at, "sampledValue": [_register(message)]}
        payload: Payload = {"connectorId": message.evse, "meterValue": [reading]}
        if charge is not None and charge.id is not None and not station.terse:
            payload["transactionId"] = int(charge.id)
        return "MeterValues", payload
    if message.kind == "start":
        begun = {"connectorId": charge.evse, "idTag": charge.card, "meterStart": message.register, "timestamp": at}
        return "StartTransaction", begun
    number = UNKNOWN[len(charge.name) % 2] if charge.id is None else int(charge.id)
    stop: Payload = {"transactionId": number, "meterStop": message.register, "timestamp": at, "reason": charge.reason}
    if message.detail:
        stop["idTag"] = charge.card
        end = {**_register(message), "context": "Transaction.End"}
        stop["transactionData"] = [{"timestamp": at, "sampledValue": [end]}]
    return "StopTransaction", stop


def _register(message: Message) -> Payload:
    if message.fine:
        return {"value": f"{message.register / 1000:.3f}", "measurand": "Energy.Active.Import.Register", "unit": "kWh"}
    return {"value": str(message.register)}


# --- OCPP 2.0.1 and 2.1 -----------------------------------------------------------------------------------------------

KINDS = {"start": "Started", "stop": "Ended"}
CONTEXTS = {"start": "Transaction.Begin", "stop": "Transaction.End", "idle": "Sample.Clock"}
TRIGGERS = {"start": "CablePluggedIn", "measure": "MeterValuePeriodic", "card": "Authorized", "stop": "StopAuthorized"}


def _second(station: Truth, message: Message) -> Said:
    charge, at = message.charge, _text(message.at)
    reading = {"timestamp": at, "sampledValue": [_sample(message)]}
    if charge is None:
        return "MeterValues", {"evseId": message.evse, "meterValue": [reading]}
    about: Payload = {"transactionId": charge.name}
    event: Payload = {
        "eventType": KINDS.get(message.kind, "Updated"),
        "timestamp": at,
        "triggerReason": TRIGGERS[message.kind],
        "seqNo": message.sequence,
        "transactionInfo": about,
    }
    if message.kind != "card":
        event["meterValue"] = [reading]
    if message.kind == "stop":
        about["stoppedReason"] = charge.reason
    if message.unheard:
        event["offline"] = True
    if message.kind == "start" or not station.terse:
        event["evse"] = {"id": charge.evse, "connectorId": 1}
    if _shows(charge, message):
        event["idToken"] = {"idToken": charge.card, "type": "ISO14443"}
    return "TransactionEvent", event


def _shows(charge: Charge, message: Message) -> bool:
    """Whether the card is told: once, and perhaps when it stops the session."""
    if message.kind == "stop":
        return message.detail
    return message.kind == ("card" if charge.late_card else "start")


def _sample(message: Message) -> Payload:
    context = CONTEXTS.get(message.kind, "Sample.Periodic")
    if message.fine:
        return {"value": message.register / 1000, "context": context, "unitOfMeasure": {"unit": "kWh"}}
    return {"value": message.register, "context": context}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
