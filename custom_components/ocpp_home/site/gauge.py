"""What the meters of the house tell, in W and A; what is missing, or was told too long ago, nobody knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Final

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from ..csms.control.terms import VOLTAGE, Lines
from .settings import SiteSettings


@dataclass(frozen=True, slots=True)
class House:
    """What is measured of the house at a moment, EVSEs and all; None where nobody knows."""

    grid: float | None = None
    """What comes from the grid (W, negative: what goes there)."""
    lines: Lines | None = None
    """What comes from the grid on each phase (A), where the phases are measured."""
    branches: Mapping[str, Lines | None] = field(default_factory=dict)
    """The same of the circuits that are measured."""
    battery: float | None = None
    """What the battery gives (W, negative: what it takes)."""
    level: float | None = None
    """How full the battery is (%)."""
    solar: float | None = None
    contact: bool | None = None
    """Whether the grid operator's contact is on."""
    silent: tuple[str, ...] = ()
    """The sensors that tell nothing, or have told nothing for too long."""
    left: float | None = None
    """So many seconds from now on all this is still new enough."""


class Gauges:
    """Reads the sensors the owner has named."""

    def __init__(self, hass: HomeAssistant, settings: SiteSettings) -> None:
        """Nothing is read before `read`."""
        self._hass = hass
        self._settings = settings

    def read(self, now: datetime) -> House:
        """What is measured now (UTC)."""
        settings = self._settings
        ages = {entity: self._age(entity, now) for entity in self._timely}
        fresh = {entity: age for entity, age in ages.items() if age is not None and age < settings.patience}
        battery = self._number(settings.battery, fresh)
        return House(
            grid=self._grid(fresh),
            lines=self._lines(settings.lines, fresh, -1 if settings.grid_inverted else 1),
            branches={one.key: self._lines(one.lines, fresh) for one in settings.branches if one.lines},
            battery=-battery if battery is not None and settings.battery_inverted else battery,
            level=self._level(),
            solar=self._number(settings.solar, fresh),
            contact=self._contact(),
            silent=(*(entity for entity in ages if entity not in fresh), *self._mute()),
            left=min((settings.patience - age for age in fresh.values()), default=None),
        )

    def _contact(self) -> bool | None:
        """Whether the grid operator's contact is on; None where it does not tell."""
        state = self._hass.states.get(self._settings.dimming) if self._settings.dimming else None
        return None if state is None or state.state in NOTHING else state.state == STATE_ON

    def _mute(self) -> Iterator[str]:
        """What is not measured all the time, and tells nothing now."""
        settings = self._settings
        for entity in (settings.battery_level, settings.dimming, settings.battery_hold):
            state = self._hass.states.get(entity) if entity is not None else None
            if entity is not None and (state is None or state.state in NOTHING):
                yield entity

    @property
    def _timely(self) -> tuple[str, ...]:
        """The sensors of which old values are useless; a battery's level changes slowly."""
        settings = self._settings
        solar = settings.solar if settings.grid is None and not settings.lines else None
        branches = (entity for branch in settings.branches for entity in branch.lines)
        told = (settings.grid, *settings.lines, *branches, solar, settings.battery)
        return tuple(dict.fromkeys(entity for entity in told if entity))

    def _age(self, entity: str, now: datetime) -> float | None:
        """How long ago (s) it was told, changed or not; None where it tells no number."""
        state = self._hass.states.get(entity)
        if state is None or amount(state) is None:
            return None
        return max(0.0, (now - state.last_reported).total_seconds())

    def _number(self, entity: str | None, fresh: dict[str, float]) -> float | None:
        state = self._hass.states.get(entity) if entity in fresh and entity is not None else None
        return None if state is None else amount(state)

    def _grid(self, fresh: dict[str, float]) -> float | None:
        settings = self._settings
        powers = (settings.grid,) if settings.grid else settings.lines
        told = [None if self._is_current(entity) else self._number(entity, fresh) for entity in powers]
        known = [power for power in told if power is not None]
        if not known or len(known) < len(powers):
            return None  # a current does not tell its direction
        return -sum(known) if settings.grid_inverted else sum(known)

    def _lines(self, entities: tuple[str, ...], fresh: dict[str, float], sign: int = 1) -> Lines | None:
        amps = [self._amps(entity, fresh, sign) for entity in entities]
        if not amps or None in amps:
            return None
        one, two, three, *_ = [*(amp for amp in amps if amp is not None), 0.0, 0.0]
        return one, two, three

    def _amps(self, entity: str, fresh: dict[str, float], sign: int) -> float | None:
        """A current as it is told; a power has a sign."""
        told = self._number(entity, fresh)
        return told if told is None or self._is_current(entity) else sign * told / VOLTAGE

    def _is_current(self, entity: str) -> bool:
        state = self._hass.states.get(entity)
        return state is not None and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) in CURRENTS

    def _level(self) -> float | None:
        state = self._hass.states.get(self._settings.battery_level) if self._settings.battery_level else None
        return None if state is None else amount(state)


CURRENTS: Final = ElectricCurrentConverter.VALID_UNITS
NOTHING: Final = {STATE_UNAVAILABLE, STATE_UNKNOWN}


def amount(state: State) -> float | None:
    """The number a sensor tells, in W or A where it is power or current; None for what is no number."""
    if state.state in NOTHING:
        return None
    try:
        told = float(state.state)
    except ValueError:
        return None
    if not isfinite(told):
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit in PowerConverter.VALID_UNITS:
        return PowerConverter.convert(told, unit, UnitOfPower.WATT)
    if unit in CURRENTS:
        return ElectricCurrentConverter.convert(told, unit, UnitOfElectricCurrent.AMPERE)
    return told
