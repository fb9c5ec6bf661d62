"""Files that stations send: at addresses nobody guesses, once, named by us, within quotas, and behind login."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
import os
from pathlib import Path
import re

from aiohttp import FormData
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ocpp_home import uploads as room
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.uploads import UPLOADS, Uploads

HUB = "hub"
NAME = re.compile(r"\d{8}-\d{6}-garage-[0-9a-f]{4}\.(log|zip|gz)")


@pytest.fixture(autouse=True)
def _folder(hass: HomeAssistant, tmp_path: Path, socket_enabled: None) -> None:
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "secrets.yaml").write_text("secret", encoding="utf-8")


@pytest.fixture
async def uploads(hass: HomeAssistant) -> Uploads:
    assert await async_setup_component(hass, DOMAIN, {})
    MockConfigEntry(domain=DOMAIN, entry_id=HUB).add_to_hass(hass)
    return hass.data[UPLOADS]


class Told(list[str]):
    """The names of files that are there."""

    def __call__(self, name: str) -> None:
        self.append(name)


async def test_a_file_is_taken_once_and_named_by_us(
    hass: HomeAssistant, uploads: Uploads, hass_client_no_auth: ClientSessionGenerator
) -> None:
    told, client = Told(), await hass_client_no_auth()
    path = uploads.expect(HUB, "Garage", told)
    answer = await client.put(f"{path}/secrets.yaml", data=b"what the station logged")
    assert answer.status == 201
    (name,) = told
    assert NAME.fullmatch(name)
    assert (uploads.folder(HUB) / name).read_bytes() == b"what the station logged"
    assert [(file.name, file.size) for file in await uploads.files(HUB)] == [(name, 23)]
    assert (await client.put(path, data=b"again")).status == 404
    assert len(told) == 1


@pytest.mark.parametrize(("start", "ending"), [(b"PK\x03\x04", ".zip"), (b"\x1f\x8b", ".gz"), (b"<script>", ".log")])
async def test_a_form_is_taken_too_and_the_ending_comes_from_what_is_in_it(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator, start: bytes, ending: str
) -> None:
    told, client, form = Told(), await hass_client_no_auth(), FormData()
    form.add_field("file", start + b"rest", filename="../../evil.html")
    assert (await client.post(uploads.expect(HUB, "Garage", told), data=form)).status == 201
    assert told[0].endswith(ending)
    assert (uploads.folder(HUB) / told[0]).read_bytes() == start + b"rest"


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "multipart/mixed; boundary=x"]
)
async def test_a_form_without_a_file_is_not_understood(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator, kind: str
) -> None:
    told, client = Told(), await hass_client_no_auth()
    path = uploads.expect(HUB, "Garage", told)
    answer = await client.post(path, data=b"--x--\r\n", headers={"Content-Type": kind})
    assert answer.status == 400
    assert (await uploads.files(HUB), told) == ([], [])
    assert (await client.put(path, data=b"right")).status == 201, "it may try again"


async def test_an_address_that_was_not_given_is_none(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client, told = await hass_client_no_auth(), Told()
    paths = {uploads.expect(HUB, "Garage", told) for _ in range(50)}
    assert len(paths) == 50
    assert min(map(len, paths)) >= len("/api/ocpp_home/upload/") + 32
    assert (await client.put("/api/ocpp_home/upload/guess", data=b"x")).status == 404
    gone = paths.pop()
    uploads.forget(gone)
    assert (await client.put(gone, data=b"x")).status == 404
    assert told == []


async def test_an_address_is_good_for_two_hours(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator, freezer: object
) -> None:
    client, told = await hass_client_no_auth(), Told()
    path = uploads.expect(HUB, "Garage", told)
    freezer.tick(timedelta(hours=2, seconds=1))  # type: ignore[attr-defined] - of freezegun
    assert (await client.put(path, data=b"x")).status == 404


async def test_a_file_that_is_too_large_is_not_kept(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LARGEST", 1000)
    client, told = await hass_client_no_auth(), Told()
    path = uploads.expect(HUB, "Garage", told)
    for _ in range(room.TRIES):
        assert (await client.put(path, data=b"x" * 1001)).status == 413
    assert (await client.put(path, data=b"x")).status == 404, "enough is enough"
    assert list(uploads.folder(HUB).iterdir()) == []


async def test_a_file_that_does_not_end_is_not_waited_for(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.05)
    client, told = await hass_client_no_auth(), Told()

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x"
            await asyncio.sleep(0.01)

    assert (await client.put(uploads.expect(HUB, "Garage", told), data=drip())).status == 400
    assert (list(uploads.folder(HUB).iterdir()), told) == ([], [])


async def test_only_a_few_files_come_in_side_by_side_and_one_at_an_address(uploads: Uploads) -> None:
    keys = [uploads.expect(HUB, "Garage", Told()).rpartition("/")[2] for _ in range(room.AT_ONCE + 1)]
    claimed = [uploads.claim(key) for key in keys[: room.AT_ONCE]]
    assert all(claimed)
    assert uploads.claim(keys[0]) is None
    assert uploads.claim(keys[-1]) is None
    claimed[0].coming = False  # type: ignore[union-attr] - it is there
    assert uploads.claim(keys[-1]) is not None


async def test_the_oldest_files_give_way(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST", 3)
    monkeypatch.setattr(room, "TOTAL", 100)
    client, told = await hass_client_no_auth(), Told()
    for size in (10, 10, 10, 10, 75):
        await client.put(uploads.expect(HUB, "Garage", told), data=b"x" * size)
        await asyncio.sleep(0.01)
    assert [file.name for file in await uploads.files(HUB)] == [told[4], told[3], told[2]]
    await client.put(uploads.expect(HUB, "Garage", told), data=b"x" * 20)
    assert [file.name for file in await uploads.files(HUB)] == [told[5], told[4]]


async def test_what_was_never_finished_is_cleared(
    uploads: Uploads, hass_client_no_auth: ClientSessionGenerator
) -> None:
    uploads.folder(HUB).mkdir(parents=True)
    for name, age in (("old.part", 3600), ("new.part", 1)):
        path = uploads.folder(HUB) / name
        path.write_bytes(b"x")
        at = dt_util.utcnow().timestamp() - age
        os.utime(path, (at, at))
    assert await uploads.files(HUB) == []
    client, told = await hass_client_no_auth(), Told()
    await client.put(uploads.expect(HUB, "Garage", told), data=b"x")
    assert {path.name for path in uploads.folder(HUB).iterdir()} == {told[0], "new.part"}


async def test_a_file_is_given_to_administrators_and_to_who_has_the_link(
    uploads: Uploads,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    anybody, told = await hass_client_no_auth(), Told()
    await anybody.put(uploads.expect(HUB, "Garage", told), data=b"<script>")
    path = f"/api/ocpp_home/uploads/{HUB}/{told[0]}"
    answer = await (await hass_client()).get(path)
    assert (answer.status, await answer.read()) == (200, b"<script>")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{told[0]}"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (await anybody.get(path)).status == 401
    assert (await (await hass_client(hass_read_only_access_token)).get(path)).status == 401
    assert (await anybody.get(uploads.link(HUB, told[0]))).status == 200


@pytest.mark.parametrize("path", [f"{HUB}/other.log", f"{HUB}/..%2F..%2Fsecrets.yaml", "other/x.log", "..%2F/x.log"])
async def test_nothing_else_is_given(uploads: Uploads, hass_client: ClientSessionGenerator, path: str) -> None:
    answer = await (await hass_client()).get(f"/api/ocpp_home/uploads/{path}")
    assert answer.status in {400, 404}
    assert b"secret" not in await answer.read()


async def test_the_files_of_a_hub_go_with_it(uploads: Uploads, hass_client_no_auth: ClientSessionGenerator) -> None:
    client, told = await hass_client_no_auth(), Told()
    await client.put(uploads.expect(HUB, "Garage", told), data=b"x")
    await uploads.remove(HUB)
    assert await uploads.files(HUB) == []
    assert not uploads.folder(HUB).exists()
