"""What somebody who helps needs to see; who reads it learns no card, no password, no serial number and no address."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import PurePath
import re
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import ChildDeviceEntry, DeviceEntry

from .cards import card_entries
from .const import CONF_GROUP, CONF_NUMBER, CONF_PERSON, CONF_PROVIDER_TOKEN, CONF_PROVIDER_URL, CONF_TLS_NAMES, DOMAIN
from .csms.model.evse import Evse
from .csms.model.limit import Limits
from .csms.model.station import Station
from .csms.model.transaction import Transaction
from .csms.model.variable import Variable
from .devices import evse_device, station_key
from .hub import Hub, OcppHomeEntry
from .site.garage import vehicles
from .site.vehicle import Vehicle

PRIVATE: Final = ("serial", "iccid", "imsi", "meter_serial")
WHOSE: Final = ("token", "stop_token", "station", "card", "person", "card_group")
VEHICLE: Final = ("key", "name", "level")
SECRET_NAME: Final = re.compile("passw|secret|key|psk|token|credential", re.IGNORECASE)
SHORTEST: Final = 4
"""What is shorter than so many characters names nobody, and would be found everywhere."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: OcppHomeEntry) -> dict[str, Any]:
    """The hub and all its stations."""
    hub = entry.runtime_data
    told = {
        "entry": {
            "data": async_redact_data(entry.data, {CONF_HOST}),
            "options": async_redact_data(entry.options, {CONF_PROVIDER_URL, CONF_PROVIDER_TOKEN}),
        },
        "certificate": {"not_after": hub.certificates.not_after, "issued": len(hub.certificates.authority.issued)},
        "ledger": {"trouble": hub.ledger.trouble, "set_aside": hub.ledger.set_aside and asdict(hub.ledger.set_aside)},
        "strangers": [stranger.version for stranger in hub.central.strangers.values()],
        "vehicles": [_vehicle(vehicle) for vehicle in vehicles(entry)],
        "stations": [_station(hub, station) for station in hub.stations.values()],
    }
    return _masked(told, _private(hub, hub.stations.values()))


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: OcppHomeEntry, device: DeviceEntry | ChildDeviceEntry
) -> dict[str, Any]:
    """One station, whether it is asked for by its own device or by that of an EVSE."""
    hub = entry.runtime_data
    keys = {key for domain, key in device.identifiers if domain == DOMAIN}
    for station in hub.stations.values():
        if keys & {station_key(station), *(evse_device(station, number) for number in station.evses)}:
            return _masked(_station(hub, station), _private(hub, [station]))
    return await async_get_config_entry_diagnostics(hass, entry)


def _station(hub: Hub, station: Station) -> dict[str, Any]:
    session = hub.central.session(station.name)
    commands = station.commands
    settings = {**asdict(station.settings), "policy": station.policy.unknown}
    return {
        "identity": async_redact_data(asdict(station.identity), PRIVATE),
        "settings": settings,
        "version": station.version,
        "connected": station.connected,
        "connected_at": station.connected_at,
        "seen_at": station.seen_at,
        "booted_at": station.booted_at,
        "status": station.status,
        "operative": station.operative,
        "problem": station.problem and asdict(station.problem),
        "firmware_status": station.firmware_status,
        "log_status": station.log_status,
        "clock_offset": station.clock_offset,
        "notices": [asdict(notice) for notice in station.notices.values()],
        "counters": dict(station.counters),
        "unsupported": sorted(commands.unsupported) if commands else None,
        "blocks": [name for name in commands.__slots__ if getattr(commands, name)] if commands else None,
        "variables": [_variable(variable) for variable in station.variables.known.values()],
        "variables_left_out": station.variables.left_out,
        "meter": _meter(station),
        "evses": [_evse(evse) for evse in station.evses.values()],
        "session": session
        and {
            "opened_at": session.opened_at,
            "last_seen": session.last_seen,
            "answers_pings": session.answers_pings,
            "counters": dict(session.counters),
            "frames": [f"{at.isoformat()} {direction} {text}" for at, direction, text in session.recent],
        },
    }


def _vehicle(vehicle: Vehicle) -> dict[str, Any]:
    told = {**asdict(vehicle), "timetable": [str(weekly) for weekly in vehicle.timetable]}
    return async_redact_data(told, VEHICLE) | {"marks": len(vehicle.marks)}


def _variable(variable: Variable) -> dict[str, Any]:
    value = REDACTED if variable.value and SECRET_NAME.search(variable.key.name) else variable.value
    return {**asdict(variable.key), "value": value, "readonly": variable.readonly}


def _meter(part: Station | Evse) -> list[dict[str, Any]]:
    return [{**asdict(reading), "signed": reading.signed is not None} for reading in part.meter.readings.values()]


def _evse(evse: Evse) -> dict[str, Any]:
    return {
        "id": evse.id,
        "connectors": {str(connector.id): connector.status for connector in evse.connectors.values()},
        "status": evse.status,
        "status_at": evse.status_at,
        "problem": evse.problem and asdict(evse.problem),
        "operative": evse.operative,
        "plugged": evse.plugged,
        "limits": _limits(evse.limits),
        "meter": _meter(evse),
        "transaction": _transaction(evse.transaction),
        "previous": _transaction(evse.previous),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    names = ("maximum", "wishes", "confirmed", "known", "refusals", "refusal", "method")
    return {name: getattr(limits, name) for name in names}


def _transaction(transaction: Transaction | None) -> dict[str, Any] | None:
    return None if transaction is None else async_redact_data(asdict(transaction), WHOSE)


def _private(hub: Hub, stations: Iterable[Station]) -> set[str]:
    """Texts that must not appear anywhere, in frames and names neither."""
    private = {str(hub.entry.data[CONF_HOST]), *hub.entry.options.get(CONF_TLS_NAMES, ())}
    for card in card_entries(hub.entry):
        private.update(
            (card.title, card.data[CONF_NUMBER], card.data.get(CONF_PERSON) or "", card.data.get(CONF_GROUP) or "")
        )
    for vehicle in vehicles(hub.entry):
        private.update((vehicle.name, *vehicle.marks))
    for station in stations:
        private.update(getattr(station.identity, name) for name in PRIVATE)
        session = hub.central.session(station.name)
        private.add(session.request.peer if session is not None else "")
        for evse in station.evses.values():
            tokens = (evse.session and evse.session.token, evse.session and evse.session.stop_token)
            private.update(token for token in tokens if token and token != station.settings.token)
    return {text for text in private if len(text) >= SHORTEST}


def _masked(told: Mapping[str, Any], private: set[str]) -> dict[str, Any]:
    """The same, in plain types, with every private text replaced, in names too."""
    return {str(_mask(key, private)): _mask(value, private) for key, value in told.items()}


def _mask(told: Any, private: set[str]) -> Any:
    if isinstance(told, Mapping):
        return _masked(told, private)
    if isinstance(told, list | tuple | set):
        return [_mask(value, private) for value in told]
    if isinstance(told, str | PurePath):
        return re.sub("|".join(map(re.escape, sorted(private, key=len, reverse=True))) or "$^", REDACTED, str(told))
    return told
