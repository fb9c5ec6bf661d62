"""A sensor: what a row reads, as a state."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.typing import StateType

from .csms.model.station import Station
from .entity import OcppEntity, Part, Row
from .hub import Hub

type Value = StateType | datetime


@dataclass(frozen=True, kw_only=True)
class SensorRow[PartT: Part](Row[PartT, Value], SensorEntityDescription):
    """A fact that is read."""

    reset_fn: Callable[[PartT], datetime | None] | None = None
    """When a total began at zero."""
    unit_fn: Callable[[PartT], str | None] | None = None
    """The unit, where the station tells it."""
    number: bool = False
    """It is the number of a card, and shown as such a number may be seen."""

    @override
    def entity(self, hub: Hub, station: Station, part: PartT) -> Entity:
        return OcppSensor(hub, station, part, self)


class OcppSensor[PartT: Part](OcppEntity[PartT, Value], SensorEntity):
    """Shows a fact."""

    entity_description: SensorRow[PartT]

    @property
    @override
    def fact(self) -> Value:
        told = super().fact
        return self._hub.number(self.station, str(told)) if self.entity_description.number and told else told

    @property
    @override
    def native_value(self) -> Value:
        return self.fact

    @property
    @override
    def last_reset(self) -> datetime | None:
        reset = self.entity_description.reset_fn
        return None if reset is None else reset(self.part)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        unit = self.entity_description.unit_fn
        return super().native_unit_of_measurement if unit is None else unit(self.part)

    @override
    def facts(self) -> tuple[object, ...]:
        return (*super().facts(), self.last_reset, self.native_unit_of_measurement)
