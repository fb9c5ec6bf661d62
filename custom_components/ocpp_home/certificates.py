"""The certificates that stations are shown, and the authority of the home: made, kept, renewed, and looked after."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
import logging
from pathlib import Path
from ssl import SSLContext
from typing import Final, Self

from cryptography import x509
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .csms.security.authority import Authority
from .csms.security.issuing import new_key
from .csms.security.signer import Signer
from .csms.wire.tls import Chain, Entrance, tls
from .notices import show_tls_trouble
from .tls_settings import Mode, Source, TlsSettings, names_of
from .vault import Vault

EARLY: Final = {"hour": 4, "minute": 23, "second": 0}
ORGANISATION: Final = "OCPP Home"
SOON: Final = timedelta(days=14)
"""Who has to renew a certificate by hand is told so long before it ends."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Papers:
    """What is shown to stations: by the port for all and by the second one, each asking for a certificate or not."""

    first: tuple[SSLContext, SSLContext]
    second: tuple[SSLContext, SSLContext]
    not_after: datetime


class Certificates:
    """What the ports of a hub show. What takes long is done in the executor, and nobody's connection ends by it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, vault: Vault, authority: Authority) -> None:
        """Begin with ports that speak no TLS."""
        self.vault = vault
        self.authority = authority
        self.signer = Signer(authority, self._keep)
        self.entrance = Entrance()
        self.second = Entrance(plain=False)
        self.papers: Papers | None = None
        self._hass = hass
        self._entry = entry
        self._end: Callable[[], None] | None = None
        self._wanted: tuple[TlsSettings, str] | None = None
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    async def open(cls, hass: HomeAssistant, entry: ConfigEntry) -> Self:
        """Open the vault of a hub; one that is new gets an authority. Raises ConfigEntryNotReady."""
        vault = await Vault.open(hass, entry.entry_id)
        if vault.authority is None:
            made = await hass.async_add_executor_job(Authority.create, ORGANISATION, dt_util.utcnow(), new_key)
            certificates = cls(hass, entry, vault, made)
            await certificates._keep()
            return certificates
        try:
            kept = await hass.async_add_executor_job(Authority.restored, vault.authority)
        except ValueError as error:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="vault_unusable",
                translation_placeholders={"path": str(vault.path), "reason": str(error)},
            ) from error
        return cls(hass, entry, vault, kept)

    @property
    def settings(self) -> TlsSettings:
        """What the owner wants."""
        return TlsSettings.of(self._hass, self._entry.options)

    @property
    def not_after(self) -> datetime | None:
        """When the certificate that is shown ends; None where none is."""
        return None if self.papers is None else self.papers.not_after

    async def start(self) -> None:
        """Show certificates from now on, and look after them every day."""
        await self.renew()
        self._end = async_track_time_change(self._hass, self._daily, **EARLY)

    @callback
    def stop(self) -> None:
        """Look after nothing any more."""
        if self._end is not None:
            self._end()
            self._end = None
        self._tell()

    @callback
    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when another certificate is shown; gives the way to stop it."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    async def follow(self) -> None:
        """Show something else where the owner wants something else."""
        if self._wanted != (self.settings, self._entry.data[CONF_HOST]):
            await self.renew()

    async def renew(self) -> None:
        """Read given certificates anew, make own ones where they end or names have changed, and show them."""
        settings, unusable = self.settings, None
        self._wanted = settings, self._entry.data[CONF_HOST]
        if settings.mode is Mode.OFF:
            self.papers = None
        else:
            try:
                self.papers = await self._made(settings)
            except (OSError, ValueError) as error:
                _LOGGER.warning("The certificate for charging stations cannot be used: %s", error)
                unusable = str(error)
                self.papers = self.papers or await self._own(settings)
        not_after = self.not_after
        ends = not_after is not None and not_after - dt_util.utcnow() < SOON
        self._tell(unusable, dt_util.as_local(not_after).date().isoformat() if ends and not_after else None)
        self._show(settings.mode)

    async def revoke(self, number: int) -> bool:
        """Let a certificate of a station count no more; tells whether there is such a one."""
        found = self.authority.revoke(number)
        if found:
            await self._keep()
        return found

    def _tell(self, unusable: str | None = None, ending: str | None = None) -> None:
        for kind, reason in (("certificate_unusable", unusable), ("certificate_ending", ending)):
            show_tls_trouble(self._hass, self._entry.entry_id, kind, reason)

    def _show(self, mode: Mode) -> None:
        papers, nothing = self.papers, (None, None)
        self.entrance.context, self.entrance.unasking = nothing if papers is None else papers.first
        self.second.context, self.second.unasking = nothing if papers is None else papers.second
        self.entrance.plain = mode is not Mode.ONLY
        for listener in tuple(self._listeners):
            listener()

    async def _made(self, settings: TlsSettings) -> Papers:
        """Make what is shown; raises OSError or ValueError where something given cannot be used."""
        names = await names_of(self._hass, self._entry, settings.names)
        now = dt_util.utcnow()
        kept = settings.source is not Source.OWN or self.authority.serves(names, now)
        papers = await self._hass.async_add_executor_job(_papers, self.authority, settings, names, now)
        if not kept:
            await self._keep()
        return papers

    async def _own(self, settings: TlsSettings) -> Papers | None:
        """The own certificates in the place of given ones; nothing where the disk takes nothing any more."""
        with suppress(OSError):
            return await self._made(replace(settings, source=Source.OWN, trusted=""))
        return None

    async def _keep(self) -> None:
        await self.vault.set_authority(self.authority.store())

    async def _daily(self, _: datetime) -> None:
        await self.renew()


def _papers(authority: Authority, settings: TlsSettings, names: list[str], now: datetime) -> Papers:
    """Read or make certificates, and how TLS is spoken with them."""
    if settings.source is Source.OWN:
        chains = tuple(Chain(own.certificates, own.key) for own in authority.server(names, now, new_key))
    else:
        chains = (_given(settings),)
    roots = authority.pem + _trusted(settings)
    first, second = (
        (tls(chains, roots, legacy=legacy), tls(chains, legacy=legacy)) for legacy in (False, settings.legacy)
    )
    return Papers(first, second, min(map(_not_after, chains)))


def unusable(settings: TlsSettings) -> str | None:
    """Why the files that are named cannot be used; reads them."""
    try:
        tls(() if settings.source is Source.OWN else (_given(settings),), _trusted(settings))
    except (OSError, ValueError) as error:
        return str(error)
    return None


def _given(settings: TlsSettings) -> Chain:
    certificate, key = settings.files
    return Chain(Path(certificate).read_text("utf-8"), Path(key).read_text("utf-8"))


def _trusted(settings: TlsSettings) -> str:
    return Path(settings.trusted).read_text("utf-8") if settings.trusted else ""


def _not_after(chain: Chain) -> datetime:
    return x509.load_pem_x509_certificate(chain.certificates.encode()).not_valid_after_utc
