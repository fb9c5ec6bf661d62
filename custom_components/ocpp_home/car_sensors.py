"""What is known of the car at an EVSE: whose it is, how full it is, and when it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE
from homeassistant.helpers.typing import StateType

from .site.place import NOBODY, Place
from .site.vehicle import GUEST
from .site_entity import SiteEntity, SiteRow


@dataclass(frozen=True, kw_only=True)
class CarRow(SiteRow[Place, StateType | datetime], SensorEntityDescription):
    """A fact about a car."""


class CarSensor(SiteEntity[Place, StateType | datetime], SensorEntity):
    """Shows it."""

    entity_description: CarRow

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.fact


def _whose(place: Place) -> str:
    if not place.evse.plugged:
        return NOBODY
    return GUEST if place.vehicle is None else place.vehicle.name


def _level(place: Place) -> float | None:
    return None if place.level is None else round(place.level, 1)


def _departure(place: Place) -> datetime | None:
    return None if place.goal is None else place.goal.departure


def _due(place: Place) -> Mapping[str, object]:
    goal = place.goal
    if goal is None:
        return {"target": None, "measure": None, "overdue": False}
    target = goal.target or place.rule.target
    return {"target": target.amount, "measure": target.measure.value, "overdue": goal is place.visit.overdue}


CAR: Final[tuple[CarRow, ...]] = (
    CarRow(key="car", translation_key="car", has_fn=lambda place: bool(place.vehicles), value_fn=_whose),
    CarRow(
        key="car_level",
        translation_key="car_level",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        has_fn=lambda place: place.leveled,
        value_fn=_level,
    ),
    CarRow(
        key="next_departure",
        translation_key="next_departure",
        device_class=SensorDeviceClass.TIMESTAMP,
        offline=True,
        value_fn=_departure,
        attributes_fn=_due,
    ),
)
