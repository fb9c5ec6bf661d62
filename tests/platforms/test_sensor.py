"""Every sensor with a value, and without."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.csms.model.evse import Connector, Problem, Status
from custom_components.ocpp_home.csms.model.limit import MINIMUM, ExternalLimit, FailSafe
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.needs import Needs
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.session_limit import LIFTED, SessionLimit, SessionLimits
from custom_components.ocpp_home.csms.model.station import OWNER, Station
from tests.platforms.station import NOON, configure, connect, exists, measure, model, read, session, shown

pytestmark = pytest.mark.usefixtures("all_enabled")


@pytest.mark.parametrize("status", Status)
async def test_the_status_is_one_of_nine_words(hass: HomeAssistant, station: Station, status: Status) -> None:
    connect(station)
    evse = station.evse(1)
    evse.status = station.status = status
    station.changed(evse)
    station.changed(station)
    await hass.async_block_till_done()
    for key in ("cp1_1_status", "cp1_station_status"):
        state = shown(hass, "sensor", key)
        assert state.state == status.name.lower()
        assert state.state in state.attributes["options"]
        assert len(state.attributes["options"]) == 9


async def test_an_error_is_told_in_the_words_of_the_station(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_error").state == STATE_UNKNOWN
    evse.status = Status.FAULTED
    evse.problem = Problem("GroundFailure", "RCD tripped", "Acme", "E42", NOON)
    station.problem = Problem("InternalError")
    station.changed(evse)
    station.changed(station)
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_error")
    assert state.state == "GroundFailure"
    assert state.attributes["info"] == "RCD tripped"
    assert state.attributes["vendor"] == "Acme"
    assert state.attributes["vendor_code"] == "E42"
    assert state.attributes["since"] == NOON
    assert shown(hass, "sensor", "cp1_station_error").state == "InternalError"
    evse.status, evse.problem = Status.AVAILABLE, None
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_error").state == "none"


async def test_what_a_station_tells_of_itself(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    station.firmware_status, station.log_status = "Downloading", "Uploading"
    station.clock_offset = -3.4
    station.seen_at, station.booted_at = NOON, NOON - timedelta(hours=1)
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_protocol").state == "1.6"
    assert shown(hass, "sensor", "cp1_firmware_status").state == "Downloading"
    assert shown(hass, "sensor", "cp1_log_status").state == "Uploading"
    assert shown(hass, "sensor", "cp1_clock_offset").state == "-3"
    assert shown(hass, "sensor", "cp1_last_seen").state == "2026-06-01T12:00:00+00:00"
    assert shown(hass, "sensor", "cp1_last_boot").state == "2026-06-01T11:00:00+00:00"
    station.disconnect()
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_protocol").state == "1.6"
    assert shown(hass, "sensor", "cp1_last_seen").state == "2026-06-01T12:00:00+00:00"
    assert shown(hass, "sensor", "cp1_firmware_status").state == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("proved", "state"), [(0, "none"), (1, "password"), (2, "password_tls"), (3, "certificate"), (None, "unknown")]
)
async def test_it_is_told_how_a_station_has_proved_who_it_is(
    hass: HomeAssistant, station: Station, proved: int | None, state: str
) -> None:
    connect(station)
    station.proved = proved
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_security_profile").state == state


async def test_a_firmware_status_is_shown_also_where_the_station_takes_no_firmware(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station, blocks=False)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_firmware_status")
    station.firmware_status = "Installed"
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_firmware_status").state == "Installed"


async def test_energy_is_the_running_total_of_the_register(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    measure(station, evse, read(Quantity.ENERGY_IMPORT, 4_321_000))
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_energy")
    assert state.state == "4321.0"
    assert state.attributes["state_class"] == "total_increasing"
    assert state.attributes["device_class"] == "energy"
    assert state.attributes["unit_of_measurement"] == "kWh"
    measure(station, evse, read(Quantity.ENERGY_IMPORT, 0, after=1))
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_energy").state == "4321.0"


async def test_a_session_from_its_start_to_its_end(
    hass: HomeAssistant, station: Station, freezer: FrozenDateTimeFactory
) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    for key in ("energy", "duration", "start", "end", "token", "stop_reason", "peak_power"):
        assert shown(hass, "sensor", f"cp1_1_session_{key}").state == STATE_UNKNOWN

    freezer.move_to(NOON + timedelta(minutes=90, seconds=59))
    running = session(station, evse, meter_last=3500.0, peak_power=7250.0)
    await hass.async_block_till_done()
    energy = shown(hass, "sensor", "cp1_1_session_energy")
    assert energy.state == "2.5"
    assert energy.attributes["state_class"] == "total"
    assert energy.attributes["last_reset"] == NOON.isoformat()
    assert shown(hass, "sensor", "cp1_1_session_duration").state == "90"
    assert shown(hass, "sensor", "cp1_1_session_start").state == NOON.isoformat()
    assert shown(hass, "sensor", "cp1_1_session_end").state == STATE_UNKNOWN
    assert shown(hass, "sensor", "cp1_1_session_token").state == "…2B3"
    assert shown(hass, "sensor", "cp1_1_session_peak_power").state == "7250.0"

    running.stopped, running.meter_stop, running.reason = NOON + timedelta(hours=2), 9000.0, "EVDisconnected"
    evse.transaction, evse.previous = None, running
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_session_energy").state == "8.0"
    assert shown(hass, "sensor", "cp1_1_session_duration").state == "120"
    assert shown(hass, "sensor", "cp1_1_session_end").state == (NOON + timedelta(hours=2)).isoformat()
    assert shown(hass, "sensor", "cp1_1_session_stop_reason").state == "EVDisconnected"
    assert not exists(hass, "sensor", "cp1_1_session_cost")


async def test_a_new_session_with_the_energy_of_the_last_one_is_a_new_state(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station)
    evse = station.evse(1)
    session(station, evse, meter_last=3500.0)
    await hass.async_block_till_done()
    evse.transaction, evse.previous = None, evse.transaction
    later = session(station, evse, meter_last=3500.0)
    later.started = NOON + timedelta(hours=1)
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_session_energy")
    assert state.state == "2.5"
    assert state.attributes["last_reset"] == (NOON + timedelta(hours=1)).isoformat()


async def test_a_session_whose_start_nobody_knows_has_no_duration(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    orphan = session(station, evse)
    orphan.started = orphan.meter_start = None
    station.changed(evse)
    await hass.async_block_till_done()
    for key in ("energy", "duration", "start"):
        assert shown(hass, "sensor", f"cp1_1_session_{key}").state == STATE_UNKNOWN


async def test_the_limit_that_is_in_force_and_whose_it_is(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_limit_confirmed").state == STATE_UNKNOWN
    assert shown(hass, "sensor", "cp1_1_limit_source").state == "none"
    await station.limit(evse, OWNER, 16)
    await station.limit(evse, "solar", MINIMUM)
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_limit_confirmed")
    assert state.state == "6.0"
    assert state.attributes["wanted"] == 6.0
    assert state.attributes["method"] == "TxDefaultProfile/A/Absolute"
    assert state.attributes["refusal"] is None
    source = shown(hass, "sensor", "cp1_1_limit_source")
    assert source.state == "solar"
    assert {"none", "user", "pause", "solar", "fuse", "station", "grid"} <= set(source.attributes["options"])
    station.disconnect()
    connect(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_limit_confirmed").state == STATE_UNKNOWN


async def test_a_reservation_is_shown_by_its_end(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_reserved_until").state == STATE_UNKNOWN
    evse.reservation = Reservation(1, 1, "04A2B3", NOON)
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_reserved_until").state == NOON.isoformat()


async def test_configuration_keys_that_can_only_be_read_are_sensors(hass: HomeAssistant, station: Station) -> None:
    connect(station)
    configure(
        station,
        NumberOfConnectors_="2",
        SupportedFeatureProfiles_="Core,SmartCharging",
        HeartbeatInterval_="300",
        ConnectorPhaseRotation_="Unknown",
        MaxChargingProfilesInstalled_="many",
        GetConfigurationMaxKeys_="9" * 300,
        StopTxnSampledData_="x" * 300,
        VendorSecret_="1",
    )
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_config_numberofconnectors").state == "2.0"
    assert shown(hass, "sensor", "cp1_config_supportedfeatureprofiles").state == "Core,SmartCharging"
    heartbeat = shown(hass, "sensor", "cp1_config_heartbeatinterval")
    assert (heartbeat.state, heartbeat.attributes["unit_of_measurement"]) == ("300.0", "s")
    assert shown(hass, "sensor", "cp1_config_connectorphaserotation").state == "Unknown"
    assert shown(hass, "sensor", "cp1_config_maxchargingprofilesinstalled").state == STATE_UNKNOWN
    assert shown(hass, "sensor", "cp1_config_stoptxnsampleddata").state == STATE_UNKNOWN
    assert not exists(hass, "number", "cp1_config_heartbeatinterval")
    assert not exists(hass, "sensor", "cp1_config_vendorsecret")


async def test_of_several_connectors_each_has_its_status(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.0.1")
    evse = station.evse(1)
    evse.connectors[1].status = Status.AVAILABLE
    station.changed(evse)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_1_connector_1_status")
    evse.connectors[2] = Connector(2)
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_connector_1_status").state == "available"
    second = shown(hass, "sensor", "cp1_1_connector_2_status")
    assert (second.state, second.name) == (STATE_UNKNOWN, "Garage Connector 2 status")
    evse.connectors[2].status = Status.FAULTED
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_connector_2_status").state == "faulted"
    del evse.connectors[2]
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_connector_2_status").state == STATE_UNKNOWN


async def test_what_a_car_needs_is_shown_until_it_leaves(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.0.1")
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_1_car_departure")
    leaves = NOON + timedelta(hours=8)
    evse.needs = Needs("DC", NOON, leaves, 20_000, 6, 16, 11_000, state_of_charge=40, full=80, capacity=60_000)
    station.changed(evse)
    await hass.async_block_till_done()
    told = {
        "departure": leaves.isoformat(),
        "energy_wished": "20.0",
        "minimum_current": "6",
        "maximum_current": "16",
        "maximum_power": "11000",
        "state_of_charge": "40",
        "full": "80",
        "capacity": "60.0",
        "transfer": "DC",
    }
    assert {key: shown(hass, "sensor", f"cp1_1_car_{key}").state for key in told} == told
    evse.needs = Needs("AC_three_phase", NOON)
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_car_energy_wished").state == STATE_UNKNOWN
    evse.needs = None
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_car_transfer").state == STATE_UNKNOWN


async def test_whether_a_station_falls_back_by_itself_is_shown_once_that_is_known(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station)
    station.changed(station)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_fail_safe")
    station.fail_safe = FailSafe.VERIFIED
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_fail_safe").state == "verified"


async def test_the_lowest_limit_of_somebody_else_is_shown_with_whose_it_is(
    hass: HomeAssistant, station: Station
) -> None:
    connect(station, version="2.0.1")
    evse = station.evse(1)
    await hass.async_block_till_done()
    for key in ("cp1_1_limit_of_others", "cp1_station_limit_of_others"):
        assert not exists(hass, "sensor", key)
    evse.external["EMS"] = ExternalLimit("EMS", 10)
    evse.external["SO"] = ExternalLimit("<SO>", critical=True)
    station.external["SO"] = ExternalLimit("SO")
    station.changed(evse)
    station.changed(station)
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_limit_of_others")
    assert (state.state, state.attributes["sources"], state.attributes["grid_critical"]) == (
        "10",
        ["EMS", "‹SO›"],
        True,
    )
    assert shown(hass, "sensor", "cp1_station_limit_of_others").state == STATE_UNKNOWN
    assert shown(hass, "binary_sensor", "cp1_1_limited_by_others").state == "on"
    assert shown(hass, "binary_sensor", "cp1_station_limited_by_others").state == "on"
    evse.external.clear()
    station.external.clear()
    station.changed(evse)
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_limit_of_others").state == STATE_UNKNOWN
    assert shown(hass, "binary_sensor", "cp1_1_limited_by_others").state == "off"
    assert shown(hass, "binary_sensor", "cp1_station_limited_by_others").state == "off"


async def test_a_session_costs_what_whoever_has_the_tariff_says(hass: HomeAssistant, station: Station) -> None:
    connect(station, version="2.0.1")
    evse = station.evse(1)
    running = session(station, evse)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_1_session_cost")
    station.household.pricing = Pricing(Price.of(NOON, "EUR", "0.3"))
    station.cost = lambda _: None
    station.changed(station)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_session_cost").state == STATE_UNKNOWN
    model(station, "TariffCostCtrlr.Currency", "SEK", "string")
    station.cost = lambda transaction: 2.5 if transaction is running else None
    station.changed(evse)
    await hass.async_block_till_done()
    state = shown(hass, "sensor", "cp1_1_session_cost")
    assert (float(state.state), state.attributes["unit_of_measurement"]) == (2.5, "EUR")
    station.household.pricing = Pricing()
    station.changed(evse)
    await hass.async_block_till_done()
    assert shown(hass, "sensor", "cp1_1_session_cost").attributes["unit_of_measurement"] == "SEK"
    model(station, "TariffCostCtrlr.Currency", "Taler", "string")
    station.changed(evse)
    await hass.async_block_till_done()
    assert "unit_of_measurement" not in shown(hass, "sensor", "cp1_1_session_cost").attributes


async def test_what_a_session_may_come_to_is_what_the_station_holds_to(hass: HomeAssistant, station: Station) -> None:
    def shows(**told: str) -> bool:
        return all(shown(hass, "sensor", f"cp1_1_session_limit_{key}").state == value for key, value in told.items())

    connect(station)
    evse = station.evse(1)
    await hass.async_block_till_done()
    assert not exists(hass, "sensor", "cp1_1_session_limit_energy")
    connect(station, version="2.1")
    running = session(station, evse)
    await hass.async_block_till_done()
    assert shows(energy=STATE_UNKNOWN, time=STATE_UNKNOWN, soc=STATE_UNKNOWN, cost=STATE_UNKNOWN)
    station.session_limits[running.id] = limits = SessionLimits(
        wished=SessionLimit(energy=9000), sent=SessionLimit(energy=9000, time=7200)
    )
    station.changed(evse)
    await hass.async_block_till_done()
    assert shows(energy="9.0", time="120.0", soc=STATE_UNKNOWN)
    limits.reported, limits.reached = SessionLimit(energy=5000, soc=80, cost=12.5), "energy"
    limits.sent = LIFTED
    station.changed(evse)
    await hass.async_block_till_done()
    assert shows(energy="5.0", time=STATE_UNKNOWN, soc="80", cost="12.5")
    assert shown(hass, "sensor", "cp1_1_session_limit_energy").attributes["reached"] == "energy"
    evse.transaction, evse.previous = None, running
    station.changed(evse)
    await hass.async_block_till_done()
    assert shows(energy=STATE_UNKNOWN)
