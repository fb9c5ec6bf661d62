"""What meters measure, as rows: one per quantity, and one for each phase or place it was reported of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    REVOLUTIONS_PER_MINUTE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfTemperature,
)

from .csms.model.evse import Evse
from .csms.model.meter import LINE_TO_NEUTRAL, LINES, Location, Meter, Phase, Quantity
from .entity import Part
from .sensor_entity import SensorRow

KWH: Final = UnitOfEnergy.KILO_WATT_HOUR
KVARH: Final = UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR


def _power(key: str, *, enabled: bool = False) -> SensorEntityDescription:
    return SensorEntityDescription(
        key=key,
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=enabled,
    )


def _current(key: str, *, enabled: bool = False) -> SensorEntityDescription:
    return SensorEntityDescription(
        key=key,
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_registry_enabled_default=enabled,
    )


def _energy(key: str, state_class: SensorStateClass | None, *, enabled: bool = False) -> SensorEntityDescription:
    return SensorEntityDescription(
        key=key,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=KWH,
        state_class=state_class,
        suggested_display_precision=2,
        entity_registry_enabled_default=enabled,
    )


def _reactive_energy(key: str, state_class: SensorStateClass | None) -> SensorEntityDescription:
    return SensorEntityDescription(
        key=key,
        device_class=SensorDeviceClass.REACTIVE_ENERGY,
        native_unit_of_measurement=UnitOfReactiveEnergy.VOLT_AMPERE_REACTIVE_HOUR,
        suggested_unit_of_measurement=KVARH,
        state_class=state_class,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    )


def _reactive_power(key: str) -> SensorEntityDescription:
    return SensorEntityDescription(
        key=key,
        device_class=SensorDeviceClass.REACTIVE_POWER,
        native_unit_of_measurement=UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    )


MEASURANDS: Final[dict[Quantity, SensorEntityDescription]] = {
    Quantity.POWER: _power("power", enabled=True),
    Quantity.CURRENT_IMPORT: _current("current", enabled=True),
    Quantity.VOLTAGE: SensorEntityDescription(
        key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
    ),
    Quantity.ENERGY_IMPORT: _energy("energy", SensorStateClass.TOTAL_INCREASING, enabled=True),
    Quantity.SOC: SensorEntityDescription(
        key="state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
    ),
    Quantity.TEMPERATURE: SensorEntityDescription(
        key="temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Quantity.CURRENT_OFFERED: _current("current_offered", enabled=True),
    Quantity.POWER_OFFERED: _power("power_offered"),
    Quantity.CURRENT_EXPORT: _current("current_export"),
    Quantity.POWER_EXPORT: _power("power_export"),
    Quantity.ENERGY_EXPORT: _energy("energy_export", SensorStateClass.TOTAL_INCREASING),
    Quantity.ENERGY_NET: _energy("energy_net", SensorStateClass.TOTAL),
    Quantity.ENERGY_IMPORT_INTERVAL: _energy("energy_interval", None),
    Quantity.ENERGY_EXPORT_INTERVAL: _energy("energy_export_interval", None),
    Quantity.REACTIVE_POWER_IMPORT: _reactive_power("reactive_power"),
    Quantity.REACTIVE_POWER_EXPORT: _reactive_power("reactive_power_export"),
    Quantity.REACTIVE_ENERGY_IMPORT: _reactive_energy("reactive_energy", SensorStateClass.TOTAL_INCREASING),
    Quantity.REACTIVE_ENERGY_EXPORT: _reactive_energy("reactive_energy_export", SensorStateClass.TOTAL_INCREASING),
    Quantity.REACTIVE_ENERGY_NET: _reactive_energy("reactive_energy_net", SensorStateClass.TOTAL),
    Quantity.REACTIVE_ENERGY_IMPORT_INTERVAL: _reactive_energy("reactive_energy_interval", None),
    Quantity.REACTIVE_ENERGY_EXPORT_INTERVAL: _reactive_energy("reactive_energy_export_interval", None),
    Quantity.APPARENT_ENERGY: SensorEntityDescription(
        key="apparent_energy",
        native_unit_of_measurement="VAh",
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    Quantity.FREQUENCY: SensorEntityDescription(
        key="frequency",
        device_class=SensorDeviceClass.FREQUENCY,
        native_unit_of_measurement=UnitOfFrequency.HERTZ,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Quantity.POWER_FACTOR: SensorEntityDescription(
        key="power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Quantity.RPM: SensorEntityDescription(
        key="fan_speed",
        native_unit_of_measurement=REVOLUTIONS_PER_MINUTE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
}

MAIN_METER: Final = "main meter"
"""Where a station as a whole measures (1.6 connector 0, 2.x EVSE 0)."""
NEUTRAL_TO_LINE: Final = {to_neutral: line for line, to_neutral in LINE_TO_NEUTRAL.items()}

type Spot = tuple[Phase | None, Location]


def measured[PartT: Part](part: PartT) -> Iterator[SensorRow[PartT]]:
    """The rows of everything the meter of a part has reported so far, but the energy an EVSE's register counts."""
    for quantity, kind in MEASURANDS.items():
        for spot in _spots(part.meter, quantity) if part.meter.has(quantity) else ():
            if quantity is not Quantity.ENERGY_IMPORT or spot != OUTLET or not isinstance(part, Evse):
                yield _row(part, kind, quantity, spot)


