"""What the controller tells: of an EVSE, and of the house."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfPower
from homeassistant.helpers.typing import StateType

from .site.controller import Controller
from .site.place import Place
from .site_entity import SiteEntity, SiteRow, Subject

type Told = StateType | datetime


@dataclass(frozen=True, kw_only=True)
class SiteSensorRow[SubjectT: Subject](SiteRow[SubjectT, Told], SensorEntityDescription):
    """A fact that is read."""


@dataclass(frozen=True, kw_only=True)
class SiteBinaryRow[SubjectT: Subject](SiteRow[SubjectT, bool | None], BinarySensorEntityDescription):
    """A fact that is true, false or unknown."""


class SiteSensor[SubjectT: Subject](SiteEntity[SubjectT, Told], SensorEntity):
    """Shows a fact."""

    entity_description: SiteSensorRow[SubjectT]

    @property
    @override
    def native_value(self) -> Told:
        return self.fact


class SiteBinarySensor[SubjectT: Subject](SiteEntity[SubjectT, bool | None], BinarySensorEntity):
    """Shows whether a fact is true."""

    entity_description: SiteBinaryRow[SubjectT]

    @property
    @override
    def is_on(self) -> bool | None:
        return self.fact


def _why(place: Place) -> Mapping[str, object]:
    return {"by": place.reason, "error": place.error}


def _phases(place: Place) -> Mapping[str, object]:
    return {"phases": None if place.share is None else place.share.phases}


def _silent(house: Controller) -> Mapping[str, object]:
    return {"silent": list(house.house.silent)}


def _peaked(house: Controller) -> bool:
    return house.settings is not None and house.settings.peak is not None


def _battery(house: Controller) -> bool:
    return house.settings is not None and house.settings.battery is not None


def _dimmable(house: Controller) -> bool:
    return house.settings is not None and (house.settings.dimmable or house.bounds.dimming.records.last is not None)


def _dimmed_last(house: Controller) -> datetime | None:
    last = house.bounds.dimming.records.last
    return None if last is None else last.begin


def _dimmed_how(house: Controller) -> Mapping[str, object]:
    last = house.bounds.dimming.records.last
    return {} if last is None else last.told()


def _coarse(power: float) -> float:
    """Power of a quarter of an hour grows with every look; nobody wants each of them in his history."""
    return round(power, -1)


PLACE: Final[tuple[SiteSensorRow[Place], ...]] = (
    SiteSensorRow(
        key="granted_current",
        translation_key="granted_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda place: None if place.share is None else place.share.amps,
        attributes_fn=_phases,
    ),
)

PLACE_FLAGS: Final[tuple[SiteBinaryRow[Place], ...]] = (
    SiteBinaryRow(
        key="limited",
        translation_key="limited",
        value_fn=lambda place: place.limited,
        attributes_fn=_why,
    ),
)


HOUSE: Final[tuple[SiteSensorRow[Controller], ...]] = (
    SiteSensorRow(
        key="surplus",
        translation_key="surplus",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        has_fn=lambda house: house.settings is not None and house.settings.metered,
        value_fn=lambda house: house.surplus,
        attributes_fn=_silent,
    ),
    SiteSensorRow(
        key="quarter_power",
        translation_key="quarter_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        has_fn=_peaked,
        value_fn=lambda house: _coarse(house.bounds.month.mean),
    ),
    SiteSensorRow(
        key="month_peak",
        translation_key="month_peak",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        has_fn=_peaked,
        value_fn=lambda house: _coarse(house.bounds.month.peak),
    ),
    SiteSensorRow(
        key="last_dimming",
        translation_key="last_dimming",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=_dimmable,
        value_fn=_dimmed_last,
        attributes_fn=_dimmed_how,
    ),
    *(
        SiteSensorRow(
            key=f"fuse_margin_l{line + 1}",
            translation_key="fuse_margin",
            translation_placeholders={"line": f"L{line + 1}"},
            device_class=SensorDeviceClass.CURRENT,
            native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=1,
            has_fn=partial(Controller.fused, line=line),
            value_fn=partial(Controller.fuse_margin, line=line),
        )
        for line in range(3)
    ),
)

HOUSE_FLAGS: Final[tuple[SiteBinaryRow[Controller], ...]] = (
    SiteBinaryRow(
        key="dimmed",
        translation_key="dimmed",
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda house: house.settings is not None and house.settings.dimmable,
        value_fn=lambda house: house.dimmed,
    ),
    SiteBinaryRow(
        key="hold_battery",
        translation_key="hold_battery",
        has_fn=_battery,
        value_fn=lambda house: house.bounds.hold.on,
    ),
)
