"""Sensors: what a station and its EVSEs tell."""

from collections.abc import Iterable
from datetime import datetime
from math import floor
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfEnergy, UnitOfPower, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .configuration import configured, key_of, number, text
from .csms.model.configuration_keys import Nature
from .csms.model.evse import Evse, Problem, Status
from .csms.model.station import Station
from .entity import Part, able, evses, populate, stations
from .hub import OcppHomeEntry
from .measurands import measured
from .sensor_entity import SensorRow

PARALLEL_UPDATES = 0

NOTHING: Final = "none"
"""The state of a sensor that knows there is nothing to tell."""


def _word(status: Status | None) -> str | None:
    return None if status is None else status.name.lower()


def _code(part: Part) -> str | None:
    if part.problem is None:
        return None if part.status is None else NOTHING
    return part.problem.code


def _details(part: Part) -> dict[str, object]:
    problem = part.problem or Problem("")
    return {
        "info": problem.info or None,
        "vendor": problem.vendor or None,
        "vendor_code": problem.vendor_code or None,
        "since": problem.since,
    }


def _energy(evse: Evse) -> float | None:
    return None if evse.session is None else evse.session.energy


def _started(evse: Evse) -> datetime | None:
    return None if evse.session is None else evse.session.started


def _duration(evse: Evse) -> int | None:
    """Whole minutes, so that a running session is a new state once a minute and not with every frame."""
    session = evse.session
    if session is None or session.started is None:
        return None
    return max(0, floor(((session.stopped or dt_util.utcnow()) - session.started).total_seconds() / 60))


def _has_firmware(station: Station, part: Station) -> bool:
    """A station may tell of firmware that it got in another way."""
    return station.firmware_status is not None or able(lambda commands: commands.firmware)(station, part)


STATUSES: Final = [status.name.lower() for status in Status]

STATION: Final[tuple[SensorRow[Station], ...]] = (
    SensorRow(
        key="station_status",
        translation_key="station_status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda station: _word(station.status),
    ),
    SensorRow(
        key="station_error",
        translation_key="station_error",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_code,
        attributes_fn=_details,
    ),
    SensorRow(
        key="protocol",
        translation_key="protocol",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda station: station.version,
        offline=True,
    ),
    SensorRow(
        key="last_seen",
        translation_key="last_seen",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda station: station.seen_at,
        offline=True,
    ),
    SensorRow(
        key="last_boot",
        translation_key="last_boot",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda station: station.booted_at,
    ),
    SensorRow(
        key="firmware_status",
        translation_key="firmware_status",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=_has_firmware,
        value_fn=lambda station: station.firmware_status,
    ),
    SensorRow(
        key="log_status",
        translation_key="log_status",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.diagnostics),
        value_fn=lambda station: station.log_status,
    ),
    SensorRow(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda station: None if station.clock_offset is None else round(station.clock_offset),
    ),
)

EVSE: Final[tuple[SensorRow[Evse], ...]] = (
    SensorRow(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        value_fn=lambda evse: _word(evse.status),
    ),
    SensorRow(
        key="error",
        translation_key="error",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_code,
        attributes_fn=_details,
    ),
    SensorRow(
        key="energy",
        translation_key="energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=2,
        has_fn=lambda _, evse: evse.register.total is not None,
        value_fn=lambda evse: evse.register.total,
    ),
    SensorRow(
        key="session_energy",
        translation_key="session_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        # Not total_increasing: a session may begin above the end of the last one, and only last_reset tells them apart.
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=_energy,
        reset_fn=_started,
    ),
    SensorRow(
        key="session_duration",
        translation_key="session_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        value_fn=_duration,
    ),
    SensorRow(
        key="session_start",
        translation_key="session_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_started,
    ),
    SensorRow(
        key="session_end",
        translation_key="session_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.stopped,
    ),
    SensorRow(
        key="session_token",
        translation_key="session_token",
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.token,
    ),
    SensorRow(
        key="session_stop_reason",
        translation_key="session_stop_reason",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.reason,
    ),
    SensorRow(
        key="session_peak_power",
        translation_key="session_peak_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.peak_power,
    ),
    SensorRow(
        # A place for what a tariff will fill; while nobody has told a price the cost is unknown, not zero.
        key="session_cost",
        translation_key="session_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="limit_confirmed",
        translation_key="limit_confirmed",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        has_fn=able(lambda commands: commands.charging),
        value_fn=lambda evse: evse.limits.confirmed if evse.limits.known else None,
        attributes_fn=lambda evse: {
            "wanted": evse.limits.effective,
            "method": evse.limits.method,
            "refusal": evse.limits.refusal,
        },
    ),
    SensorRow(
        key="limit_source",
        translation_key="limit_source",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=able(lambda commands: commands.charging),
        value_fn=lambda evse: evse.limits.source or NOTHING,
    ),
    SensorRow(
        key="reserved_until",
        translation_key="reserved_until",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.reservations),
        value_fn=lambda evse: None if evse.reservation is None else evse.reservation.until,
    ),
)


def station_rows(station: Station, part: Station) -> Iterable[SensorRow[Station]]:
    """The sensors of a station as a whole."""
    return (*STATION, *measured(part), *configuration_rows(part))


def evse_rows(station: Station, part: Evse) -> Iterable[SensorRow[Evse]]:
    """The sensors of an EVSE."""
    return (*EVSE, *measured(part))


def configuration_rows(part: Station) -> Iterable[SensorRow[Station]]:
    """The configuration keys that can only be read."""
    for key in configured(part, Nature.INTEGER, Nature.LIST, Nature.TEXT, writable=False):
        yield SensorRow(
            key=key_of(key),
            translation_key=key_of(key),
            native_unit_of_measurement=key.unit,
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
            value_fn=number(key) if key.nature is Nature.INTEGER else text(key),
        )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of all stations."""
    populate(entry, async_add_entities, stations, station_rows)
    populate(entry, async_add_entities, evses, evse_rows)
