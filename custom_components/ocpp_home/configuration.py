"""Configuration keys of a station that have a natural type, as rows for the platforms."""

from collections.abc import Callable, Iterator
from typing import Final

from .csms.model.configuration_keys import Group, Natural, Nature, natural
from .csms.model.station import Station

LONGEST: Final = 255
"""Home Assistant keeps no longer states; a longer value is not shown rather than shown in part."""

LED: Final = frozenset({Group.CONNECTION, Group.METERING})
"""What keys are about that are brought to the owner's settings after each boot; by hand only experts change them."""


def key_of(row: Natural) -> str:
    """The key of the entity that shows a configuration key; also its translation key."""
    name = "_".join(filter(None, row.fold))
    return f"config_{name}"


def configured(station: Station, *natures: Nature, writable: bool) -> Iterator[Natural]:
    """The keys of these natures that the station has, those that can be written or those that cannot."""
    for variable in tuple(station.variables.known.values()):
        row = natural(variable.key.name, variable.key.component) if variable.key.evse is None else None
        if row and row.nature in natures and (row.writable and not variable.readonly) is writable:
            yield row


def offered(row: Natural) -> bool:
    """Whether the entity of a key is there for everybody, not only for who looks for it."""
    return row.common and row.group not in LED


def flag(row: Natural) -> Callable[[Station], bool | None]:
    """Reads a key as true or false."""
    return lambda station: station.variables.flag(row.name, row.component)


def number(row: Natural) -> Callable[[Station], float | None]:
    """Reads a key as a number."""
    return lambda station: station.variables.number(row.name, row.component)


def text(row: Natural) -> Callable[[Station], str | None]:
    """Reads a key as it is."""

    def read(station: Station) -> str | None:
        value = station.variables.text(row.name, row.component)
        return None if value is None or len(value) > LONGEST else value

    return read


async def write(station: Station, row: Natural, value: str) -> None:
    """Write a key; what takes effect after the next reboot only is told by a notice of the station."""
    name = f"{row.component}.{row.name}" if row.component else row.name
    await station.require().configuration.write(name, value)
