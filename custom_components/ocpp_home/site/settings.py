"""What the owner has told of the house: its main fuse, its meters, its battery, and who may ask it for less."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

CONF_FUSE: Final = "fuse"
CONF_FUSE_PHASES: Final = "fuse_phases"
CONF_MARGIN: Final = "margin"
CONF_FALLBACK: Final = "fallback"
CONF_PATIENCE: Final = "meter_patience"
CONF_GRID: Final = "grid_power"
CONF_GRID_INVERTED: Final = "grid_inverted"
CONF_LINES: Final = ("grid_l1", "grid_l2", "grid_l3")
CONF_SOLAR: Final = "solar_power"
CONF_FEED_IN: Final = "feed_in"
CONF_BATTERY: Final = "battery_power"
CONF_BATTERY_INVERTED: Final = "battery_inverted"
CONF_BATTERY_LEVEL: Final = "battery_level"
CONF_BATTERY_FIRST: Final = "battery_first"
CONF_RATING: Final = "rating"
CONF_PARENT: Final = "parent"
CONF_DIMMING: Final = "dimming"
CONF_DIMMED_POWER: Final = "dimmed_power"
CONF_DIMMING_SWITCH: Final = "dimming_switch"
CONF_BATTERY_BUFFER: Final = "battery_buffer"
CONF_BATTERY_DISCHARGE: Final = "battery_discharge"
CONF_BATTERY_HOLD: Final = "battery_hold"
CONF_PEAK: Final = "peak"
CONF_PEAK_RISES: Final = "peak_rises"
CONF_ASYMMETRY: Final = "asymmetry"

KILO: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Branch:
    """A circuit behind the main fuse, with a fuse of its own."""

    key: str
    rating: float
    """What its fuse bears (A per phase)."""
    parent: str | None = None
    """The circuit that feeds it; None: the main fuse."""
    lines: tuple[str, ...] = ()
    """The sensors of each phase; none: nothing but stations hangs there."""

    @classmethod
    def of(cls, key: str, data: Mapping[str, Any]) -> Branch:
        """What a subentry says."""
        lines = tuple(data[name] for name in CONF_LINES if data.get(name))
        return cls(key, float(data[CONF_RATING]), data.get(CONF_PARENT), lines)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The house; without a fuse and without a meter there is nothing to control."""

    fuse: float | None = None
    """What the main fuse bears (A per phase); None: nothing is asked of it."""
    phases: int = 3
    """How many phases come into the house."""
    margin: float = 0.5
    fallback: float = 6.0
    """What an EVSE gets (A) while nobody knows what the house draws."""
    patience: float = 15.0
    """So old (s) a measurement may be."""
    grid: str | None = None
    """The sensor of what comes from the grid, of all phases together; `grid_inverted`: of what goes there."""
    grid_inverted: bool = False
    lines: tuple[str, ...] = ()
    """The sensors of each phase, current or power; all phases of the house, or none."""
    solar: str | None = None
    feed_in: float = 0.08
    """What a kWh brings that goes to the grid."""
    battery: str | None = None
    """The sensor of what the battery gives; `battery_inverted`: of what it takes."""
    battery_inverted: bool = False
    battery_level: str | None = None
    battery_first: float = 0.0
    """Below this level (%) the sun charges the battery before it charges cars."""
    battery_buffer: float | None = None
    """Above this level (%) the battery helps cars that charge over clouds; None: never."""
    battery_discharge: float = 3000.0
    """What the battery can give (W)."""
    battery_hold: str | None = None
    """The switch that keeps the battery from discharging."""
    peak: float | None = None
    """What may come from the grid (W, mean of a quarter of an hour); None: as much as the fuse bears."""
    peak_rises: bool = True
    """Where the month has already had a higher peak, up to that."""
    asymmetry: float | None = None
    """By how much (A) lines may differ because of cars."""
    dimming: str | None = None
    """What is on while the grid operator asks for less."""
    dimmed_power: float = 4200.0
    """What all EVSEs together may draw (W) then."""
    dimming_switch: bool = False
    """Less can also be asked for by a switch of ours."""
    branches: tuple[Branch, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any], branches: Iterable[Branch] = ()) -> SiteSettings | None:
        """What the options of a hub say, and its circuits; None where they tell nothing of the house."""
        settings = replace(cls._of(options), branches=tuple(branches))
        return settings if settings.concerned else None

    @classmethod
    def _of(cls, options: Mapping[str, Any]) -> SiteSettings:
        usual = cls()
        lines = tuple(options[name] for name in CONF_LINES if options.get(name))
        return cls(
            fuse=options.get(CONF_FUSE),
            phases=int(options.get(CONF_FUSE_PHASES, usual.phases)),
            margin=float(options.get(CONF_MARGIN, usual.margin)),
            fallback=float(options.get(CONF_FALLBACK, usual.fallback)),
            patience=float(options.get(CONF_PATIENCE, usual.patience)),
            grid=options.get(CONF_GRID),
            grid_inverted=bool(options.get(CONF_GRID_INVERTED, usual.grid_inverted)),
            lines=lines,
            solar=options.get(CONF_SOLAR),
            feed_in=float(options.get(CONF_FEED_IN, usual.feed_in)),
            battery=options.get(CONF_BATTERY),
            battery_inverted=bool(options.get(CONF_BATTERY_INVERTED, usual.battery_inverted)),
            battery_level=options.get(CONF_BATTERY_LEVEL),
            battery_first=float(options.get(CONF_BATTERY_FIRST, usual.battery_first)),
            battery_buffer=_number(options, CONF_BATTERY_BUFFER),
            battery_discharge=float(options.get(CONF_BATTERY_DISCHARGE, usual.battery_discharge)),
            battery_hold=options.get(CONF_BATTERY_HOLD),
            peak=_number(options, CONF_PEAK, KILO),
            peak_rises=bool(options.get(CONF_PEAK_RISES, usual.peak_rises)),
            asymmetry=_number(options, CONF_ASYMMETRY),
            dimming=options.get(CONF_DIMMING),
            dimmed_power=float(options.get(CONF_DIMMED_POWER, usual.dimmed_power)),
            dimming_switch=bool(options.get(CONF_DIMMING_SWITCH, usual.dimming_switch)),
        )

    @property
    def concerned(self) -> bool:
        """Whether there is anything to control by."""
        return any((self.fuse, self.asymmetry, self.dimmable, self.branches, *self.entities))

    @property
    def dimmable(self) -> bool:
        """Whether somebody may ask for less in the grid operator's name."""
        return self.dimming is not None or self.dimming_switch

    @property
    def metered(self) -> bool:
        """Whether a surplus can be known."""
        return any((self.grid, self.solar, self.lines))

    @property
    def entities(self) -> tuple[str, ...]:
        """The sensors that are looked at."""
        branches = (entity for branch in self.branches for entity in branch.lines)
        told = (self.grid, *self.lines, *branches, self.solar, self.battery, self.battery_level)
        return tuple(dict.fromkeys(entity for entity in told if entity))


def _number(options: Mapping[str, Any], name: str, unit: float = 1.0) -> float | None:
    """A number that may be left out."""
    told = options.get(name)
    return None if told is None else float(told) * unit
