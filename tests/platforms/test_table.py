"""All entities of a station that tells and can do everything, as a table that is read by people as well."""

from pathlib import Path

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.ocpp_home.binary_sensor import EVSE as BINARY_EVSE, STATION as BINARY_STATION
from custom_components.ocpp_home.button import EVSE as BUTTON_EVSE, STATION as BUTTON_STATION
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.configuration_keys import NATURAL, Nature, natural
from custom_components.ocpp_home.csms.model.evse import Connector, Evse
from custom_components.ocpp_home.csms.model.limit import ExternalLimit
from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity
from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.plan import Word
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.standard_variables import STANDARD, TWINS
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.event import EVSE as EVENT_EVSE, STATION as EVENT_STATION
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.sensor import EVSE as SENSOR_EVSE, STATION as SENSOR_STATION
from custom_components.ocpp_home.switch import EVSE as SWITCH_EVSE, STATION as SWITCH_STATION
from tests.platforms.station import NOON, configure, connect, measure, model, read

TABLES = {
    "1.6": Path(__file__).with_name("full_station.txt"),
    "2.1": Path(__file__).with_name("full_station_2.txt"),
}


def tell_everything(station: Station, version: str = "1.6") -> None:
    """Let a station with one EVSE report everything there is."""
    station.household.pricing = Pricing(Price.of(NOON, "EUR", "0.3"))
    connect(station, version=version)
    evse = station.evse(1)
    lines = (Phase.L1, Phase.L2, Phase.L3)
    measure(
        station,
        evse,
        *(read(quantity, 1) for quantity in Quantity),
        *(read(q, 1, line) for q in (Quantity.POWER, Quantity.CURRENT_IMPORT, Quantity.VOLTAGE) for line in lines),
        read(Quantity.TEMPERATURE, 1, location=Location.BODY),
    )
    measure(station, station, read(Quantity.POWER, 1), read(Quantity.ENERGY_IMPORT, 1))
    if version == "1.6":
        configure(station, **{key.name if key.writable else f"{key.name}_": "1" for key in NATURAL})
    else:
        tell_the_rest(station, evse)


KINDS = {
    Nature.BOOLEAN: "boolean",
    Nature.CHOICE: "OptionList",
    Nature.DECIMAL: "decimal",
    Nature.INTEGER: "integer",
    Nature.LIST: "MemberList",
    Nature.TEXT: "string",
    Nature.SECRET: "string",
}


def tell_the_rest(station: Station, evse: Evse) -> None:
    """What only 2.x tells: its variables and its vendor's, a second connector, what others limit and the car needs."""
    for row in STANDARD:
        path = f"{row.component}.{row.name}"
        model(station, path, "1", KINDS[row.nature], unit=row.unit or "", values=("1", "2"))
    for name, key in TWINS.items():
        twin = natural(name)
        assert twin is not None
        model(station, key.path, "1", KINDS[twin.nature], unit=twin.unit or "", readonly=not twin.writable)
    model(station, "CustomizationCtrlr.VendorLedColour", "green", "OptionList", values=("green", "red"))
    model(station, "DeviceDataCtrlr.ItemsPerMessage[GetReport]", "4", "integer", readonly=True)
    model(station, "Controller[left].Temperature", "41.5", "decimal", readonly=True, unit="Celsius")
    model(station, "Controller.Reset", "false", "boolean")
    model(station, "EVSE.AllowReset@1", "true", "boolean", readonly=True)
    model(station, "Connector.ConnectorType@1:2", "cType2", "string", readonly=True)
    model(station, "Connector.Depth@1:1", "1.5", "decimal", unit="mm", minimum=0.0, maximum=9.0)
    evse.connectors[2] = Connector(2)
    evse.needs = Needs("AC_three_phase", NOON)
    evse.left.miss(Word.REFUSED)
    station.external["EMS"] = evse.external["EMS"] = ExternalLimit("EMS", 10)
    station.changed(station)


def described(entry: er.RegistryEntry) -> str:
    """One entity as a line."""
    kind = entry.original_device_class or ""
    state_class = (entry.capabilities or {}).get("state_class") or ""
    marks = ["" if entry.disabled_by is None else "off", entry.entity_category or ""]
    unit = entry.unit_of_measurement or ""
    cells = [f"{entry.domain}.{entry.unique_id}", entry.original_name or "", *marks, kind, unit, state_class]
    return " | ".join(str(cell) for cell in cells)


versions = pytest.mark.parametrize("version", TABLES)


@versions
async def test_the_entities_of_a_full_station_are_those_of_the_table(
    hass: HomeAssistant, hub: Hub, station: Station, version: str
) -> None:
    tell_everything(station, version)
    await hass.async_block_till_done()
    everybody = er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id)
    entries = [entry for entry in everybody if not entry.unique_id.startswith(hub.entry.entry_id)]
    table = sorted(described(entry) for entry in entries)
    assert table == TABLES[version].read_text().splitlines()
    assert {entry.config_subentry_id for entry in entries} == {hub.subentry_id(station)}
    assert len({entry.device_id for entry in entries}) == 1
    assert all(entry.has_entity_name and entry.translation_key for entry in entries)


@versions
async def test_every_entity_has_words_of_its_own(hass: HomeAssistant, hub: Hub, station: Station, version: str) -> None:
    tell_everything(station, version)
    await hass.async_block_till_done()
    words = await async_get_translations(hass, "en", "entity", [DOMAIN])
    for entry in er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id):
        assert f"component.{DOMAIN}.entity.{entry.domain}.{entry.translation_key}.name" in words


@versions
async def test_no_two_entities_of_a_station_have_one_name(
    hass: HomeAssistant, hub: Hub, station: Station, version: str
) -> None:
    tell_everything(station, version)
    await hass.async_block_till_done()
    seen: dict[tuple[str, str | None], str] = {}
    for entry in er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id):
        assert seen.setdefault((entry.domain, entry.original_name), entry.unique_id) == entry.unique_id


def test_a_station_that_is_called_like_an_evse_of_another_shares_no_unique_id() -> None:
    for station_rows, evse_rows in (
        (SENSOR_STATION, SENSOR_EVSE),
        (BINARY_STATION, BINARY_EVSE),
        (SWITCH_STATION, SWITCH_EVSE),
        (BUTTON_STATION, BUTTON_EVSE),
        (EVENT_STATION, EVENT_EVSE),
    ):
        assert not {row.key for row in station_rows} & {row.key for row in evse_rows}


def test_passwords_are_the_only_keys_of_a_natural_type_that_are_no_entity() -> None:
    table = TABLES["1.6"].read_text()
    missing = {key for key in NATURAL if f"_config_{key.name.casefold()} |" not in table}
    assert {key.nature for key in missing} == {Nature.SECRET}


@versions
async def test_a_full_station_starts_with_few_states(hass: HomeAssistant, station: Station, version: str) -> None:
    written: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    tell_everything(station, version)
    await hass.async_block_till_done()
    assert max(written.count(name) for name in written) <= 2
