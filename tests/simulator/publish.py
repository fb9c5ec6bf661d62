"""Hands the house's readings to Home Assistant as sensor states, over its REST API."""

import asyncio
import json
from typing import Any
from urllib.request import Request, urlopen

from .house import House, HouseSample

type States = dict[str, tuple[float, dict[str, Any]]]

POWER = {"device_class": "power", "unit_of_measurement": "W", "state_class": "measurement"}
ENERGY = {"device_class": "energy", "unit_of_measurement": "kWh", "state_class": "total_increasing"}
CURRENT = {"device_class": "current", "unit_of_measurement": "A", "state_class": "measurement"}


def states(house: House, sample: HouseSample) -> States:
    """Entity id to value and attributes."""
    powers = {"Grid power": sample.grid_power, "Solar power": sample.sun_power, "House power": sample.load_power}
    energies = {
        "Grid import": house.imported,
        "Grid export": house.exported,
        "Solar energy": house.harvested,
        "House energy": house.consumed,
    }
    currents = {f"Grid current L{phase}": watts / 230 for phase, watts in enumerate(sample.grid, 1)}
    rows = [(name, round(value, 1), POWER) for name, value in powers.items()]
    rows += [(name, round(value / 1000, 3), ENERGY) for name, value in energies.items()]
    rows += [(name, round(value, 2), CURRENT) for name, value in currents.items()]
    return {
        f"sensor.demo_{name.lower().replace(' ', '_')}": (value, attributes | {"friendly_name": name})
        for name, value, attributes in rows
    }


async def publish(url: str, token: str, readings: States) -> None:
    """POST every state; OSError when Home Assistant cannot be reached."""
    await asyncio.to_thread(_post, url.rstrip("/"), token, readings)


def _post(url: str, token: str, readings: States) -> None:
    for entity, (value, attributes) in readings.items():
        request = Request(
            f"{url}/api/states/{entity}",
            json.dumps({"state": str(value), "attributes": attributes}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:
            answer.read()
