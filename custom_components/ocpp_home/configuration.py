"""The configuration of a station as entities: keys of 1.6 and variables of 2.x that have a natural type."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    PERCENTAGE,
    REVOLUTIONS_PER_MINUTE,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .csms.model.configuration_keys import Group, Natural, Nature
from .csms.model.standard_variables import TWINS, nature_of
from .csms.model.station import Station
from .csms.model.variable import Fold, Variable, VariableKey
from .devices import station_key
from .entity import Part, Row, pulse_of, standing, unique_id
from .hub import OcppHomeEntry
from .words import plain, spoken, tame

LONGEST: Final = 255
"""Home Assistant keeps no longer states; a longer value is not shown rather than shown in part."""
MOST: Final = 500
"""So many variables of no standard are entities; a station could name others without end."""
NAME: Final = 120
CHOICES: Final = 100

LED: Final = frozenset({Group.CONNECTION, Group.METERING})
"""What keys are about that are brought to the owner's settings after each boot; by hand only experts change them."""

UNITS: Final[Mapping[str, str]] = {
    "A": UnitOfElectricCurrent.AMPERE,
    "Celsius": UnitOfTemperature.CELSIUS,
    "Fahrenheit": UnitOfTemperature.FAHRENHEIT,
    "Hz": UnitOfFrequency.HERTZ,
    "kW": UnitOfPower.KILO_WATT,
    "kWh": UnitOfEnergy.KILO_WATT_HOUR,
    "Percent": PERCENTAGE,
    "RH": PERCENTAGE,
    "RPM": REVOLUTIONS_PER_MINUTE,
    "s": UnitOfTime.SECONDS,
    "V": UnitOfElectricPotential.VOLT,
    "W": UnitOfPower.WATT,
    "Wh": UnitOfEnergy.WATT_HOUR,
}
"""Units of OCPP 2.0.1 ed. 3 - appendix 2 that are written otherwise here, or say what is measured."""
CLASSES: Final[Mapping[str, SensorDeviceClass]] = {
    UnitOfElectricCurrent.AMPERE: SensorDeviceClass.CURRENT,
    UnitOfElectricPotential.VOLT: SensorDeviceClass.VOLTAGE,
    UnitOfFrequency.HERTZ: SensorDeviceClass.FREQUENCY,
    UnitOfPower.KILO_WATT: SensorDeviceClass.POWER,
    UnitOfPower.WATT: SensorDeviceClass.POWER,
    UnitOfTemperature.CELSIUS: SensorDeviceClass.TEMPERATURE,
    UnitOfTemperature.FAHRENHEIT: SensorDeviceClass.TEMPERATURE,
    UnitOfTime.SECONDS: SensorDeviceClass.DURATION,
}


