"""Sessions of a period handed on as files, in the language of the home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .csms.model.account import Query
from .csms.model.price import amount
from .csms.record.names import Names
from .csms.record.records import Export
from .csms.record.session import Period
from .csms.record.totals import Total
from .csms.record.words import WORDS, Speech
from .devices import evse_device, station_key
from .download import DOWNLOADS, File
from .sessions import last_month
from .words import tame

if TYPE_CHECKING:
    from .hub import Hub

CSV: Final = "csv"
HTML: Final = "html"
FORMATS: Final = (CSV, HTML)
MEDIA: Final[Mapping[str, str]] = {CSV: "text/csv", HTML: "text/html"}


@dataclass(frozen=True, slots=True)
class Offer:
    """An export and where to download it: name and link of each format."""

    period: Period
    export: Export
    links: Mapping[str, tuple[str, str]]


async def offer(hub: Hub, period: Period, queries: Sequence[Query] = (), formats: Sequence[str] = FORMATS) -> Offer:
    """Make an export and let it wait to be downloaded; raises LedgerFailed."""
    export = await hub.records.export(period, *queries, names=names_of(hub), **await report_words(hub.hass))
    texts = {CSV: export.csv, HTML: export.html}
    links = {}
    for kind in formats:
        name = f"charging-{_named(period)}.{kind}"
        file = File(name, texts[kind], MEDIA[kind], inline=kind == HTML)
        links[kind] = name, hub.hass.data[DOWNLOADS].offer(file)
    return Offer(period, export, links)


async def offer_last_month(hub: Hub) -> None:
    """Export the last month and show the links, so that nobody has to write an action."""
    offered = await offer(hub, last_month())
    said, told = await common(hub.hass), offered.export.total
    speech = Speech(await report_words(hub.hass))
    words = {
        "period": speech.period(offered.period),
        "sessions": str(told.sessions),
        "energy": speech.kwh(told.energy),
        "cost": " + ".join(speech.money(amount(micro, currency), currency) for currency, micro in told.costs) or "–",
    }
    links = [
        f'<a href="{path}" target="_blank">{said[f"export_{kind}"]}</a>' for kind, (_, path) in offered.links.items()
    ]
    text = said["export_message"].format(**{name: tame(word) for name, word in words.items()})
    persistent_notification.async_create(
        hub.hass,
        "\n\n".join([text, *links, said["export_lifetime"]]),
        said["export_title"].format(**words),
        f"{DOMAIN}_export_{hub.entry.entry_id}",
    )


def names_of(hub: Hub) -> Names:
    """What the owner calls the stations, and those EVSEs whose devices were given a name."""
    registry, entry_id = dr.async_get(hub.hass), hub.entry.entry_id
    evses = {}
    for station in hub.stations.values():
        for number in station.evses:
            place = registry.async_get_child_device_by_identifier((DOMAIN, evse_device(station, number)), entry_id)
            if place is not None and place.name_by_user:
                evses[station_key(station), number] = place.name_by_user
    return Names({station_key(station): hub.title(station) for station in hub.stations.values()}, evses)


async def report_words(hass: HomeAssistant) -> dict[str, str]:
    """The words of the report that somebody has translated."""
    said = await common(hass)
    return {word: said[f"report_{word}"] for word in WORDS if f"report_{word}" in said}


async def common(hass: HomeAssistant) -> dict[str, str]:
    """Our own words outside of entities and actions, in the language of the home."""
    prefix = f"component.{DOMAIN}.common."
    found = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    return {key.removeprefix(prefix): text for key, text in found.items()}


def costs(total: Total) -> dict[str, float]:
    """What a total costs, by currency."""
    return {currency: float(amount(micro, currency)) for currency, micro in total.costs}


def _named(period: Period) -> str:
    """A month as 2026-10, other days as 2026-10-05_2026-10-12."""
    first, last = period.first, period.last
    return f"{first:%Y-%m}" if period == Period.month(first.year, first.month) else f"{first}_{last}"
