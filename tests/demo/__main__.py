"""`scripts/demo`: a real Home Assistant with simulated stations, a house and its sun, until Ctrl-C."""

import argparse
import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import time
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.ocpp_home.site.form import SECTIONS
from tests.demo.live import LiveHomeAssistant, free_port
from tests.demo.tomorrow import tomorrow
from tests.simulator.publish import publish, states
from tests.simulator.world import Plan, World

CONFIGURATION: Final = Path(__file__).with_name("configuration.yaml")
FORECAST: Final = Path(__file__).with_name("demo_forecast")
NAMES: Final = {"SIM1": "Garage", "SIM2": "Carport", "SIM3": "Guest parking"}
VERSIONS: Final = ("1.6", "2.0.1", "2.1")
NEWCOMER: Final = "NEW"
CHARGING: Final = "sensor.garage_power"
NOON: Final = 13.0
LATITUDE: Final = 20.0


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def sunny_place(now: datetime) -> float:
    """The longitude where it is early afternoon now, so that the sun shines whenever the demonstration is run."""
    longitude = (NOON - now.hour - now.minute / 60) * 15
    return (longitude + 180) % 360 - 180


def prepare(config: Path) -> None:
    """Lay out Home Assistant's folder."""
    config.mkdir(parents=True, exist_ok=True)
    shutil.copy(CONFIGURATION, config / "configuration.yaml")


def zone_of(longitude: float) -> str:
    """The clock of a place."""
    return f"Etc/GMT{-round(longitude / 15):+d}"


async def settle(home: LiveHomeAssistant, longitude: float) -> None:
    """Move the house to its place in the sun and fill the energy dashboard."""
    place = {"latitude": LATITUDE, "longitude": longitude, "time_zone": zone_of(longitude)}
    await home.command("config/core/update", **place)
    forecast = await home.flow("/api/config/config_entries/flow", "demo_forecast")
    grid = {
        "type": "grid",
        "stat_energy_from": "sensor.demo_grid_import",
        "stat_energy_to": "sensor.demo_grid_export",
        "stat_cost": None,
        "stat_compensation": None,
        "entity_energy_price": "sensor.demo_price",
        "number_energy_price": None,
        "entity_energy_price_export": None,
        "number_energy_price_export": 0.08,
        "cost_adjustment_day": 0,
    }
    solar = {
        "type": "solar",
        "stat_energy_from": "sensor.demo_solar_energy",
        "config_entry_solar_forecast": [forecast["result"]["entry_id"]],
    }
    cars = [{"stat_consumption": f"sensor.{name}_energy", "name": title} for name, title in DEVICES.items()]
    await home.command("energy/save_prefs", energy_sources=[grid, solar], device_consumption=cars)


FUSE: Final = 35
SITE: Final[dict[str, object]] = {
    "fuse": FUSE,
    "fuse_phases": "3",
    "grid_power": "sensor.demo_grid_power",
    "grid_l1": "sensor.demo_grid_current_l1",
    "grid_l2": "sensor.demo_grid_current_l2",
    "grid_l3": "sensor.demo_grid_current_l3",
    **{part: {} for part in SECTIONS},
}
COSTS: Final[dict[str, object]] = {"price_source": "energy", "tell_costs": True, "post_price": False}
SUNNY: Final = "select.garage_charging_mode"


async def lead(home: LiveHomeAssistant, entry: str) -> None:
    """Tell of the house and of the prices, and let the garage follow the sun."""
    path = "/api/config/config_entries/options/flow"
    for step, told in (("site", SITE), ("costs", COSTS)):
        result = await home.flow(path, entry, {"next_step_id": step}, told)
        if result["type"] != "create_entry":
            raise RuntimeError(f"what was told of the {step} was not taken: {result}")
    async with asyncio.timeout(30):
        while SUNNY not in await home.states():
            await asyncio.sleep(0.5)
    await home.action("select", "select_option", entity_id=SUNNY, option="solar_minimum")


DEVICES: Final = {name.lower().replace(" ", "_"): name for name in NAMES.values()}


async def report(home: LiveHomeAssistant, world: World) -> None:
    """Write the meter of the house to Home Assistant every two seconds, and each hour what is known of tomorrow."""
    zone, told = ZoneInfo(zone_of(world.house.longitude)), None
    while True:
        with suppress(OSError):
            if told != (hour := datetime.now(zone).hour):
                await publish(home.url, home.token, tomorrow(world.house, datetime.now(UTC), zone))
                told = hour
            await publish(home.url, home.token, states(world.house, world.sample()))
        await asyncio.sleep(2)


async def changing(home: LiveHomeAssistant, entity: str, patience: float) -> tuple[str, str]:
    """Wait until an entity has had two different numbers; gives both."""
    seen: list[str] = []
    async with asyncio.timeout(patience):
        while len(seen) < 2:
            state = (await home.states()).get(entity, {}).get("state", "unknown")
            if state not in ("unknown", "unavailable", *seen):
                seen.append(state)
            await asyncio.sleep(0.5)
    return seen[0], seen[1]


async def demonstrate(options: argparse.Namespace, config: Path) -> None:
    """Run everything until it is interrupted, or only until a station's power is seen to change."""
    begun = time.monotonic()
    if (me := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    await asyncio.to_thread(prepare, config)
    longitude = sunny_place(datetime.now(UTC))
    say("Starting Home Assistant ...")
    async with LiveHomeAssistant(config, free_port(options.port), components=(FORECAST,)) as home:
        ocpp = free_port(options.ocpp_port)
        entry = await home.add_hub(ocpp)
        for identity, name in NAMES.items():
            await home.add_station(entry, identity, name)
        plan = Plan(url=f"ws://127.0.0.1:{ocpp}", seed=options.seed, sample_interval=5, versions=VERSIONS)
        world = World(plan, lambda _: None)
        newcomer = World(Plan(url=f"ws://127.0.0.1:{ocpp}", stations=1, prefix=NEWCOMER, seed=7), lambda _: None)
        world.house.longitude, world.house.latitude = longitude, LATITUDE
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in (world.run(), newcomer.run(), report(home, world))]
            try:
                first, second = await changing(home, CHARGING, 120)
                await settle(home, longitude)
                await lead(home, entry)
                say(f"Garage charges: {first} W, then {second} W, {time.monotonic() - begun:.0f} s after the start.")
                say(f"\n    open {home.url}\n    user {home.user}, password {home.password}\n")
                say(f"Stations dial in at ws://127.0.0.1:{ocpp}/<identity>. Ctrl-C ends everything.")
                if not options.check:
                    await asyncio.Event().wait()
            finally:
                for task in tasks:
                    task.cancel()
                await world.close()
                await newcomer.close()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8123, help="of Home Assistant's page; another one if it is taken")
    parser.add_argument("--ocpp-port", type=int, default=9000, help="where stations dial in; another one if taken")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same people and clouds")
    parser.add_argument("--config", type=Path, help="keep Home Assistant's folder here (it must be new)")
    parser.add_argument("--check", action="store_true", help="end as soon as a station is seen to charge")
    options = parser.parse_args()
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        if options.config:
            asyncio.run(demonstrate(options, options.config))
        else:
            with tempfile.TemporaryDirectory(prefix="ocpp-home-", ignore_cleanup_errors=True) as folder:
                asyncio.run(demonstrate(options, Path(folder)))


if __name__ == "__main__":
    main()
