"""The action about the grid operator's record: each time he asked for less, and whether it was kept."""

from collections.abc import Iterable
import csv
from datetime import datetime
import io
from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..csms.record.table import harmless, local, whole
from ..download import DOWNLOADS, File
from ..site.dimmings import Record
from .household import HouseholdAction, hubs
from .row import TIME, Fields, plain

NAME: Final = "dimmings.csv"
COLUMNS: Final = ("by", "begin", "end", "limit_w", "highest_w", "mean_w", "watched_s", "kept")


async def list_dimmings(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """The records that are asked for, the newest first, and a file of them to be downloaded."""
    since, until = fields.get("since"), fields.get("until")
    found = [
        record
        for hub in hubs(hass)
        for record in hub.site.bounds.dimming.records.newest()
        if _within(record, since, until)
    ]
    found.sort(key=lambda record: record.begin, reverse=True)
    dimmings: list[JsonValueType] = [plain(record.told()) for record in found]
    files: list[JsonValueType] = []
    if fields["file"]:
        url = hass.data[DOWNLOADS].offer(File(NAME, table(found), "text/csv"))
        files.append({"format": "csv", "name": NAME, "url": url})
    return {"dimmings": dimmings, "files": files}


def _within(record: Record, since: datetime | None, until: datetime | None) -> bool:
    """Whether some of it lies in the period that is asked for."""
    ended_before = since is not None and record.end is not None and record.end < since
    return not ended_before and (until is None or record.begin < until)


def table(records: Iterable[Record]) -> str:
    """Records as CSV (RFC 4180), the newest first; times are local, with their offset."""
    text, zone = io.StringIO(), dt_util.get_default_time_zone()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in records:
        kept = "" if one.kept is None else str(one.kept).lower()
        powers = (whole(one.limit), whole(one.highest), whole(one.mean), whole(one.watched))
        writer.writerow((harmless(one.by), local(one.begin, zone), local(one.end, zone), *powers, kept))
    return text.getvalue()


ACTIONS: Final = (
    HouseholdAction(
        "list_dimmings",
        list_dimmings,
        {
            vol.Optional("since"): TIME,
            vol.Optional("until"): TIME,
            vol.Optional("file", default=False): cv.boolean,
        },
        SupportsResponse.ONLY,
    ),
)
