"""Looks at everything a home puts out once the stations have spoken: what is kept, shown, downloaded and told again."""

import csv
from datetime import timedelta
from html.parser import HTMLParser
import io
from typing import override

from homeassistant.components.calendar import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.ocpp_home.csms.model.account import Query
from custom_components.ocpp_home.csms.record.session import Period
from custom_components.ocpp_home.csms.record.table import FORMULA
from custom_components.ocpp_home.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.system_health import system_health_info

from .corpus import MARK
from .outputs import Ear


async def survey(hass: HomeAssistant, hub: Hub, ear: Ear) -> int:
    """Let the ear hear all of it; gives how many sessions there are."""
    await hass.async_block_till_done()
    _registries(hass, hub, ear)
    await _files(hass, hub, ear)
    await _calendars(hass, ear)
    return await _sessions(hub, ear)


def _registries(hass: HomeAssistant, hub: Hub, ear: Ear) -> None:
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, hub.entry.entry_id):
        ear.hear("markdown", "device name", device.name)
        ear.hear("shown", "device facts", [device.manufacturer, device.model, device.serial_number, device.sw_version])
    for entity in er.async_entries_for_config_entry(er.async_get(hass), hub.entry.entry_id):
        ear.hear("shown", "entity id", entity.entity_id)
        ear.hear("markdown", "entity name", [entity.original_name, entity.unit_of_measurement])
        ear.hear("shown", "entity facts", entity.capabilities)
    for subentry in hub.entry.subentries.values():
        ear.hear("markdown", "title", subentry.title)


async def _files(hass: HomeAssistant, hub: Hub, ear: Ear) -> None:
    ear.file("diagnostics", await async_get_config_entry_diagnostics(hass, hub.entry))
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), hub.entry.entry_id):
        ear.file("diagnostics of a device", await async_get_device_diagnostics(hass, hub.entry, device))
    ear.file("health", await system_health_info(hass))


async def _calendars(hass: HomeAssistant, ear: Ear) -> None:
    now = dt_util.utcnow()
    for calendar in hass.data[DATA_COMPONENT].entities:
        for told in await calendar.async_get_events(hass, now - timedelta(days=400), now + timedelta(days=4000)):
            ear.hear("shown", "calendar", [told.summary, told.description, told.location])


async def _sessions(hub: Hub, ear: Ear) -> int:
    """What was written is read again, in every form it is told in."""
    kept = [one for station in hub.stations.values() for one in await hub.ledger.transactions(station.name)]
    ear.file("ledger", [[one.id, one.token, one.stop_token, one.reason, one.started, one.stopped] for one in kept])
    zone = dt_util.get_default_time_zone()
    years = {one.started.astimezone(zone).date() for one in kept if one.started is not None}
    period = Period(min(years), max(years)) if years else Period.month(2026, 11)
    export = await hub.records.export(period, Query())
    _table(export.csv, ear)
    _page(export.html, ear)
    return len(kept)


def _table(text: str, ear: Ear) -> None:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row in rows:
        if len(row) != len(rows[0]):
            ear.escapes.add(("table", "csv", str(row)[:200]))
        ear.escapes.update(("table", "csv", cell[:200]) for cell in row if cell.lstrip(" ").startswith(FORMULA))
        ear.heard["csv"] += sum(MARK in cell for cell in row)


class _Page(HTMLParser):
    """Notes what of a page could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: set[str] = set()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        active = {"script", "iframe", "img", "a", "form", "object", "embed", "link", "base", "zq7", "textarea"}
        if tag in active or any(name.startswith("on") for name in names) or names & {"href", "src", "srcdoc"}:
            self.odd.add(self.get_starttag_text() or tag)


def _page(text: str, ear: Ear) -> None:
    page = _Page()
    page.feed(text)
    ear.escapes.update(("page", "html", odd) for odd in page.odd)
    ear.heard["html"] += text.count(MARK)
