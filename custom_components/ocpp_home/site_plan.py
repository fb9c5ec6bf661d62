"""What is told of the day plan of an EVSE; where there is none nothing is known."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .site.future import REASONS
from .site.place import Place
from .site_entity import SiteEntity, SiteRow
from .site_sensors import SiteBinaryRow


@dataclass(frozen=True, kw_only=True)
class PlanRow(SiteRow[Place, StateType | datetime], SensorEntityDescription):
    """A fact of the plan."""


class PlanSensor(SiteEntity[Place, StateType | datetime], SensorEntity):
    """Shows a fact of the plan; the whole of it is for charts, and not for the history."""

    _unrecorded_attributes = frozenset({"slots", "energy", "cost", "departure", "target", "missing", "made", "sources"})
    entity_description: PlanRow

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.fact

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Money is that of the home."""
        money = self.entity_description.device_class is SensorDeviceClass.MONETARY
        return self.hass.config.currency if money else None


def _now() -> float:
    return dt_util.utcnow().timestamp()


PLAN: Final[tuple[PlanRow, ...]] = (
    PlanRow(
        key="plan",
        translation_key="plan",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda place: place.future.begins(_now()),
        attributes_fn=lambda place: place.future.table,
    ),
    PlanRow(
        key="plan_reason",
        translation_key="plan_reason",
        device_class=SensorDeviceClass.ENUM,
        options=REASONS,
        value_fn=lambda place: place.future.why(_now()),
    ),
    PlanRow(
        key="plan_cost",
        translation_key="plan_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=lambda place: place.future.cost,
    ),
)

PLAN_FLAGS: Final[tuple[SiteBinaryRow[Place], ...]] = (
    SiteBinaryRow(key="ready_in_time", translation_key="ready_in_time", value_fn=lambda place: place.future.ready),
)