OUTLET: Final[Spot] = (None, Location.OUTLET)


def _spots(meter: Meter, quantity: Quantity) -> Iterable[Spot]:
    """Where a quantity was measured, the whole first."""
    spots: dict[Spot, None] = {} if meter.total(quantity) is None else {OUTLET: None}
    for known, phase, location in meter.readings:
        if known is not quantity:
            continue
        if quantity is Quantity.SOC and location is Location.EV:
            location = Location.OUTLET  # there is one battery, wherever it is read
        if phase in NEUTRAL_TO_LINE and location is Location.OUTLET:
            phase = NEUTRAL_TO_LINE[phase]
        spots[phase, location] = None
    return spots


def _row[PartT: Part](part: PartT, kind: SensorEntityDescription, quantity: Quantity, spot: Spot) -> SensorRow[PartT]:
    phase, location = spot
    places = [] if location is Location.OUTLET else [location.value]
    if phase is not None:
        places.append(phase.value)
    key = "_".join([kind.key, *places]).casefold().replace("-", "_")
    if not isinstance(part, Evse):
        places.insert(0, MAIN_METER)
        key = f"main_{key}"
    common = phase is None and (location is Location.OUTLET or quantity is Quantity.TEMPERATURE)
    return SensorRow(
        key=key,
        device_class=kind.device_class,
        native_unit_of_measurement=kind.native_unit_of_measurement,
        suggested_unit_of_measurement=kind.suggested_unit_of_measurement,
        suggested_display_precision=kind.suggested_display_precision,
        state_class=kind.state_class,
        entity_category=kind.entity_category,
        translation_key=f"{kind.key}_at" if places else kind.key,
        translation_placeholders={"where": " ".join(places)} if places else None,
        entity_registry_enabled_default=kind.entity_registry_enabled_default and common,
        value_fn=_reader(quantity, spot),
        attributes_fn=_estimate if quantity is Quantity.POWER and spot == OUTLET else None,
    )


def _reader(quantity: Quantity, spot: Spot) -> Callable[[Part], float | None]:
    phase, location = spot
    if quantity is Quantity.SOC and spot == OUTLET:
        return _state_of_charge
    if phase is None:
        return lambda part: part.meter.total(quantity, location)
    if phase in LINES and location is Location.OUTLET:
        return lambda part: part.meter.line(quantity, phase)
    return lambda part: part.meter.at(quantity, phase, location)


def _state_of_charge(part: Part) -> float | None:
    value = part.meter.at(Quantity.SOC, None, Location.EV)
    return part.meter.total(Quantity.SOC) if value is None else value


def _estimate(part: Part) -> Mapping[str, object]:
    return {"estimated": part.meter.estimated(Quantity.POWER)}
