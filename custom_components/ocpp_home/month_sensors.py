"""What this month has come to: of the whole household, of each person, under each card."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import UnitOfEnergy
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .cards import card_entries
from .const import DOMAIN
from .csms.model.price import amount
from .csms.record.totals import By, Total
from .devices import card_info, hub_info, register_card
from .guard import guarded
from .household_entity import HouseholdEntity, Whose
from .hub import Hub, OcppHomeEntry

type Count = Callable[[], Total]


@dataclass(frozen=True, kw_only=True)
class MonthRow(SensorEntityDescription):
    """A sum of the month; one of money is told in the currency that is given."""

    value_fn: Callable[[Total, str], float | None]


def _cost(total: Total, currency: str) -> float | None:
    """What it costs as far as that is known; not what was paid in another currency."""
    costs = dict(total.costs)
    if currency not in costs and (costs or total.unpriced):
        return None
    return float(amount(costs.get(currency, 0), currency))


def _rows(prefix: str) -> tuple[MonthRow, ...]:
    return (
        MonthRow(
            key="month_energy",
            translation_key=f"{prefix}month_energy",
            device_class=SensorDeviceClass.ENERGY,
            native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
            suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            suggested_display_precision=1,
            state_class=SensorStateClass.TOTAL,
            value_fn=lambda total, _: total.energy,
        ),
        MonthRow(
            key="month_cost",
            translation_key=f"{prefix}month_cost",
            device_class=SensorDeviceClass.MONETARY,
            suggested_display_precision=2,
            state_class=SensorStateClass.TOTAL,
            value_fn=_cost,
        ),
        MonthRow(
            key="month_sessions",
            translation_key=f"{prefix}month_sessions",
            state_class=SensorStateClass.TOTAL,
            entity_registry_enabled_default=False,
            value_fn=lambda total, _: total.sessions,
        ),
    )


HUB: Final = _rows("")
"""Of the hub, and of a card as well."""
PERSON: Final = _rows("person_")


class MonthSensor(HouseholdEntity, SensorEntity):
    """Shows a sum; it falls to zero when the month changes on local clocks."""

    entity_description: MonthRow

    def __init__(self, hub: Hub, whose: Whose, row: MonthRow, count: Count) -> None:
        """Show `row` of what `count` gives."""
        super().__init__(hub, whose, row)
        self._count = count
        self._shown: tuple[object, ...] | None = None

    @property
    @override
    def native_value(self) -> float | None:
        return self.entity_description.value_fn(self._count(), self.hass.config.currency)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        monetary = self.device_class is SensorDeviceClass.MONETARY
        return self.hass.config.currency if monetary else super().native_unit_of_measurement

    @property
    @override
    def last_reset(self) -> datetime:
        return self._hub.month.begin

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._hub.month.subscribe(guarded(self.refresh)))

    @callback
    def refresh(self) -> None:
        """Write a state if it would be another one than the last."""
        facts = self.native_value, self.native_unit_of_measurement, self.last_reset
        if facts != self._shown:
            self._shown = facts
            self.async_write_ha_state()


class Residents:
    """The sensors of the persons and cards of a household: they come and go with the cards."""

    def __init__(self, hub: Hub, add: AddConfigEntryEntitiesCallback) -> None:
        """Nobody is known before the first `sync`."""
        self._hub = hub
        self._add = add
        self._persons: dict[str, tuple[MonthSensor, ...]] = {}
        self._cards: set[str] = set()

    @callback
    def sync(self) -> None:
        """Bring the sensors in line with the cards."""
        persons = {card.person for card in self._hub.central.household.cards if card.person}
        for name in self._persons.keys() - persons:
            self._dismiss(self._persons.pop(name))
        for name in sorted(persons - self._persons.keys()):
            self._persons[name] = tuple(_of_person(self._hub, name))
            self._add(self._persons[name])
        cards = _cards(self._hub)
        for card in cards.values():
            register_card(self._hub, card)
        for subentry_id in cards.keys() - self._cards:
            self._add(_under_card(self._hub, cards[subentry_id]), config_subentry_id=subentry_id)
        self._cards = set(cards)

    def _dismiss(self, sensors: tuple[MonthSensor, ...]) -> None:
        """Delete what is no longer anybody's; what was disabled as well."""
        registry = er.async_get(self._hub.hass)
        for sensor in sensors:
            entity_id = registry.async_get_entity_id("sensor", DOMAIN, sensor.unique_id or "")
            if entity_id is not None:
                registry.async_remove(entity_id)


def _cards(hub: Hub) -> Mapping[str, ConfigSubentry]:
    return {subentry.subentry_id: subentry for subentry in card_entries(hub.entry)}


def _of_hub(hub: Hub) -> Iterator[MonthSensor]:
    whose = Whose(hub.entry.entry_id, hub_info(hub))
    yield from (MonthSensor(hub, whose, row, lambda: hub.month.whole) for row in HUB)


def _of_person(hub: Hub, name: str) -> Iterator[MonthSensor]:
    whose = Whose(f"{hub.entry.entry_id}_person_{name}", hub_info(hub), {"person": name})
    yield from (MonthSensor(hub, whose, row, partial(hub.month.of, By.PERSON, name)) for row in PERSON)


def _under_card(hub: Hub, subentry: ConfigSubentry) -> Iterator[MonthSensor]:
    whose = Whose(subentry.subentry_id, card_info(hub, subentry))

    def count() -> Total:
        """By the name that it has now."""
        card = hub.entry.subentries.get(subentry.subentry_id, subentry)
        return hub.month.of(By.CARD, card.title)

    yield from (MonthSensor(hub, whose, row, count) for row in HUB)


def populate_month(entry: OcppHomeEntry, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the sums of the hub, and those of persons and cards, now and whenever there is another one."""
    hub = entry.runtime_data
    add(_of_hub(hub))
    residents = Residents(hub, add)
    entry.async_on_unload(hub.central.household.subscribe(guarded(residents.sync)))
    residents.sync()
