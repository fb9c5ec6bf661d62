"""Exports that wait to be downloaded: behind login, in memory only, not many and not for long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
import secrets
from typing import Final

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

LIFETIME: Final = timedelta(hours=1)
MOST: Final = 40
URL: Final = f"/api/{DOMAIN}/export"
SAFELY: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A page whose words come from stations must never act in the name of whoever reads it."""


@dataclass(frozen=True, slots=True)
class File:
    """Something to download."""

    name: str
    content: str
    media: str
    inline: bool = False
    """Whether a browser shows it rather than saving it."""


class Downloads:
    """The files that wait; the oldest give way."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without any."""
        self._hass = hass
        self._files: dict[str, tuple[datetime, File]] = {}

    @callback
    def offer(self, file: File) -> str:
        """Keep a file for a while; gives the path of a link that works for as long, without any other proof."""
        key = secrets.token_urlsafe(24)
        self._tidy()
        self._files[key] = dt_util.utcnow() + LIFETIME, file
        while len(self._files) > MOST:
            del self._files[next(iter(self._files))]
        return async_sign_path(self._hass, f"{URL}/{key}/{file.name}", LIFETIME, use_content_user=True)

    @callback
    def take(self, key: str, name: str) -> File | None:
        """A file that still waits."""
        self._tidy()
        _, file = self._files.get(key, (None, None))
        return file if file is not None and file.name == name else None

    def _tidy(self) -> None:
        now = dt_util.utcnow()
        self._files = {key: kept for key, kept in self._files.items() if now < kept[0]}


DOWNLOADS: Final[HassKey[Downloads]] = HassKey(f"{DOMAIN}_downloads")


class ExportView(HomeAssistantView):
    """Gives a file to an administrator, or to whoever has the link that was signed for one."""

    url = URL + "/{key}/{name}"
    name = f"api:{DOMAIN}:export"

    async def get(self, request: web.Request, key: str, name: str) -> web.Response:
        """The file, as long as it waits."""
        user = request[KEY_HASS_USER]
        if not user.is_admin and not user.system_generated:
            raise Unauthorized
        file = request.app[KEY_HASS].data[DOWNLOADS].take(key, name)
        if file is None:
            return self.json_message("Not found", HTTPStatus.NOT_FOUND)
        how = "inline" if file.inline else "attachment"
        headers = {**SAFELY, "Content-Disposition": f'{how}; filename="{file.name}"'}
        return web.Response(text=file.content, content_type=file.media, charset="utf-8", headers=headers)


@callback
def async_setup_downloads(hass: HomeAssistant) -> None:
    """Answer under the path of the downloads."""
    hass.data[DOWNLOADS] = Downloads(hass)
    hass.http.register_view(ExportView())
