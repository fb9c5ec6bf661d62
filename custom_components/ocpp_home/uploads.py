"""Files that stations send: taken at addresses that nobody can guess and that work once, named by us, within quotas."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
import secrets
import shutil
from typing import BinaryIO, Final

from aiohttp import BodyPartReader, web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .download import SAFELY

LIFETIME: Final = timedelta(hours=2)
"""A station may take so long until it sends what it was asked for."""
LARGEST: Final = 32 * 1024 * 1024
MOST: Final = 20
TOTAL: Final = 128 * 1024 * 1024
"""So many bytes a file may have, so many files a hub keeps, and so many bytes of them; the oldest give way."""
TRIES: Final = 10
"""So often a station may begin anew at one address."""
AT_ONCE: Final = 4
"""So many files come in side by side."""
PATIENCE: Final = 900.0
PART: Final = 256 * 1024
URL: Final = f"/api/{DOMAIN}/upload"
FILES: Final = f"/api/{DOMAIN}/uploads"
ENDINGS: Final = {b"PK\x03\x04": ".zip", b"\x1f\x8b": ".gz"}


class TooLarge(Exception):
    """A file has more bytes than one may have."""


@dataclass(slots=True)
class Expected:
    """A file that a station was asked for."""

    hub: str
    station: str
    until: datetime
    told: Callable[[str], None]
    """Hears the name of the file once it is there."""
    tries: int = 0
    coming: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is there."""

    name: str
    size: int
    received: datetime


class Uploads:
    """What stations were asked for, and the files they have sent, in a folder for each hub."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Expect nothing."""
        self._hass = hass
        self._expected: dict[str, Expected] = {}

    @callback
    def expect(self, hub: str, station: str, told: Callable[[str], None]) -> str:
        """Wait for a file of a station; gives the path where it is to be sent."""
        self._tidy()
        key = secrets.token_urlsafe(24)
        self._expected[key] = Expected(hub, station, dt_util.utcnow() + LIFETIME, told)
        return f"{URL}/{key}"

    @callback
    def forget(self, path: str) -> None:
        """Wait for a file no longer: the station does not send it."""
        self._expected.pop(path.rpartition("/")[2], None)

    @callback
    def claim(self, key: str) -> Expected | None:
        """Who sends to this address now; None where nothing is expected there, or too much comes in."""
        self._tidy()
        expected = self._expected.get(key)
        busy = sum(one.coming for one in self._expected.values())
        if expected is None or expected.coming or busy >= AT_ONCE or expected.tries >= TRIES:
            return None
        expected.coming, expected.tries = True, expected.tries + 1
        return expected

    async def take(self, key: str, expected: Expected, parts: AsyncIterator[bytes]) -> None:
        """Keep a file; its address is good for nothing after that. Raises TooLarge, OSError."""
        folder = self.folder(expected.hub)
        stamp = dt_util.utcnow().strftime("%Y%m%d-%H%M%S")
        stem = f"{stamp}-{slugify(expected.station)[:40]}-{secrets.token_hex(2)}"
        unfinished = folder / f"{stem}.part"
        try:
            async with asyncio.timeout(PATIENCE):
                ending = await self._write(unfinished, parts)
            name = f"{stem}{ending}"
            await self._hass.async_add_executor_job(_finish, unfinished, folder / name)
        finally:
            expected.coming = False
            await self._hass.async_add_executor_job(partial(unfinished.unlink, missing_ok=True))
        self._expected.pop(key, None)
        expected.told(name)

    async def files(self, hub: str) -> list[Upload]:
        """The files of a hub, the newest first."""
        return await self._hass.async_add_executor_job(_files, self.folder(hub))

    async def remove(self, hub: str) -> None:
        """Destroy the files of a hub that is gone for good."""
        await self._hass.async_add_executor_job(partial(shutil.rmtree, self.folder(hub), ignore_errors=True))

    def folder(self, hub: str) -> Path:
        """Where the files of a hub are."""
        return Path(self._hass.config.path(DOMAIN, "uploads", hub))

    def link(self, hub: str, name: str) -> str:
        """The path of a link to a file that works for two hours, without any other proof."""
        return async_sign_path(self._hass, f"{FILES}/{hub}/{name}", LIFETIME, use_content_user=True)

    async def _write(self, path: Path, parts: AsyncIterator[bytes]) -> str:
        """Write what comes in; gives the ending of the name."""
        file: BinaryIO = await self._hass.async_add_executor_job(_create, path)
        size, start = 0, b""
        try:
            async for part in parts:
                size += len(part)
                if size > LARGEST:
                    raise TooLarge
                start = start or part[:4]
                await self._hass.async_add_executor_job(file.write, part)
        finally:
            await self._hass.async_add_executor_job(file.close)
        return next((ending for magic, ending in ENDINGS.items() if start.startswith(magic)), ".log")

    def _tidy(self) -> None:
        now = dt_util.utcnow()
        self._expected = {key: one for key, one in self._expected.items() if now < one.until or one.coming}


