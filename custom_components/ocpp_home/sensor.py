"""Sensors: what a station and its EVSEs tell."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfEnergy, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account_sensors import CURRENT, LAST, account_rows
from .car_sensors import CAR, CarSensor
from .certificate_sensors import populate_certificates
from .configuration import CLASSES, Item, configure
from .csms.model.configuration_keys import Nature
from .csms.model.evse import Evse, Problem, Status
from .csms.model.limit import FailSafe
from .csms.model.station import OWNER, PAUSE, Station
from .entity import Part, able, evses, populate, stations
from .hub import OcppHomeEntry
from .measurands import measured
from .month_sensors import HUB, PERSON, populate_month
from .probing import FINDINGS
from .sensor_entity import SensorRow
from .session_sensors import COST, LIMITS, NEEDS, SESSION, session_rows
from .site.place import SOURCES
from .site_audit import AUDIT, AuditSensor
from .site_entity import house, places, populate_site
from .site_plan import PLAN, PlanSensor
from .site_sensors import HOUSE, PLACE, SiteSensor
from .words import tame

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


def _others(part: Part) -> float | None:
    """The lowest limit of somebody else, of those that are told how high they are."""
    return min((limit.amps for limit in part.external.values() if limit.amps is not None), default=None)


def _whose(part: Part) -> dict[str, object]:
    limits = part.external.values()
    return {
        "sources": [tame(limit.source) for limit in limits],
        "grid_critical": any(limit.critical for limit in limits),
    }


def _has_others(station: Station, part: Part) -> bool:
    return bool(part.external)


def _has_firmware(station: Station, part: Station) -> bool:
    """A station may tell of firmware that it got in another way."""
    return station.firmware_status is not None or able(lambda commands: commands.firmware)(station, part)


STATUSES: Final = [status.name.lower() for status in Status]
PROFILES: Final = ["none", "password", "password_tls", "certificate"]
"""How a station has proved who it is, by its security profile."""

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
        key="security_profile",
        translation_key="security_profile",
        device_class=SensorDeviceClass.ENUM,
        options=PROFILES,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda station: None if station.proved is None else PROFILES[station.proved],
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
    SensorRow(
        key="fail_safe",
        translation_key="fail_safe",
        device_class=SensorDeviceClass.ENUM,
        options=[word.value for word in FailSafe],
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda _, station: station.fail_safe is not None,
        value_fn=lambda station: station.fail_safe,
    ),
    SensorRow(
        key="station_limit_of_others",
        translation_key="station_limit_of_others",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=_has_others,
        value_fn=_others,
        attributes_fn=_whose,
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
        device_class=SensorDeviceClass.ENUM,
        options=[NOTHING, OWNER, PAUSE, *SOURCES.values()],
        has_fn=able(lambda commands: commands.charging),
        value_fn=lambda evse: evse.limiter or NOTHING,
    ),
    SensorRow(
        key="limit_of_others",
        translation_key="limit_of_others",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=_has_others,
        value_fn=_others,
        attributes_fn=_whose,
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


SESSIONS: Final = (*SESSION, COST, *NEEDS, *LIMITS, *CURRENT, *LAST)
MONTH: Final = (*HUB, *PERSON)


def station_rows(station: Station, part: Station) -> Iterable[SensorRow[Station]]:
    """The sensors of a station as a whole."""
    return (*STATION, *measured(part))


def evse_rows(station: Station, part: Evse) -> Iterable[SensorRow[Evse]]:
    """The sensors of an EVSE."""
    return (*EVSE, FINDINGS, *session_rows(station), *connectors(part), *measured(part))


def connectors(evse: Evse) -> Iterator[SensorRow[Evse]]:
    """What each connector is doing, where there are several: of the EVSE as a whole only one can be shown."""
    for connector in evse.connectors.values() if len(evse.connectors) > 1 else ():
        yield SensorRow(
            key=f"connector_{connector.id}_status",
            translation_key="connector_status",
            translation_placeholders={"connector": str(connector.id)},
            device_class=SensorDeviceClass.ENUM,
            options=STATUSES,
            value_fn=partial(_connector, connector.id),
        )


def _connector(number: int, evse: Evse) -> str | None:
    return _word(evse.connectors[number].status) if number in evse.connectors else None


def configuration(item: Item) -> SensorRow[Part] | None:
    """What is more than yes or no and cannot be changed."""
    if item.row.nature is Nature.BOOLEAN or item.row.writable:
        return None
    nature = item.row.nature
    counts = nature in {Nature.INTEGER, Nature.DECIMAL}
    when = SensorDeviceClass.TIMESTAMP if nature is Nature.MOMENT else None
    return SensorRow(
        key=item.name,
        translation_key=item.words,
        translation_placeholders=item.placeholders,
        device_class=CLASSES.get(item.unit or "") if counts else when,
        native_unit_of_measurement=item.unit if counts else None,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        topics=item.folds,
        value_fn=item.number if counts else item.moment if when else item.text,
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: OcppHomeEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of all stations."""
    populate(entry, async_add_entities, stations, station_rows)
    populate(entry, async_add_entities, evses, evse_rows)
    records = entry.runtime_data.records
    populate(entry, async_add_entities, evses, lambda station, part: account_rows(records, station))
    populate_month(entry, async_add_entities)
    populate_certificates(entry, async_add_entities)
    populate_site(entry, async_add_entities, SiteSensor, PLACE, places)
    populate_site(entry, async_add_entities, PlanSensor, PLAN, places)
    populate_site(entry, async_add_entities, CarSensor, CAR, places)
    populate_site(entry, async_add_entities, AuditSensor, AUDIT, places)
    populate_site(entry, async_add_entities, SiteSensor, HOUSE, house)
    configure(entry, async_add_entities, configuration)
