"""Openings, closings and readings to write down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def opening(number: int = 0, station: str = "garage", **changes: object) -> Opening:
    content = {"evse": 1, "connector": 1, "token": "CARD", "started": after(number), "meter_start": 1000.0 + number}
    return Opening(station, **content | changes)


def closing(number: int = 0, **changes: object) -> Closing:
    return Closing(**{"stopped": after(number + 30), "meter_stop": 5000.0 + number} | changes)


def register(minutes: float, value: float, **changes: object) -> Reading:
    return Reading(Quantity.ENERGY_IMPORT, value, after(minutes), **changes)


def power(minutes: float, value: float, **changes: object) -> Reading:
    return Reading(Quantity.POWER, value, after(minutes), **changes)


def spoil(path: Path) -> None:
    """Overwrite every page of a file that is in use."""
    path_size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(b"\xa5" * path_size)