UPLOADS: Final[HassKey[Uploads]] = HassKey(f"{DOMAIN}_uploads")


class UploadView(HomeAssistantView):
    """Takes a file from a station that was asked for it: as the body of a request, or as a part of a form."""

    url = URL + "/{key}"
    extra_urls = [URL + "/{key}/{name}"]  # noqa: RUF012 - as the class above declares it
    name = f"api:{DOMAIN}:upload"
    requires_auth = False

    async def put(self, request: web.Request, key: str, name: str = "") -> web.Response:
        """The file; what the station calls it does not matter."""
        uploads = request.app[KEY_HASS].data[UPLOADS]
        expected = uploads.claim(key)
        if expected is None:
            return self.json_message("Not found", HTTPStatus.NOT_FOUND)
        try:
            await uploads.take(key, expected, _parts(request))
        except TooLarge:
            return self.json_message("Too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TimeoutError, TypeError, ValueError:
            return self.json_message("Not understood", HTTPStatus.BAD_REQUEST)
        return self.json_message("Thank you", HTTPStatus.CREATED)

    post = put


class FileView(HomeAssistantView):
    """Gives a file to an administrator, or to whoever has the link that was signed for one."""

    url = FILES + "/{hub}/{name}"
    name = f"api:{DOMAIN}:uploads"

    async def get(self, request: web.Request, hub: str, name: str) -> web.StreamResponse:
        """The file, whatever is in it: never shown by a browser."""
        user = request[KEY_HASS_USER]
        if not user.is_admin and not user.system_generated:
            raise Unauthorized
        hass = request.app[KEY_HASS]
        uploads = hass.data[UPLOADS]
        known = hass.config_entries.async_get_entry(hub) is not None
        if not known or name not in {file.name for file in await uploads.files(hub)}:
            return self.json_message("Not found", HTTPStatus.NOT_FOUND)
        headers = {**SAFELY, "Content-Disposition": f'attachment; filename="{name}"'}
        headers["Content-Type"] = "application/octet-stream"
        return web.FileResponse(uploads.folder(hub) / name, headers=headers)


@callback
def async_setup_uploads(hass: HomeAssistant) -> None:
    """Answer under the paths of uploads."""
    hass.data[UPLOADS] = Uploads(hass)
    hass.http.register_view(UploadView())
    hass.http.register_view(FileView())


async def _parts(request: web.Request) -> AsyncIterator[bytes]:
    """The bytes of a file: the body, or the first part of a form that has any."""
    if not request.content_type.startswith("multipart/"):
        async for part in request.content.iter_chunked(PART):
            yield part
        return
    reader = await request.multipart()
    field = await reader.next()
    if not isinstance(field, BodyPartReader):
        raise TypeError("a form without a file")
    while part := await field.read_chunk(PART):
        yield part


def _create(path: Path) -> BinaryIO:
    """Begin a file, and clear what was never finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob("*.part"):
        if dt_util.utcnow().timestamp() - left.stat().st_mtime > PATIENCE:
            left.unlink(missing_ok=True)
    return path.open("xb")


def _finish(unfinished: Path, path: Path) -> None:
    """Give a file its name, and let the oldest give way to it."""
    unfinished.rename(path)
    kept, total = 0, 0
    for file in _files(path.parent):
        kept, total = kept + 1, total + file.size
        if kept > MOST or total > TOTAL:
            (path.parent / file.name).unlink(missing_ok=True)


def _files(folder: Path) -> list[Upload]:
    if not folder.is_dir():
        return []
    found = [
        Upload(path.name, status.st_size, dt_util.utc_from_timestamp(status.st_mtime))
        for path in folder.iterdir()
        if path.suffix != ".part" and (status := path.stat())
    ]
    return sorted(found, key=lambda one: (one.received, one.name), reverse=True)
