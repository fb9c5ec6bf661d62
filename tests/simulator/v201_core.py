"""Answers: cache, local list, reservations, data transfer, messages, costs (OCPP 2.0.1 ed. 3 - C, D, H, I, O, P)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .clock import moment, stamp
from .connector import Connector, Reservation
from .dialect import Answer
from .oddities import Payload
from .v201_control import NO, YES, running
from .v201_events import tag_of

if TYPE_CHECKING:
    from .machine import Machine


# --- whom the station knows -----------------------------------------------------------------------------------------


def clear_cache(machine: Machine, payload: Payload) -> Payload:
    """C11: Rejected without a cache."""
    if not machine.configuration.on("AuthCacheCtrlr.Enabled"):
        return NO
    machine.tags.cache.clear()
    return YES


def get_local_list_version(machine: Machine, payload: Payload) -> Payload:
    """D02: 0 for an empty list, and without one."""
    return {"versionNumber": machine.tags.version if machine.tags.listed else 0}


def send_local_list(machine: Machine, payload: Payload) -> Payload:
    """D01."""
    entries, version = payload.get("localAuthorizationList", []), payload["versionNumber"]
    limit = machine.configuration.number("LocalAuthListCtrlr.ItemsPerMessage")
    if version <= 0 or len(entries) > limit or not machine.configuration.on("LocalAuthListCtrlr.Enabled"):
        return {"status": "Failed"}
    listed = [_entry(machine, entry) for entry in entries]
    if payload["updateType"] == "Differential":
        if version <= machine.tags.version:
            return {"status": "VersionMismatch"}
        machine.tags.update(listed, version)
    else:
        machine.tags.replace(listed, version)
    return YES


def _entry(machine: Machine, entry: Payload) -> Payload:
    tag = {"idTag": tag_of(machine, entry["idToken"])}
    return tag | ({"idTagInfo": machine.dialect.info(entry)} if "idTokenInfo" in entry else {})


# --- reservations ---------------------------------------------------------------------------------------------------


def reserve_now(machine: Machine, payload: Payload) -> Payload:
    """H01; EVSE 0 stands for a reservation of any."""
    evse, number = payload.get("evseId", 0), payload["id"]
    chosen = [c for c in machine.outlets if evse in (0, c.evse)]
    whole = evse == 0 and not machine.configuration.on("ReservationCtrlr.NonEvseSpecific")
    if not chosen or whole or not machine.configuration.on("ReservationCtrlr.Enabled"):
        return NO
    for place in machine.connectors.values():
        if place.reservation is not None and place.reservation.id == number:
            place.reservation = None  # H01.FR.02
    words = {_reservable(machine, place) for place in chosen}
    if "Accepted" not in words:
        return {"status": min(words)}
    group = payload.get("groupIdToken", {}).get("idToken")
    held = Reservation(number, tag_of(machine, payload["idToken"]), group, moment(payload["expiryDateTime"]))
    (machine.connectors[0] if evse == 0 else chosen[0]).reservation = held
    machine.after_answer(_report, machine)
    return YES


def _reservable(machine: Machine, place: Connector) -> str:
    words = {"Available": "Accepted", "Faulted": "Faulted", "Unavailable": "Unavailable"}
    return words.get(machine.dialect.word(place), "Occupied")


def cancel_reservation(machine: Machine, payload: Payload) -> Payload:
    """H02."""
    for place in machine.connectors.values():
        if place.reservation is not None and place.reservation.id == payload["reservationId"]:
            place.reservation = None
            machine.after_answer(_report, machine)
            return YES
    return NO


async def _report(machine: Machine) -> None:
    machine.report_statuses(changed_only=True)


# --- messages and customers -----------------------------------------------------------------------------------------


def data_transfer(machine: Machine, payload: Payload) -> Payload:
    """P01: unknown vendors are told so; known ones get their data back."""
    if payload["vendorId"] != machine.hardware.identity.vendor:
        return {"status": "UnknownVendorId"}
    if payload.get("messageId") not in (None, "Echo"):
        return {"status": "UnknownMessageId"}
    return YES | ({"data": payload["data"]} if "data" in payload else {})


def set_display_message(machine: Machine, payload: Payload) -> Payload:
    """O01, O02, O06; at most ten messages."""
    message, shown = payload["message"], _messages(machine)
    formats = machine.configuration.items("DisplayMessageCtrlr.SupportedFormats")
    if message["message"]["format"] not in formats:
        return {"status": "NotSupportedMessageFormat"}
    if message["priority"] not in machine.configuration.items("DisplayMessageCtrlr.SupportedPriorities"):
        return {"status": "NotSupportedPriority"}
    if "transactionId" in message and running(machine, message["transactionId"]) is None:
        return {"status": "UnknownTransaction"}
    if message["id"] not in shown and len(shown) >= 10:
        return NO
    shown[message["id"]] = message
    return YES


def get_display_messages(machine: Machine, payload: Payload) -> Payload:
    """O03, O04."""
    wanted = payload.get("id")
    found = [m for m in _messages(machine).values() if wanted is None or m["id"] in wanted]
    found = [m for m in found if payload.get("priority") in (None, m["priority"])]
    found = [m for m in found if payload.get("state") in (None, m.get("state"))]
    if not found:
        return {"status": "Unknown"}
    machine.after_answer(_tell_messages, machine, payload["requestId"], found)
    return YES


async def _tell_messages(machine: Machine, number: int, found: list[Payload]) -> None:
    for turn, message in enumerate(found, 1):
        body = {"requestId": number, "messageInfo": [message], "tbc": turn < len(found)}
        machine.note("NotifyDisplayMessages", body)


def clear_display_message(machine: Machine, payload: Payload) -> Payload:
    """O05."""
    gone = _messages(machine).pop(payload["id"], None)
    return {"status": "Unknown" if gone is None else "Accepted"}


def on_display(machine: Machine) -> list[str]:
    """What can be read on the display at this moment, of the messages that hold in every state."""
    now = machine.clock.now()
    shown = [message for message in _messages(machine).values() if _from(message, "startDateTime", now) <= now]
    return [message["message"]["content"] for message in shown if "state" not in message]


def _messages(machine: Machine) -> dict[int, Payload]:
    """2.31 MessageInfoType: a message is removed after its end, and after the transaction it is of."""
    kept: dict[int, Payload] = machine.shelf.setdefault("messages", {})
    for number, message in [*kept.items()]:
        over = "transactionId" in message and running(machine, message["transactionId"]) is None
        if over or _from(message, "endDateTime", datetime.max.replace(tzinfo=UTC)) <= machine.clock.now():
            del kept[number]
    return kept


def _from(message: Payload, name: str, missing: datetime) -> datetime:
    return moment(message[name]) if name in message else missing


def customer_information(machine: Machine, payload: Payload) -> Payload:
    """N09, N10: what the station knows of a token is what its lists know."""
    tag = payload.get("idToken", {}).get("idToken", payload.get("customerIdentifier"))
    if tag is None and "customerCertificate" not in payload:
        return {"status": "Invalid"}
    known = machine.tags.status(tag or "", machine.clock.now(), cached=True, listed=True)
    if payload["clear"] and tag is not None:
        machine.tags.cache.pop(tag.casefold(), None)
    data = f"{tag}: {known}" if payload["report"] and known else ""
    head = {"requestId": payload["requestId"]}
    machine.after_answer(_tell_customer, machine, head, data)
    return YES


async def _tell_customer(machine: Machine, head: Payload, data: str) -> None:
    body = {"seqNo": 0, "generatedAt": stamp(machine.clock.now()), "tbc": False, "data": data}
    machine.note("NotifyCustomerInformation", head | body)


def cost_updated(machine: Machine, payload: Payload) -> Payload:
    """I02."""
    place = running(machine, payload["transactionId"])
    if place is not None and place.transaction is not None:
        place.transaction.total_cost = payload["totalCost"]
    return {}


ANSWERS: dict[str, Answer] = {
    "ClearCache": clear_cache,
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
    "ReserveNow": reserve_now,
    "CancelReservation": cancel_reservation,
    "DataTransfer": data_transfer,
    "SetDisplayMessage": set_display_message,
    "GetDisplayMessages": get_display_messages,
    "ClearDisplayMessage": clear_display_message,
    "CustomerInformation": customer_information,
    "CostUpdated": cost_updated,
}
