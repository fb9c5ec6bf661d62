"""Plug & Charge of a hub: whom cars' contracts are trusted by, who is asked about them, and who provides new ones."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from aiohttp import ClientError, ClientTimeout
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.json import JsonObjectType

from .const import CONF_CERTIFICATE_REACH, CONF_PROVIDER_TOKEN, CONF_PROVIDER_URL
from .csms.model.errors import Invalid
from .csms.model.transaction import Json
from .csms.model.trust import Unreachable
from .csms.security.certificate import chain_of, issues, named
from .csms.security.contract import Examiner
from .csms.security.revocations import Responders
from .fetch import Fetcher, Reach

if TYPE_CHECKING:
    from .hub import Hub

MOST: Final = 50
"""So many authorities are trusted."""
PATIENCE: Final = ClientTimeout(total=25)
"""A station waits about half a minute for the contract of a car."""


class PlugAndCharge:
    """What a hub knows of the contracts of cars."""

    def __init__(self, hub: Hub) -> None:
        """Trust nobody before `start`."""
        self._hub = hub
        self._roots: list[x509.Certificate] = []

    @property
    def roots(self) -> Sequence[x509.Certificate]:
        """The authorities that contracts are trusted by."""
        return tuple(self._roots)

    @callback
    def start(self) -> None:
        """Judge, ask and provide from now on."""
        self._roots = [certificate for pem in self._hub.vault.roots for certificate in chain_of(pem)]
        trust = self._hub.central.household.trust
        trust.revocations = Responders(Fetcher(self._reach), lambda: self.roots)
        trust.contracts = Examiner(lambda: self.roots, trust.revocations)
        self._hub.certificates.signer.others = self._others
        self.review()

    @callback
    def review(self) -> None:
        """The options may be others."""
        url = self._hub.entry.options.get(CONF_PROVIDER_URL)
        self._hub.central.household.trust.provider = Pool(self._hub) if url else None

    async def trust(self, pem: str) -> list[x509.Certificate]:
        """Trust the contracts of these authorities too; raises Invalid."""
        try:
            given = chain_of(pem)
        except ValueError as error:
            raise Invalid(str(error)) from error
        if not all(map(issues, given)):
            raise Invalid("this is no certificate of an authority")
        added = [one for one in given if one not in self._roots]
        if len(self._roots) + len(added) > MOST:
            raise Invalid(f"no more than {MOST} authorities are trusted")
        await self._keep([*self._roots, *added])
        return given

    async def distrust(self, serial: str) -> bool:
        """Trust an authority no longer, by the serial number of its certificate; tells whether there was one."""
        left = [one for one in self._roots if f"{one.serial_number:x}" != serial.casefold()]
        gone = len(left) < len(self._roots)
        if gone:
            await self._keep(left)
        return gone

    async def _keep(self, roots: list[x509.Certificate]) -> None:
        self._roots = roots
        await self._hub.vault.set_roots([_pem(root) for root in roots])

    def _reach(self) -> Reach:
        return Reach(self._hub.entry.options.get(CONF_CERTIFICATE_REACH, Reach.PUBLIC))

    def _others(self, name: str) -> Collection[str]:
        """What all stations but one are called, and the serial numbers of those that have to prove who they are.

        Who proves nothing can say any number, and would keep a station from its certificate.
        """
        others = [other for other in self._hub.stations.values() if other.name != name]
        serials = {other.identity.serial for other in others if self._hub.ascents.profile(other.name)}
        return {other.name for other in others} | serials - {""}


class Pool:
    """A service that provides contracts: it is sent the request of a station as JSON, and answers in the same words."""

    def __init__(self, hub: Hub) -> None:
        """Ask where the options of `hub` say."""
        self._hub = hub

    async def provide(self, request: Mapping[str, Json]) -> Mapping[str, Json]:
        """The words of a Get15118EVCertificateResponse; raises Unreachable."""
        options = self._hub.entry.options
        token = options.get(CONF_PROVIDER_TOKEN)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        session = async_get_clientsession(self._hub.hass)
        try:
            async with session.post(
                options[CONF_PROVIDER_URL],
                json=dict(request),
                headers=headers,
                timeout=PATIENCE,
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise Unreachable(f"the provider answers {response.status}")
                answer = await response.json()
        except (ClientError, TimeoutError, ValueError) as error:
            raise Unreachable("the provider does not answer") from error
        if not isinstance(answer, dict):
            raise Unreachable("the provider is not understood")
        return cast("Mapping[str, Json]", answer)


def told(root: x509.Certificate) -> JsonObjectType:
    """What an authority is called, and how long it is good for."""
    return {
        "name": root.subject.rfc4514_string(),
        "serial_number": named(root, root).serial,
        "not_after": root.not_valid_after_utc.isoformat(),
    }


def _pem(root: x509.Certificate) -> str:
    return root.public_bytes(Encoding.PEM).decode()
