"""What is told of yesterday's charging, beside what hindsight would have done; where nothing was charged, nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription

from .csms.control.audit import Audit
from .site.place import Place
from .site_entity import SiteEntity, SiteRow


@dataclass(frozen=True, kw_only=True)
class AuditRow(SiteRow[Place, float | None], SensorEntityDescription):
    """A fact of yesterday."""


class AuditSensor(SiteEntity[Place, float | None], SensorEntity):
    """Shows an amount of money."""

    entity_description: AuditRow

    @property
    @override
    def native_value(self) -> float | None:
        return self.fact

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Money is that of the home."""
        return self.hass.config.currency


def _money(amount: Callable[[Audit], float]) -> Callable[[Place], float | None]:
    return lambda place: None if place.yesterday is None else round(amount(place.yesterday), 3)


def _parts(place: Place) -> Mapping[str, object]:
    """Why it was not less."""
    found = place.yesterday
    if found is None:
        return {}
    parts = {"latency": found.latency, "minimum": found.minimum, "forecast": found.forecast, "owner": found.owner}
    return {name: round(part, 3) for name, part in parts.items()}


def _amounts(place: Place) -> Mapping[str, object]:
    found = place.yesterday
    return {} if found is None else {"energy": round(found.energy / 1000, 2), "sun": round(100 * found.share)}


AUDIT: Final[tuple[AuditRow, ...]] = (
    AuditRow(
        key="yesterday_loss",
        translation_key="yesterday_loss",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        offline=True,
        value_fn=_money(lambda found: found.loss),
        attributes_fn=_parts,
    ),
    AuditRow(
        key="yesterday_cost",
        translation_key="yesterday_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=_money(lambda found: found.cost),
        attributes_fn=_amounts,
    ),
    AuditRow(
        key="yesterday_best",
        translation_key="yesterday_best",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=_money(lambda found: found.best),
    ),
)
