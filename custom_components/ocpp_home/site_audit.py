"""What is told of yesterday's charging, beside what hindsight would have done; where nothing was charged, nothing."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription

from .site.place import Place
from .site.yesterday import amounts, money, parts
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


AUDIT: Final[tuple[AuditRow, ...]] = (
    AuditRow(
        key="yesterday_loss",
        translation_key="yesterday_loss",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        offline=True,
        value_fn=money(lambda found: found.loss),
        attributes_fn=parts,
    ),
    AuditRow(
        key="yesterday_cost",
        translation_key="yesterday_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=money(lambda found: found.cost),
        attributes_fn=amounts,
    ),
    AuditRow(
        key="yesterday_best",
        translation_key="yesterday_best",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=money(lambda found: found.best),
    ),
)
