"""Sessions handed on: the table and the report, downloaded as an owner does, agree with each other and the station."""

import csv
from datetime import UTC, datetime, timedelta
import hashlib
from html.parser import HTMLParser
from http import HTTPStatus
import io
import json
import re
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.record.words import WORDS
from custom_components.ocpp_home.download import DOWNLOADS, MOST
from tests.house import INTEGRATION
from tests.household import station_data
from tests.simulator import Station, Transaction

from .home import ADA, BEGIN, BOB, Home, card


def file_of(answer: Any, kind: str) -> Any:
    """What an export says of a file."""
    return next(file for file in answer["files"] if file["format"] == kind)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


async def days_of_charging(home: Home) -> list[Transaction]:
    """Sessions in August, in September, and over midnight into October."""
    home.price("0.30")
    truths = []
    for begin, tag, minutes in (
        (datetime(2026, 9, 20, 20, tzinfo=UTC), ADA, 30),
        (datetime(2026, 9, 30, 21, 30, tzinfo=UTC), BOB, 60),
        (datetime(2026, 10, 2, 9, tzinfo=UTC), ADA, 20),
    ):
        await home.leap(begin)
        async with home.station() as garage:
            truths.append(await home.charge(garage, tag, minutes=minutes))
    await home.leap(datetime(2026, 10, 5, 9, tzinfo=UTC))
    return truths


async def test_the_last_month_is_downloaded_as_table_and_report_that_agree(
    home: Home, hass_client_no_auth: ClientSessionGenerator
) -> None:
    ada, bob, _ = await days_of_charging(home)
    answer: Any = await home.do("export_sessions")
    client = await hass_client_no_auth()

    table = await client.get(file_of(answer, "csv")["url"])
    page = await client.get(file_of(answer, "html")["url"])

    assert (table.status, page.status) == (HTTPStatus.OK, HTTPStatus.OK)
    text, report = await table.text(), await page.text()
    assert answer["period"] == {"from": "2026-09-01", "to": "2026-09-30"}
    assert answer["checksum"] == hashlib.sha256(text.encode()).hexdigest()
    assert answer["checksum"] in report
    told = rows(text)
    assert [row["person"] for row in told] == ["Ada", "Bob"]
    assert [int(row["energy_wh"]) for row in told] == [ada.energy, bob.energy]
    assert int(told[1]["period_energy_wh"]) < bob.energy
    energy = sum(int(row["period_energy_wh"]) for row in told)
    cents = sum(round(float(row["period_cost"]) * 100) for row in told)
    assert (answer["total"]["energy"], answer["total"]["sessions"]) == (energy, 2)
    assert answer["total"]["costs"] == {"EUR": cents / 100}
    assert {one["person"]: one["energy"] for one in answer["people"]} == {
        row["person"]: int(row["period_energy_wh"]) for row in told
    }
    plain = report.replace("\u202f", "").replace("\u00a0", " ")
    assert f"<dd>{energy / 1000:.3f} <small>kWh" in plain
    assert f"<dd>{cents / 100:.2f} EUR" in plain
    assert table.headers["Content-Disposition"] == 'attachment; filename="charging-2026-09.csv"'
    assert page.headers["Content-Disposition"] == 'inline; filename="charging-2026-09.html"'
    assert page.content_type == "text/html"
    for answered in (table, page):
        assert answered.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
        assert answered.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("fields", "first", "last", "people"),
    [
        ({"month": "2026-10"}, "2026-10-01", "2026-10-31", ["Bob", "Ada"]),
        ({"month": "2026-08"}, "2026-08-01", "2026-08-31", []),
        ({"from": "2026-09-21", "to": "2026-10-01"}, "2026-09-21", "2026-10-01", ["Bob"]),
        ({"from": "2026-09-15"}, "2026-09-15", "2026-10-05", ["Ada", "Bob", "Ada"]),
        ({"to": "2026-10-01"}, "2026-10-01", "2026-10-01", ["Bob"]),
        ({"month": "2026-10", "person": "Ada"}, "2026-10-01", "2026-10-31", ["Ada"]),
        ({"card": "Bob's card"}, "2026-09-01", "2026-09-30", ["Bob"]),
    ],
)
async def test_a_period_a_person_or_a_card_can_be_asked_for(
    home: Home,
    hass_client_no_auth: ClientSessionGenerator,
    fields: dict[str, str],
    first: str,
    last: str,
    people: list[str],
) -> None:
    await days_of_charging(home)
    answer: Any = await home.do("export_sessions", format="csv", **fields)
    client = await hass_client_no_auth()

    [file] = answer["files"]
    told = rows(await (await client.get(file["url"])).text())

    assert answer["period"] == {"from": first, "to": last}
    assert [row["person"] for row in told] == people
    assert file["name"].startswith("charging-2026-")


