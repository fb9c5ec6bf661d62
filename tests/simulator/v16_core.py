"""Answers: configuration, cache, local list, reservations, data transfer, triggers."""

import re
from typing import TYPE_CHECKING, cast

from . import agenda, metering, v16_cost, v16_security
from .clock import moment
from .configuration import Configuration
from .connector import Connector, Reservation
from .dialect import Answer
from .oddities import Payload
from .wire import Silence

if TYPE_CHECKING:
    from .machine import Machine

HEXADECIMAL = re.compile("(?:[0-9a-fA-F]{2}){16,20}")
ACCEPTED: Payload = {"status": "Accepted"}
REJECTED: Payload = {"status": "Rejected"}


def _keys(machine: Machine) -> Configuration:
    return cast(Configuration, machine.configuration)


def change_configuration(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.3."""
    key, value = payload["key"].casefold(), payload["value"]
    if key == "securityprofile":
        return {"status": v16_security.change_profile(machine, value)}
    status = _keys(machine).change(payload["key"], value)
    if status == "Accepted" and key == "authorizationkey" and machine.oddities.silent_on_password:
        machine.run(_change_password(machine, value))
        raise Silence
    if status == "Accepted":
        machine.after_answer(_take_effect, machine, key, value)
    return {"status": status}


async def _take_effect(machine: Machine, key: str, value: str) -> None:
    if key == "authorizationkey":
        await _change_password(machine, value)
    if key.endswith("interval"):
        agenda.plan(machine, machine.clock.now())


async def _change_password(machine: Machine, key: str) -> None:
    """Connect anew with another AuthorizationKey (security whitepaper ed. 3 - A01)."""
    machine.credentials.password = bytes.fromhex(key) if HEXADECIMAL.fullmatch(key) else key
    await machine.reconnect()


def get_configuration(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.8."""
    names = payload.get("key", [])
    report = _keys(machine).report(names)
    crashes = machine.oddities.reboots_on_reading
    if (
        crashes & set(names)
        or ("unknown" in crashes and "unknownKey" in report)
        or (crashes - {"unknown"} and not names)
    ):
        machine.run(machine.reboot(hard=True))
        raise Silence
    return report


def clear_cache(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.4, errata 3.23: Rejected without a cache."""
    if not machine.configuration.on("AuthorizationCacheEnabled"):
        return REJECTED
    machine.tags.cache.clear()
    return ACCEPTED


def get_local_list_version(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.10: 0 for an empty list, -1 when not supported."""
    if "LocalAuthListManagement" not in machine.configuration.items("SupportedFeatureProfiles"):
        return {"listVersion": -1}
    return {"listVersion": machine.tags.version if machine.tags.listed else 0}


def send_local_list(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.15; a version that is not newer is a mismatch for a differential update."""
    entries, version = payload.get("localAuthorizationList", []), payload["listVersion"]
    if "LocalAuthListManagement" not in machine.configuration.items("SupportedFeatureProfiles"):
        return {"status": "NotSupported"}
    if version <= 0 or len(entries) > machine.configuration.number("SendLocalListMaxLength"):
        return {"status": "Failed"}
    if payload["updateType"] == "Differential":
        if version <= machine.tags.version:
            return {"status": "VersionMismatch"}
        machine.tags.update(entries, version)
    else:
        machine.tags.replace(entries, version)
    return ACCEPTED


def reserve_now(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.13."""
    connector = machine.connectors.get(payload["connectorId"])
    if connector is None or (connector.number == 0 and not machine.configuration.on("ReserveConnectorZeroSupported")):
        return REJECTED
    for place in machine.connectors.values():
        if place.reservation is not None and place.reservation.id == payload["reservationId"]:
            place.reservation = None
    if (status := _reservable(machine, connector)) != "Accepted":
        return {"status": status}
    connector.reservation = Reservation(
        payload["reservationId"], payload["idTag"], payload.get("parentIdTag"), moment(payload["expiryDate"])
    )
    machine.after_answer(_report_changes, machine)
    return ACCEPTED


def _reservable(machine: Machine, connector: Connector) -> str:
    if connector.reservation is not None:
        return "Occupied"
    words = {"Available": "Accepted", "Faulted": "Faulted", "Unavailable": "Unavailable"}
    if connector.number:
        return words.get(connector.status, "Occupied")
    found = [words.get(outlet.status, "Occupied") for outlet in machine.outlets]
    return "Accepted" if "Accepted" in found else found[0]


async def _report_changes(machine: Machine) -> None:
    machine.report_statuses(changed_only=True)


def cancel_reservation(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.1."""
    for connector in machine.connectors.values():
        if connector.reservation is not None and connector.reservation.id == payload["reservationId"]:
            connector.reservation = None
            machine.after_answer(_report_changes, machine)
            return ACCEPTED
    return REJECTED


def data_transfer(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 4.3: unknown vendors are told so; known ones get their data back."""
    if payload["vendorId"] == v16_cost.VENDOR and v16_cost.shows_costs(machine):
        return v16_cost.cost_message(machine, payload)
    if payload["vendorId"] != machine.hardware.identity.vendor:
        return {"status": "UnknownVendorId"}
    if payload.get("messageId") not in (None, "Echo"):
        return {"status": "UnknownMessageId"}
    return ACCEPTED | ({"data": payload["data"]} if "data" in payload else {})


def trigger_message(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.17."""
    number = payload.get("connectorId")
    if number is not None and number not in machine.connectors:
        return REJECTED
    machine.after_answer(_triggered, machine, payload["requestedMessage"], number)
    return ACCEPTED


def extended_trigger_message(machine: Machine, payload: Payload) -> Payload:
    """Security whitepaper ed. 3 - 6.16: its FirmwareStatusNotification is the signed one."""
    signed = payload["requestedMessage"].replace("FirmwareStatus", "SignedFirmwareStatus")
    return trigger_message(machine, payload | {"requestedMessage": signed})


async def _triggered(machine: Machine, kind: str, number: int | None) -> None:
    places = [machine.connectors[number]] if number is not None else list(machine.connectors.values())
    match kind:
        case "BootNotification":
            await machine.try_to_boot()
        case "Heartbeat":
            await machine.ask(*machine.dialect.heartbeat())
        case "StatusNotification":
            for connector in places:
                await machine.ask(*machine.dialect.status(machine, connector))
        case "MeterValues":
            machine.tick()
            for connector in places:
                if number is not None or connector.number:
                    metering.triggered(machine, connector)
        case "SignChargePointCertificate":
            await v16_security.sign(machine)
        case _:
            await machine.ask(kind, machine.jobs.get(kind, {"status": "Idle"}))


ANSWERS: dict[str, Answer] = {
    "ChangeConfiguration": change_configuration,
    "GetConfiguration": get_configuration,
    "ClearCache": clear_cache,
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
    "ReserveNow": reserve_now,
    "CancelReservation": cancel_reservation,
    "DataTransfer": data_transfer,
    "TriggerMessage": trigger_message,
    "ExtendedTriggerMessage": extended_trigger_message,
}
