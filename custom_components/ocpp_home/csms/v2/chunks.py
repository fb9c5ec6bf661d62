"""Requests no larger than a station takes (ItemsPerMessage and BytesPerMessage of a controller)."""

from collections.abc import Iterator, Sequence
import json
from typing import Final

from ..model.station import Station

AT_ONCE: Final = 10
"""So many items while the station has not told."""
FRAME: Final = 128
"""Bytes around the items of a message."""


def chunks[T](station: Station, controller: str, action: str, items: Sequence[T]) -> Iterator[list[T]]:
    """The items in groups that a station takes at once; an item that is too long by itself goes alone."""
    variables = station.variables
    most = max(1, int(variables.number("ItemsPerMessage", controller, instance=action) or AT_ONCE))
    longest = variables.number("BytesPerMessage", controller, instance=action) or float("inf")
    group: list[T] = []
    size = FRAME
    for item in items:
        length = len(json.dumps(item, separators=(",", ":")).encode()) + 1
        if group and (len(group) >= most or size + length > longest):
            yield group
            group, size = [], FRAME
        group.append(item)
        size += length
    if group:
        yield group
