"""What meters measure: a quantity, its phases, and places of their own."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.measurands import MEASURANDS
from tests.platforms.station import connect, entity_id, exists, measure, read, shown

VARH = "reactive_energy"
ALL = [
    (Quantity.CURRENT_EXPORT, "current_export", "A", "current", "measurement", 1.0),
    (Quantity.CURRENT_IMPORT, "current", "A", "current", "measurement", 1.0),
    (Quantity.CURRENT_OFFERED, "current_offered", "A", "current", "measurement", 1.0),
    (Quantity.ENERGY_EXPORT, "energy_export", "kWh", "energy", "total_increasing", 0.001),
    (Quantity.ENERGY_IMPORT, "energy", "kWh", "energy", "total_increasing", 0.001),
    (Quantity.ENERGY_NET, "energy_net", "kWh", "energy", "total", 0.001),
    (Quantity.REACTIVE_ENERGY_EXPORT, "reactive_energy_export", "kvarh", "reactive_energy", "total_increasing", 0.001),
    (Quantity.REACTIVE_ENERGY_IMPORT, "reactive_energy", "kvarh", "reactive_energy", "total_increasing", 0.001),
    (Quantity.REACTIVE_ENERGY_NET, "reactive_energy_net", "kvarh", "reactive_energy", "total", 0.001),
    (Quantity.APPARENT_ENERGY, "apparent_energy", "VAh", None, "total", 1.0),
    (Quantity.ENERGY_EXPORT_INTERVAL, "energy_export_interval", "kWh", "energy", None, 0.001),
    (Quantity.ENERGY_IMPORT_INTERVAL, "energy_interval", "kWh", "energy", None, 0.001),
    (
        Quantity.REACTIVE_ENERGY_EXPORT_INTERVAL,
        "reactive_energy_export_interval",
        "kvarh",
        "reactive_energy",
        None,
        0.001,
    ),
    (Quantity.REACTIVE_ENERGY_IMPORT_INTERVAL, "reactive_energy_interval", "kvarh", VARH, None, 0.001),
    (Quantity.FREQUENCY, "frequency", "Hz", "frequency", "measurement", 1.0),
    (Quantity.POWER, "power", "W", "power", "measurement", 1.0),
    (Quantity.POWER_EXPORT, "power_export", "W", "power", "measurement", 1.0),
    (Quantity.POWER_FACTOR, "power_factor", None, "power_factor", "measurement", 1.0),
    (Quantity.POWER_OFFERED, "power_offered", "W", "power", "measurement", 1.0),
    (Quantity.REACTIVE_POWER_EXPORT, "reactive_power_export", "var", "reactive_power", "measurement", 1.0),
    (Quantity.REACTIVE_POWER_IMPORT, "reactive_power", "var", "reactive_power", "measurement", 1.0),
    (Quantity.RPM, "fan_speed", "rpm", None, "measurement", 1.0),
    (Quantity.SOC, "state_of_charge", "%", "battery", "measurement", 1.0),
    (Quantity.TEMPERATURE, "temperature", "°C", "temperature", "measurement", 1.0),
    (Quantity.VOLTAGE, "voltage", "V", "voltage", "measurement", 1.0),
]


def test_every_quantity_has_a_row_and_is_tested() -> None:
    assert set(MEASURANDS) == set(Quantity) == {quantity for quantity, *_ in ALL}


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(("quantity", "key", "unit", "device_class", "state_class", "value"), ALL)
async def test_a_quantity_is_a_sensor_of_its_class_and_unit(
    hass: HomeAssistant,
    station: Station,
    quantity: Quantity,
    key: str,
    unit: str | None,
    device_class: str | None,
    state_class: str | None,
    value: float,
) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", f"cp1_1_{key}")
    measure(station, evse, read(quantity, 1))
    measure(station, station, read(quantity, 2))
    await hass.async_block_till_done()
    for unique, times, name in ((f"cp1_1_{key}", 1, ""), (f"cp1_main_{key}", 2, " main meter")):
        state = shown(hass, "sensor", unique)
        assert float(state.state) == value * times
        assert state.attributes.get("unit_of_measurement") == unit
        assert state.attributes.get("device_class") == device_class
        assert state.attributes.get("state_class") == state_class
        assert state.name.endswith(name)


async def test_phases_are_there_for_who_looks_and_the_whole_for_everybody(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station)
    evse = station.evse(1)
    measure(
        station,
        evse,
        *(read(Quantity.POWER, 1000, phase) for phase in (Phase.L1, Phase.L2, Phase.L3)),
        *(read(Quantity.CURRENT_IMPORT, amps, phase) for amps, phase in ((6, Phase.L1), (8, Phase.L2), (7, Phase.L3))),
        *(read(Quantity.VOLTAGE, volts, phase) for volts, phase in ((228, Phase.L1_N), (232, Phase.L2_N))),
        read(Quantity.VOLTAGE, 400, Phase.L1_L2),
        read(Quantity.CURRENT_IMPORT, 0.5, Phase.N),
    )
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_power").state == "3000"
    assert shown(hass, "sensor", "cp1_1_current").state == "8"
    assert shown(hass, "sensor", "cp1_1_voltage").state == "230.0"
    registry = er.async_get(hass)
    for key in (
        "power_l1",
        "power_l2",
        "power_l3",
        "current_l1",
        "current_n",
        "voltage_l1",
        "voltage_l2",
        "voltage_l1_l2",
    ):
        entry = registry.entities[entity_id(hass, "sensor", f"cp1_1_{key}")]
        assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION, key
    assert not exists(hass, "sensor", "cp1_1_voltage_l1_n")


@pytest.mark.usefixtures("all_enabled")
async def test_a_phase_is_named_and_has_its_own_value(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    measure(
        station,
        evse,
        read(Quantity.VOLTAGE, 228, Phase.L1_N),
        read(Quantity.VOLTAGE, 400, Phase.L1_L2),
        read(Quantity.ENERGY_IMPORT, 5000, Phase.L2),
    )
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_voltage_l1").state == "228"
    assert shown(hass, "sensor", "cp1_1_voltage_l1").name == "Garage Voltage L1"
    assert shown(hass, "sensor", "cp1_1_voltage_l1_l2").state == "400"
    assert shown(hass, "sensor", "cp1_1_voltage_l1_l2").name == "Garage Voltage L1-L2"
    assert shown(hass, "sensor", "cp1_1_energy_l2").state == "5.0"


@pytest.mark.usefixtures("all_enabled")
async def test_places_of_their_own_are_sensors_of_their_own(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    measure(
        station,
        evse,
        read(Quantity.TEMPERATURE, 41, location=Location.BODY),
        read(Quantity.TEMPERATURE, 55, location=Location.CABLE),
        read(Quantity.POWER, 1500, Phase.L1, Location.INLET),
        read(Quantity.ENERGY_IMPORT, 9000, location=Location.INLET),
    )
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_temperature_body").state == "41"
    assert shown(hass, "sensor", "cp1_1_temperature_body").name == "Garage Temperature Body"
    assert shown(hass, "sensor", "cp1_1_temperature_cable").state == "55"
    assert shown(hass, "sensor", "cp1_1_power_inlet_l1").state == "1500"
    assert shown(hass, "sensor", "cp1_1_energy_inlet").state == "9.0"
    assert not exists(hass, "sensor", "cp1_1_temperature")


@pytest.mark.parametrize("location", [Location.EV, Location.OUTLET])
async def test_a_car_has_one_battery_wherever_it_is_read_and_takes_it_along(
    hass: HomeAssistant, station: Station, location: Location
) -> None:
    connect(station)
    evse = station.evse(1)
    measure(station, evse, read(Quantity.SOC, 64, location=location))
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_state_of_charge").state == "64"
    assert not exists(hass, "sensor", "cp1_1_state_of_charge_ev")
    evse.meter.forget(Quantity.SOC)
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_state_of_charge").state == STATE_UNKNOWN


async def test_power_that_is_not_measured_is_estimated_and_says_so(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    measure(station, evse, read(Quantity.CURRENT_IMPORT, 10, Phase.L1), read(Quantity.VOLTAGE, 230, Phase.L1))
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_power")
    assert (state.state, state.attributes["estimated"]) == ("2300", True)
    measure(station, evse, read(Quantity.POWER, 2250))
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_power")
    assert (state.state, state.attributes["estimated"]) == ("2250", False)
