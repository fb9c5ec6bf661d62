"""What yesterday's charging cost beside hindsight, as the owner sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.ocpp_home.const import CONF_PRICE_ENTITY, CONF_PRICE_SOURCE
from custom_components.ocpp_home.csms.control.audit import Audit, Piece
from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.prices import PriceSource
from custom_components.ocpp_home.site.audit import Record
from custom_components.ocpp_home.site.rule import Rule
from tests.household import hub_entry, set_up, station_data
from tests.platforms.station import connect, shown

pytestmark = pytest.mark.usefixtures("socket_enabled")

MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)
OPTIONS = {
    "grid_power": "sensor.grid", "feed_in": 0.08, "publish_interval": 0,
    CONF_PRICE_SOURCE: PriceSource.ENTITY, CONF_PRICE_ENTITY: "sensor.price",
}  # fmt: skip


@dataclass
class Home:
    """A garage in a house on a June day, of which the clock is in our hands."""

    hass: HomeAssistant
    hub: Hub
    freezer: FrozenDateTimeFactory
    sun: float = 0.0
    power: float = 0.0
    price: float = 0.30

    def plug(self, *, here: bool = True) -> None:
        """A car comes, or leaves."""
        station = self.hub.stations["cp1"]
        connect(station)
        evse = station.evse(1)
        evse.status = Status.CHARGING if self.power else Status.SUSPENDED_EVSE if here else Status.AVAILABLE
        station.changed(evse)

    async def look(self) -> None:
        """Let station and house tell what is drawn at this moment."""
        station = self.hub.stations["cp1"]
        evse = station.evse(1)
        evse.meter.update([Reading(Quantity.POWER, self.power, datetime.now(UTC))])
        grid = self.power - self.sun
        self.hass.states.async_set("sensor.grid", f"{grid:.0f}", {"unit_of_measurement": "W"}, force_update=True)
        self.hass.states.async_set("sensor.price", str(self.price), {"unit_of_measurement": "EUR/kWh"})
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def until(self, hour: float, *, sun: float = 0.0, power: float = 0.0, price: float = 0.30) -> None:
        """Let the time go by to an hour (UTC) of the day, while it is so."""
        self.sun, self.power, self.price = sun, power, price
        self.plug()
        while (now := datetime.now(UTC)) < MIDNIGHT + timedelta(hours=hour):
            await self.look()
            self.freezer.move_to(now + STEP)
        await self.look()

    async def pass_midnight(self) -> None:
        """It is some seconds past five past."""
        self.sun = self.power = 0.0
        self.freezer.move_to(MIDNIGHT + timedelta(days=1, seconds=310))
        async_fire_time_changed(self.hass, datetime.now(UTC))
        await self.look()
        await self.look()

    async def restart(self, moment: datetime | None = None) -> None:
        """The hub stops, and is there again at once, or at a moment."""
        entry = self.hub.entry
        assert await self.hass.config_entries.async_unload(entry.entry_id)
        self.freezer.move_to(moment or datetime.now(UTC))
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()
        self.hub = entry.runtime_data
        self.plug()

    def told(self, key: str) -> State:
        return shown(self.hass, "sensor", f"cp1_1_yesterday_{key}")

    @property
    def loss(self) -> Mapping[str, Any]:
        state = self.told("loss")
        parts = {name: state.attributes[name] for name in ("latency", "minimum", "forecast", "owner")}
        return {"loss": float(state.state)} | {name: part for name, part in parts.items() if part}


async def moved_in(hass: HomeAssistant, freezer: FrozenDateTimeFactory, begin: datetime, **options: Any) -> Home:
    freezer.move_to(begin)
    await hass.config.async_set_time_zone("UTC")
    hass.config.currency = "EUR"
    hass.states.async_set("sensor.grid", "0", {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.price", "0.3", {"unit_of_measurement": "EUR/kWh"})
    hub = await set_up(hass, hub_entry(station_data("CP1", "Garage", maximum=16), options=OPTIONS | options))
    home = Home(hass, hub, freezer)
    home.plug()
    await hass.async_block_till_done()
    return home


@pytest.fixture
async def home(hass: HomeAssistant, socket_enabled: None, freezer: FrozenDateTimeFactory) -> Home:
    return await moved_in(hass, freezer, MIDNIGHT)


async def test_whoever_charges_at_night_with_the_sun_to_come_sees_what_that_cost(home: Home) -> None:
    """12 kWh for 0.30 in three hours of the night, by hand; at noon 5 kW of sun for four hours."""
    assert home.told("loss").state == STATE_UNKNOWN
    await home.until(3, power=4000)
    await home.until(11)
    await home.until(15, sun=5000)
    await home.until(23.9)
    await home.pass_midnight()
    assert home.loss == {"loss": pytest.approx(12 * 0.22, abs=0.01), "owner": pytest.approx(12 * 0.22, abs=0.01)}
    assert home.told("loss").attributes["unit_of_measurement"] == "EUR"


async def test_the_same_is_the_forecast_s_where_the_controller_decided(home: Home) -> None:
    home.hub.site.want(home.hub.site.places["cp1/1"], Rule(Mode.SOLAR_PLUS))
    await home.until(2, power=5000)
    await home.until(4, price=0.20)
    await home.until(23.9)
    await home.pass_midnight()
    assert home.loss == {"loss": pytest.approx(1.0, abs=0.01), "forecast": pytest.approx(1.0, abs=0.01)}


async def test_what_it_cost_is_told_with_its_energy_and_sun(home: Home) -> None:
    registry = er.async_get(home.hass)
    for key in ("cost", "best"):
        entity = registry.async_get_entity_id("sensor", "ocpp_home", f"cp1_1_yesterday_{key}")
        assert entity is not None
        assert (entry := registry.async_get(entity)) is not None
        assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    await home.until(2, power=4000, sun=2000)
    await home.until(23.9)
    await home.pass_midnight()
    found = home.hub.site.places["cp1/1"].yesterday
    assert found is not None
    assert (found.energy, found.share) == (pytest.approx(8000, rel=0.01), pytest.approx(0.5, rel=0.01))
    assert found.cost == pytest.approx(4 * 0.08 + 4 * 0.30, rel=0.01)


async def test_a_day_without_charging_tells_nothing_and_takes_away_the_day_before(home: Home) -> None:
    await home.until(2, power=4000)
    await home.until(3)
    await home.pass_midnight()
    assert home.loss == {"loss": 0.0}
    home.freezer.move_to(MIDNIGHT + timedelta(days=2, seconds=310))
    await home.look()
    await home.look()
    assert home.told("loss").state == STATE_UNKNOWN


async def test_a_day_of_which_hours_were_not_seen_is_not_judged(
    hass: HomeAssistant, socket_enabled: None, freezer: FrozenDateTimeFactory
) -> None:
    home = await moved_in(hass, freezer, MIDNIGHT + timedelta(hours=6))
    await home.until(9, power=4000)
    await home.pass_midnight()
    assert home.told("loss").state == STATE_UNKNOWN


async def test_the_day_and_what_was_found_outlive_a_restart(home: Home) -> None:
    await home.until(3, power=4000)
    await home.restart()
    await home.until(4)
    await home.until(7, sun=5000)
    await home.pass_midnight()
    expected = {"loss": pytest.approx(12 * 0.22, abs=0.03), "owner": pytest.approx(12 * 0.22, abs=0.03)}
    assert home.loss == expected
    await home.restart()
    await home.look()
    assert home.loss == expected


async def test_a_day_is_judged_also_when_midnight_was_not_seen(home: Home) -> None:
    await home.until(3, power=4000)
    await home.until(4)
    await home.until(7, sun=5000)
    await home.until(23.75)
    await home.restart(MIDNIGHT + timedelta(hours=24.25))
    await home.look()
    await home.look()
    assert home.loss == {"loss": pytest.approx(2.64, abs=0.03), "owner": pytest.approx(2.64, abs=0.03)}


async def test_sun_between_the_times_of_charging_is_lost_by_latency(home: Home) -> None:
    """Two of every five minutes have 8 kW of sun, and the car takes 8 kW in the other three."""
    for minutes in range(60):
        home.sun, home.power = (8000, 0) if minutes % 5 < 2 else (0, 8000)
        home.plug()
        await home.look()
        home.freezer.tick(60)
    await home.until(23.9)
    await home.pass_midnight()
    assert home.loss == {"loss": pytest.approx(3.2 * 0.22, abs=0.02), "latency": pytest.approx(3.2 * 0.22, abs=0.02)}


@pytest.mark.parametrize(("fuse", "loss"), [(63, 0.8), (25, 0.0)])
async def test_what_the_fuse_left_no_room_for_is_not_lost(
    hass: HomeAssistant, socket_enabled: None, freezer: FrozenDateTimeFactory, fuse: int, loss: float
) -> None:
    """The house takes 6.5 kW while energy is cheap, and it is not known on which phase."""
    home = await moved_in(hass, freezer, MIDNIGHT, fuse=fuse)
    await home.until(2, power=2000)
    await home.until(4, sun=-6500, price=0.10)
    await home.until(23.9)
    await home.pass_midnight()
    assert home.loss["loss"] == pytest.approx(loss, abs=0.03)


@pytest.mark.parametrize(
    ("rule", "sun", "part"),
    [
        (Rule(Mode.FAST), 0, "owner"),
        (Rule(Mode.OFF), 0, "owner"),
        (Rule(Mode.SOLAR), 0, "forecast"),
        (Rule(Mode.SOLAR_MINIMUM), 0, "owner"),
        (Rule(Mode.SOLAR_MINIMUM), 5000, "forecast"),
    ],
)
async def test_a_mode_tells_who_decided(home: Home, rule: Rule, sun: float, part: str) -> None:
    home.hub.site.want(home.hub.site.places["cp1/1"], rule)
    await home.until(1, power=8000, sun=sun)
    home.hub.site.want(home.hub.site.places["cp1/1"], Rule(Mode.SOLAR))
    await home.until(3, price=0.10)
    await home.until(23.9)
    await home.pass_midnight()
    assert home.loss.keys() == {"loss", part}


async def test_cars_of_one_day_keep_their_energy(home: Home) -> None:
    """Who left in the morning could not have the sun of noon, which another has had."""
    await home.until(2, power=4000)
    home.power = 0.0
    home.plug(here=False)
    await home.look()
    home.freezer.move_to(MIDNIGHT + timedelta(hours=10))
    await home.until(12, sun=5000)
    await home.pass_midnight()
    assert home.loss == {"loss": 0.0}


SIGHT = Piece(1, 0, price=0.30, feed_in=0.08, sun=0, taken=0, power=1200, least=1380, most=3680)


def test_a_day_is_kept_in_five_minutes_and_remembered() -> None:
    begin = MIDNIGHT.timestamp()
    record = Record(begin)
    record.add("cp1/1", begin + 240, begin + 700, SIGHT)
    record.add("cp1/1", begin + 700, begin + 900, SIGHT)
    assert [piece.seconds for piece in record.pieces["cp1/1"].values()] == [60, 300, 300]
    assert Record.of(record.told, begin) == record
    assert record.audited()["cp1/1"] == Audit(220, 0, pytest.approx(0.066), 0, 0, 0, pytest.approx(0))


@pytest.mark.parametrize("pieces", [None, [], {"cp1/1": None}, {"cp1/1": [1, [2, 3]]}])
def test_what_cannot_be_understood_is_left_out(pieces: Any) -> None:
    assert Record.of({"begin": 0, "hidden": "x", "pieces": pieces}, 0.0) == Record(0.0)