async def test_stations_can_be_asked_for(
    home: Home, garage: Station, yard: Station, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await home.charge(garage, minutes=5)
    await home.charge(yard, minutes=5)
    await home.charge(yard, connector=2, minutes=5)
    client = await hass_client_no_auth()

    async def places(*devices: str) -> list[tuple[str, str]]:
        target = {"device_id": [home.device(key) for key in devices]}
        answer: Any = await home.do("export_sessions", target, month="2026-09", format="csv")
        told = rows(await (await client.get(answer["files"][0]["url"])).text())
        return [(row["station"], row["evse"]) for row in told]

    assert await places("garage") == [("GARAGE", "1")]
    assert await places("garage", "yard/2") == [("GARAGE", "1"), ("YARD", "2")]
    assert await places("yard", "yard/2") == [("YARD", "1"), ("YARD", "2")]


async def test_places_are_told_by_the_names_their_owner_gave_them(
    home: Home, yard: Station, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await home.charge(yard, connector=1, minutes=5)
    await home.charge(yard, connector=2, minutes=5)
    dr.async_get(home.hass).async_update_child_device(home.device("yard/2"), name_by_user="Under the roof")
    answer: Any = await home.do("export_sessions", month="2026-09")
    client = await hass_client_no_auth()

    told = rows(await (await client.get(file_of(answer, "csv")["url"])).text())
    page = await (await client.get(file_of(answer, "html")["url"])).text()

    assert [(row["station"], row["station_name"], row["evse"], row["evse_name"]) for row in told] == [
        ("YARD", "Yard", "1", ""),
        ("YARD", "Yard", "2", "Under the roof"),
    ]
    assert "Yard · 1" in page
    assert "Yard · Under the roof" in page
    assert "Yard (YARD)" in page
    assert [(one["station_name"], one["evse_name"]) for one in await home.sessions()] == [
        ("Yard", "Under the roof"),
        ("Yard", None),
    ]


async def test_nobody_downloads_without_a_link_or_an_administrators_login(
    home: Home,
    garage: Station,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    await home.charge(garage, minutes=5)
    answer: Any = await home.do("export_sessions", month="2026-09", format="csv")
    link = answer["files"][0]["url"]
    path = link.split("?")[0]
    stranger, owner = await hass_client_no_auth(), await hass_client()
    guest = await hass_client(hass_read_only_access_token)

    assert (await stranger.get(link)).status == HTTPStatus.OK
    assert (await stranger.get(path)).status == HTTPStatus.UNAUTHORIZED
    assert (await stranger.get(link[:-2] + "xx")).status == HTTPStatus.UNAUTHORIZED
    assert (await guest.get(path)).status == HTTPStatus.UNAUTHORIZED
    assert (await owner.get(path)).status == HTTPStatus.OK
    assert (await owner.get(path + "x")).status == HTTPStatus.NOT_FOUND
    assert (await owner.get(re.sub("export/.", "export/!", path))).status == HTTPStatus.NOT_FOUND


async def test_a_link_works_for_an_hour_and_not_many_files_wait(
    home: Home, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client, waiting = await hass_client_no_auth(), home.hass.data[DOWNLOADS]

    async def link() -> str:
        answer: Any = await home.do("export_sessions", format="csv")
        return str(answer["files"][0]["url"])

    first, second = await link(), await link()
    for _ in range(MOST - 1):
        await link()
    assert (await client.get(first)).status == HTTPStatus.NOT_FOUND
    assert (await client.get(second)).status == HTTPStatus.OK
    key, name = second.split("?")[0].split("/")[-2:]
    home.now.tick(timedelta(minutes=59))
    assert (await client.get(second)).status == HTTPStatus.OK
    assert waiting.take(key, name) is not None
    home.now.tick(timedelta(minutes=2))
    assert (await client.get(second)).status == HTTPStatus.UNAUTHORIZED
    assert waiting.take(key, name) is None


async def test_what_stations_and_cards_are_called_does_no_harm(
    home: Home, hass_client_no_auth: ClientSessionGenerator
) -> None:
    evil = "<script>alert(1)</script>"
    for name, person, number in (
        (evil, "=cmd|' /C calc'!A0", "E01"),
        ("@SUM(1)", f"<img src=x onerror={evil}>", "E02"),
    ):
        told = card(number, name, person)
        home.hass.config_entries.async_add_subentry(home.entry, ConfigSubentry(**told))
    home.hass.config_entries.async_add_subentry(home.entry, ConfigSubentry(**station_data("=1+1", "Carport")))
    await home.hass.async_block_till_done()
    async with home.station("=1+1") as carport:
        await home.charge(carport, "E01", minutes=5)
        await home.charge(carport, "E02", minutes=5)
    answer: Any = await home.do("export_sessions", month="2026-09")
    client = await hass_client_no_auth()

    told = rows(await (await client.get(file_of(answer, "csv")["url"])).text())
    page = await (await client.get(file_of(answer, "html")["url"])).text()

    assert [row["station"] for row in told] == ["'=1+1", "'=1+1"]
    assert [row["person"][:5] for row in told] == ["'=cmd", "<img "]
    assert [row["card"] for row in told] == [evil, "'@SUM(1)"]
    assert Tags(page).found & {"script", "img"} == set()
    assert "&lt;script&gt;" in page


async def test_the_button_exports_the_last_month_and_shows_the_links(
    home: Home, hass_client_no_auth: ClientSessionGenerator
) -> None:
    ada, bob, _ = await days_of_charging(home)
    button = home.entity(f"{home.entry.entry_id}_export_last_month", "button")
    await home.hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)

    [note] = persistent_notification._async_get_or_create_notifications(home.hass).values()  # noqa: SLF001 - as its own tests do
    links = re.findall(r'href="([^"]+)"', note["message"])
    client = await hass_client_no_auth()
    told = [await (await client.get(link)).text() for link in links]

    assert note["title"] == "Charging report September 2026"
    assert note["message"].startswith("2 sessions, ")
    assert [row["person"] for row in rows(told[0])] == ["Ada", "Bob"]
    assert "<h1>September 2026</h1>" in told[1]
    assert ada.energy + bob.energy > 0


async def test_who_is_no_administrator_cannot_press_it(home: Home, hass_admin_user: MockUser) -> None:
    hass_admin_user.groups = []
    button = home.entity(f"{home.entry.entry_id}_export_last_month", "button")
    hass_admin_user.mock_policy({"entities": True})
    with pytest.raises(Unauthorized):
        await home.hass.services.async_call(
            "button", "press", {"entity_id": button}, blocking=True, context=Context(user_id=hass_admin_user.id)
        )


async def test_a_period_that_ends_before_it_begins_is_an_error(home: Home) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.do("export_sessions", **{"from": "2026-10-02", "to": "2026-10-01"})
    assert raised.value.translation_key == "period_ends_early"


async def test_without_a_hub_there_is_nothing_to_export(home: Home) -> None:
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await home.do("export_sessions")
    assert raised.value.translation_key == "one_hub"
    assert home.hass.services.has_service(DOMAIN, "export_sessions")


def test_every_word_of_the_report_can_be_translated_but_those_that_are_no_words() -> None:
    said = json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8"))["common"]
    told = {key.removeprefix("report_"): text for key, text in said.items() if key.startswith("report_")}
    assert told == {word: text for word, text in WORDS.items() if word not in {"date", "clock", "thousands"}}


async def test_the_report_speaks_the_language_of_the_home(
    home: Home, hass_client_no_auth: ClientSessionGenerator
) -> None:
    home.hass.config.language = "de"
    await days_of_charging(home)
    answer: Any = await home.do("export_sessions")
    client = await hass_client_no_auth()

    page = await (await client.get(file_of(answer, "html")["url"])).text()

    assert '<html lang="de">' in page
    assert "<p>Ladebericht</p><h1>September 2026</h1>" in page
    assert re.search(r"<dd>\d+,\d{3} <small>kWh", page)


async def test_the_month_before_january_is_december(home: Home) -> None:
    await home.leap(BEGIN.replace(year=2027, month=1, day=3))
    answer: Any = await home.do("export_sessions")
    assert answer["period"] == {"from": "2026-12-01", "to": "2026-12-31"}
