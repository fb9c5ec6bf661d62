"""The form of the house's settings."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .settings import (
    CONF_ASYMMETRY,
    CONF_BATTERY,
    CONF_BATTERY_BUFFER,
    CONF_BATTERY_DISCHARGE,
    CONF_BATTERY_FIRST,
    CONF_BATTERY_HOLD,
    CONF_BATTERY_INVERTED,
    CONF_BATTERY_LEVEL,
    CONF_DIMMED_POWER,
    CONF_DIMMING,
    CONF_DIMMING_SWITCH,
    CONF_FALLBACK,
    CONF_FEED_IN,
    CONF_FUSE,
    CONF_FUSE_PHASES,
    CONF_GRID,
    CONF_GRID_INVERTED,
    CONF_LINES,
    CONF_MARGIN,
    CONF_PATIENCE,
    CONF_PEAK,
    CONF_PEAK_RISES,
    CONF_SOLAR,
    SiteSettings,
)

SECTION_BATTERY: Final = "battery"
SECTION_OPERATOR: Final = "operator"
SECTION_PEAK: Final = "limits"
SECTION_SAFETY: Final = "safety"
SECTIONS: Final = (SECTION_BATTERY, SECTION_PEAK, SECTION_OPERATOR, SECTION_SAFETY)

USUAL: Final = SiteSettings()


def number(low: float, high: float, step: float, unit: str) -> NumberSelector:
    """A number in a box."""
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, step=step, unit_of_measurement=unit, mode=NumberSelectorMode.BOX)
    )


AMPERES: Final = number(6, 250, 1, "A")
POWER: Final = EntitySelector(EntitySelectorConfig(domain="sensor", device_class="power"))
LINE: Final = EntitySelector(EntitySelectorConfig(domain="sensor", device_class=["power", "current"]))
LEVEL: Final = EntitySelector(EntitySelectorConfig(domain="sensor", device_class="battery"))
TURNED: Final = EntitySelector(EntitySelectorConfig(domain=["switch", "input_boolean"]))
SWITCH: Final = EntitySelector(EntitySelectorConfig(domain=["binary_sensor", "input_boolean", "switch"]))

SITE_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_FUSE): AMPERES,
        vol.Required(CONF_FUSE_PHASES, default=str(USUAL.phases)): SelectSelector(
            SelectSelectorConfig(options=["1", "3"], translation_key=CONF_FUSE_PHASES, mode=SelectSelectorMode.LIST)
        ),
        vol.Optional(CONF_GRID): POWER,
        vol.Required(CONF_GRID_INVERTED, default=USUAL.grid_inverted): BooleanSelector(),
        vol.Optional(CONF_LINES[0]): LINE,
        vol.Optional(CONF_LINES[1]): LINE,
        vol.Optional(CONF_LINES[2]): LINE,
        vol.Optional(CONF_SOLAR): POWER,
        vol.Required(CONF_FEED_IN, default=USUAL.feed_in): NumberSelector(
            NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX)
        ),
        vol.Required(SECTION_BATTERY): section(
            vol.Schema(
                {
                    vol.Optional(CONF_BATTERY): POWER,
                    vol.Required(CONF_BATTERY_INVERTED, default=USUAL.battery_inverted): BooleanSelector(),
                    vol.Optional(CONF_BATTERY_LEVEL): LEVEL,
                    vol.Required(CONF_BATTERY_FIRST, default=USUAL.battery_first): number(0, 100, 1, "%"),
                    vol.Optional(CONF_BATTERY_BUFFER): number(0, 100, 1, "%"),
                    vol.Required(CONF_BATTERY_DISCHARGE, default=USUAL.battery_discharge): number(0, 50_000, 100, "W"),
                    vol.Optional(CONF_BATTERY_HOLD): TURNED,
                }
            ),
            {"collapsed": True},
        ),
        vol.Required(SECTION_PEAK): section(
            vol.Schema(
                {
                    vol.Optional(CONF_PEAK): number(0, 100, 0.1, "kW"),
                    vol.Required(CONF_PEAK_RISES, default=USUAL.peak_rises): BooleanSelector(),
                    vol.Optional(CONF_ASYMMETRY): number(0, 100, 1, "A"),
                }
            ),
            {"collapsed": True},
        ),
        vol.Required(SECTION_OPERATOR): section(
            vol.Schema(
                {
                    vol.Optional(CONF_DIMMING): SWITCH,
                    vol.Required(CONF_DIMMING_SWITCH, default=USUAL.dimming_switch): BooleanSelector(),
                    vol.Required(CONF_DIMMED_POWER, default=USUAL.dimmed_power): number(0, 100_000, 100, "W"),
                }
            ),
            {"collapsed": True},
        ),
        vol.Required(SECTION_SAFETY): section(
            vol.Schema(
                {
                    vol.Required(CONF_MARGIN, default=USUAL.margin): number(0, 20, 0.5, "A"),
                    vol.Required(CONF_FALLBACK, default=USUAL.fallback): number(0, 32, 1, "A"),
                    vol.Required(CONF_PATIENCE, default=USUAL.patience): number(5, 600, 1, "s"),
                }
            ),
            {"collapsed": True},
        ),
    }
)
NAMES: Final = frozenset(
    str(name)
    for fields in (SITE_SCHEMA.schema, *(SITE_SCHEMA.schema[part].schema.schema for part in SECTIONS))
    for name in fields
) - {*SECTIONS}


def site_values(options: Mapping[str, Any], suggestions: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows: what is set, and suggestions as long as nothing is."""
    known = {name: value for name, value in options.items() if name in NAMES} or dict(suggestions)
    return known | {part: _part(part, known) for part in SECTIONS}


def _part(part: str, known: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): known[name] for name in SITE_SCHEMA.schema[part].schema.schema if name in known}


def site_options(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What the form tells, as the options keep it."""
    told = {name: value for name, value in user_input.items() if name not in SECTIONS}
    for part in SECTIONS:
        told |= user_input.get(part, {})
    return told


def problems(told: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with settings that came out of the form."""
    errors: dict[str, str] = {}
    phases = int(told.get(CONF_FUSE_PHASES, USUAL.phases))
    lines = [name for name in CONF_LINES if told.get(name)]
    if lines and lines != list(CONF_LINES[:phases]):
        errors[CONF_LINES[0]] = "lines_missing"
    if told.get(CONF_FUSE) and not (lines or told.get(CONF_GRID)):
        errors[CONF_FUSE] = "meter_missing"
    if told.get(CONF_PEAK) is not None and not told.get(CONF_GRID):
        errors[CONF_GRID] = "peak_unmeasured"
    if told.get(CONF_BATTERY_BUFFER) is not None and not (told.get(CONF_BATTERY) and told.get(CONF_BATTERY_LEVEL)):
        errors["base"] = "battery_unknown"
    if told.get(CONF_BATTERY_HOLD) and not told.get(CONF_BATTERY):
        errors["base"] = "battery_unknown"
    return errors
