"""Reports that come in several requests (`requestId`, `seqNo`, `tbc`)."""

from typing import Final

from ..dialogue.fields import whole
from ..model.report import Part
from ..model.station import Station
from ..wire.frame import Payload

PATIENCE: Final = 120.0
"""Seconds for the next part: there are stations that assemble a report for minutes."""


def take(station: Station, payload: Payload) -> None:
    """Hand a part of a report to whoever asked for it; parts nobody waits for are counted."""
    number = whole(payload, "requestId")
    if number is None or not station.reports.take(number, payload, last=payload.get("tbc") is not True):
        station.count("report nobody asked for")


def documents(part: Part, name: str) -> list[Payload]:
    """The documents a part has under a name; whatever else stands there is left out."""
    found = part.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