@dataclass(frozen=True, eq=False)
class Item:
    """A variable as an entity: what it is, and the station or EVSE it belongs to."""

    station: Station
    part: Part
    row: Natural
    key: VariableKey
    name: str
    """The key of the entity; also its translation key, where the variable is a standard one."""

    @property
    def identity(self) -> tuple[str, Nature, bool]:
        """What makes it another entity."""
        return unique_id(self.station, self.part, self.name), self.row.nature, self.row.writable

    @property
    def standard(self) -> bool:
        """Whether there are words for it."""
        return self.row.group is not Group.VENDOR

    @property
    def words(self) -> str:
        """The translation key."""
        return self.name if self.standard else "variable"

    @property
    def placeholders(self) -> dict[str, str] | None:
        """What the words need to be told: what a vendor calls his variable is nothing but a name."""
        return None if self.standard else {"variable": label(self.key)}

    @property
    def enabled(self) -> bool:
        """Whether the entity is there for everybody, not only for who looks for it."""
        return self.row.common and self.row.writable and self.row.group not in LED

    @property
    def unit(self) -> str | None:
        """The unit as Home Assistant writes it."""
        return None if self.row.unit is None else UNITS.get(self.row.unit, tame(self.row.unit[:16]))

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """The names it has, in one version or the other."""
        twin = TWINS.get(self.row.name) if not self.row.component else None
        return tuple({key.fold: None for key in (self.key, twin, VariableKey("", self.row.name)) if key is not None})

    @property
    def variable(self) -> Variable | None:
        """The variable as it is known now."""
        known = self.station.variables.known
        return next((known[fold] for fold in self.folds if fold in known), None)

    def flag(self, _: Part) -> bool | None:
        """The value as true or false."""
        return None if (variable := self.variable) is None else variable.flag

    def number(self, _: Part) -> float | None:
        """The value as a number."""
        return None if (variable := self.variable) is None else variable.number

    def moment(self, _: Part) -> datetime | None:
        """The value as a moment."""
        return None if (variable := self.variable) is None else variable.moment

    @property
    def longest(self) -> int:
        """How many characters the value may have; of a list the bounds are those of its length."""
        told = self.row.maximum if self.row.nature is Nature.TEXT else None
        return LONGEST if told is None else max(1, min(LONGEST, round(told)))

    def text(self, _: Part) -> str | None:
        """The value as it is."""
        value = None if (variable := self.variable) is None else variable.value
        return None if value is None or len(value) > self.longest else value

    @property
    def choices(self) -> list[str]:
        """The words to choose from."""
        return [
            word for word in dict.fromkeys(self.row.options[:CHOICES]) if len(word) <= LONGEST and plain(word) == word
        ]

    def choice(self, part: Part) -> str | None:
        """The word that is chosen, in the spelling of the choices."""
        chosen = (self.text(part) or "").strip().casefold()
        return next((word for word in self.choices if word.casefold() == chosen), None)

    def pending(self, _: Part) -> Mapping[str, bool | None]:
        """Whether a new value waits for a reboot."""
        return {"reboot_required": None if (variable := self.variable) is None else variable.reboot_required}

    async def write(self, value: str) -> None:
        """Write the variable; what takes effect after the next reboot only is told by a notice of the station too."""
        key = self.key if (variable := self.variable) is None else variable.key
        await self.station.require().configuration.write(key.path, value)


def label(key: VariableKey) -> str:
    """What a variable of no standard is called, from the names its station gives it."""
    component = [spoken(key.component), tame(key.component_instance)]
    if key.connector is not None:
        component.append(
            f"{key.connector}" if key.component.casefold() == "connector" else f"connector {key.connector}"
        )
    name = spoken(key.name, first=not key.component).split(" ")
    if len(name) > 1 and name[0].casefold() == component[0].casefold():
        del name[0]
    instance = f"({tame(key.instance)})" if key.instance else ""
    return " ".join(filter(None, [*component, *name, instance]))[:NAME].strip()


def items(station: Station) -> Iterator[Item]:
    """The variables of a station that can be entities."""
    foreign = 0
    for variable in station.variables.known.values():
        row, number = nature_of(variable), variable.key.evse
        part = station.evses.get(number) if number else station
        if row is None or part is None:
            continue
        foreign += row.group is Group.VENDOR
        if row.group is not Group.VENDOR:
            yield Item(station, part, row, variable.key, "_".join(("config", *filter(None, row.fold))))
        elif foreign <= MOST:
            yield Item(station, part, row, variable.key, f"config_{variable.key.path.casefold()}")


def configure[ValueT](
    entry: OcppHomeEntry, add: AddConfigEntryEntitiesCallback, row: Callable[[Item], Row[Part, ValueT] | None]
) -> None:
    """Add the entities of the variables for which there is a row, now and whenever a station tells of others."""
    hub = entry.runtime_data

    def inhabit(station: Station) -> None:
        seen: dict[tuple[str, Nature, bool], Part] = {}
        state: object = None

        def grow() -> None:
            nonlocal state
            before, state = state, (station.variables.kinds, tuple(station.evses.values()))
            if before == state:
                return
            for known in [known for known, part in seen.items() if not standing(station, part)]:
                del seen[known]
            fresh = [item for item in items(station) if item.identity not in seen]
            seen.update((item.identity, item.part) for item in fresh)
            if hub.stations.get(station_key(station)) is station:
                rows = [(item, description) for item in fresh if (description := row(item)) is not None]
                entities = [description.entity(hub, station, item.part) for item, description in rows]
                add(entities, config_subentry_id=hub.subentry_id(station))

        entry.async_on_unload(pulse_of(hub, station).on_growth(grow))
        grow()

    entry.async_on_unload(hub.on_station(inhabit))
