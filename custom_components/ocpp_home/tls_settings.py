"""What the owner wants of TLS, and the names under which stations may dial this machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self
from urllib.parse import urlsplit

from homeassistant.components.network import async_get_announce_addresses
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from .const import (
    CONF_CERTIFICATE,
    CONF_CERTIFICATE_FILE,
    CONF_KEY_FILE,
    CONF_LEGACY_TLS,
    CONF_TLS,
    CONF_TLS_NAMES,
    CONF_TLS_PORT,
    CONF_TRUSTED_FILE,
)

USUAL: Final = "homeassistant.local"
"""The name that Home Assistant announces in its network."""


class Mode(StrEnum):
    """What the port speaks."""

    BOTH = "both"
    ONLY = "only"
    OFF = "off"


class Source(StrEnum):
    """Whose certificate stations are shown."""

    OWN = "own"
    HOME_ASSISTANT = "home_assistant"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """What the owner wants of TLS."""

    mode: Mode = Mode.BOTH
    names: tuple[str, ...] = ()
    source: Source = Source.OWN
    files: tuple[str, str] = ("", "")
    """Where a given certificate is, and its key."""
    trusted: str = ""
    """Where roots are by which certificates of stations count, beside the own ones."""
    port: int = 0
    """A second port, for TLS only; 0 is none."""
    legacy: bool = False
    """Whether that one speaks TLS 1.0 and 1.1 too."""

    @classmethod
    def of(cls, hass: HomeAssistant, options: Mapping[str, Any]) -> Self:
        """Read the options of a hub."""
        source = Source(options.get(CONF_CERTIFICATE, Source.OWN))
        files = {
            Source.OWN: ("", ""),
            Source.HOME_ASSISTANT: certificate_of(hass),
            Source.FILES: (options.get(CONF_CERTIFICATE_FILE, ""), options.get(CONF_KEY_FILE, "")),
        }[source]
        return cls(
            mode=Mode(options.get(CONF_TLS, Mode.BOTH)),
            names=tuple(options.get(CONF_TLS_NAMES, ())),
            source=source,
            files=files,
            trusted=options.get(CONF_TRUSTED_FILE, ""),
            port=int(options.get(CONF_TLS_PORT, 0)),
            legacy=bool(options.get(CONF_LEGACY_TLS, False)),
        )


def certificate_of(hass: HomeAssistant) -> tuple[str, str]:
    """Where the certificate of Home Assistant's own pages is, and its key; empty where it has none."""
    return hass.http.ssl_certificate or "", hass.http.ssl_key or ""


async def names_of(hass: HomeAssistant, entry: ConfigEntry, further: Sequence[str]) -> list[str]:
    """The names and addresses under which stations may dial, the one they are told first."""
    return [entry.data[CONF_HOST], *further, *_urls(hass), USUAL, *await async_get_announce_addresses(hass)]


def _urls(hass: HomeAssistant) -> Iterator[str]:
    """The hosts of Home Assistant's own addresses."""
    for url in (hass.config.internal_url, hass.config.external_url):
        host = urlsplit(url or "").hostname
        if host:
            yield host
