"""The certificate that stations are shown: when it ends."""

from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .devices import hub_info
from .guard import guarded
from .household_entity import HouseholdEntity, Whose
from .hub import OcppHomeEntry

EXPIRY: Final = SensorEntityDescription(
    key="certificate_expiry",
    translation_key="certificate_expiry",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)


class CertificateSensor(HouseholdEntity, SensorEntity):
    """Shows when the certificate ends; unknown where stations are shown none."""

    @property
    @override
    def native_value(self) -> datetime | None:
        return self._hub.certificates.not_after

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._hub.certificates.subscribe(guarded(self.async_write_ha_state)))


def populate_certificates(entry: OcppHomeEntry, add: AddConfigEntryEntitiesCallback) -> None:
    """Add what is told of the hub's certificate."""
    hub = entry.runtime_data
    add([CertificateSensor(hub, Whose(entry.entry_id, hub_info(hub)), EXPIRY)])
