"""What the controller tells: of an EVSE, and of the house."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from .site.place import NOBODY, REASONS, Place
from .site_entity import SiteEntity, SiteRow, Subject


@dataclass(frozen=True, kw_only=True)
class SiteSensorRow[SubjectT: Subject](SiteRow[SubjectT, StateType], SensorEntityDescription):
    """A fact that is read."""


@dataclass(frozen=True, kw_only=True)
class SiteBinaryRow[SubjectT: Subject](SiteRow[SubjectT, bool | None], BinarySensorEntityDescription):
    """A fact that is true, false or unknown."""


class SiteSensor[SubjectT: Subject](SiteEntity[SubjectT, StateType], SensorEntity):
    """Shows a fact."""

    entity_description: SiteSensorRow[SubjectT]

    @property
    @override
    def native_value(self) -> StateType:
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


PLACE: Final[tuple[SiteSensorRow[Place], ...]] = (
    SiteSensorRow(
        key="charging_reason",
        translation_key="charging_reason",
        device_class=SensorDeviceClass.ENUM,
        options=[NOBODY, *REASONS],
        value_fn=lambda place: place.reason,
    ),
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
        has_fn=lambda house: house.settings is not None and house.settings.dimming is not None,
        value_fn=lambda house: house.dimmed,
    ),
)
