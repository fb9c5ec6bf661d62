"""Fetching from addresses that stations and certificates tell: within narrow bounds, and not at home unless allowed."""

from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
import socket
from typing import Final

from aiohttp import AddrInfoType, ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.ssl import get_default_context
from yarl import URL

from .csms.model.trust import Unreachable

TIMEOUT: Final = ClientTimeout(total=10, connect=5)
OCSP_REQUEST: Final = "application/ocsp-request"
FIRMWARE_TIMEOUT: Final = ClientTimeout(total=300, connect=10)
LARGEST_FIRMWARE: Final = 512 * 1024 * 1024
PART: Final = 256 * 1024
NAT64: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052 - 2.1: an IPv4 address stands in the last 32 bits."""


class Reach(StrEnum):
    """Where may be asked about certificates."""

    NOWHERE = "nowhere"
    PUBLIC = "public"
    ANYWHERE = "anywhere"


class Fetcher:
    """Fetches small things by http and https; redirects are not followed, and nothing is told beside the question."""

    def __init__(self, reach: Callable[[], Reach], resolver: AbstractResolver | None = None) -> None:
        """Fetch from as far as `reach` says at the time."""
        self._reach, self._resolver = reach, resolver

    async def __call__(self, url: str, body: bytes | None, most: int) -> bytes:
        """What lies at an address, or its answer to an OCSP request; raises Unreachable."""
        reach = self._reach()
        if reach is Reach.NOWHERE:
            raise Unreachable("nobody may be asked")
        place, gate = _proper(url), Gate()
        connector = TCPConnector(
            resolver=self._resolver,
            use_dns_cache=False,
            force_close=True,
            ssl=get_default_context(),
            socket_factory=gate if reach is Reach.PUBLIC else None,
        )
        session = ClientSession(
            connector=connector, timeout=TIMEOUT, cookie_jar=DummyCookieJar(), auto_decompress=False
        )
        try:
            async with session:
                return await _ask(session, place, body, most)
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise Unreachable(gate.reason) from error


class Gate:
    """Makes sockets to public addresses only: looked at here, an address cannot become another before it is used."""

    def __init__(self) -> None:
        """Nobody has been turned away."""
        self.reason = "the address does not answer"

    def __call__(self, address: AddrInfoType) -> socket.socket:
        """A socket to an address that was found for a name; raises OSError."""
        family, kind, protocol, _, place = address
        if not public(str(place[0])):
            self.reason = "the address is one of a private network"
            raise OSError(self.reason)
        return socket.socket(family, kind, protocol)


async def _ask(session: ClientSession, place: URL, body: bytes | None, most: int) -> bytes:
    method, headers = ("GET", None) if body is None else ("POST", {"Content-Type": OCSP_REQUEST})
    async with session.request(method, place, data=body, headers=headers, allow_redirects=False) as response:
        if response.status != 200:
            raise Unreachable(f"the address answers {response.status}")
        read = b""
        async for part in response.content.iter_chunked(16 * 1024):
            read += part
            if len(read) > most:
                raise Unreachable("the answer is too long")
        return read


def _proper(url: str) -> URL:
    """An address of http or https with nothing secret in it; raises Unreachable."""
    try:
        place = URL(url)
    except ValueError as error:
        raise Unreachable("no address") from error
    if place.scheme not in {"http", "https"} or not place.host or place.user or place.password:
        raise Unreachable("no address of http or https")
    return place


def public(address: str) -> bool:
    """Whether an address is one of the open internet, also where it hides in an IPv6 address."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found in NAT64:
        found = IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.is_global and not found.is_multicast


async def digest(hass: HomeAssistant, url: str) -> bytes:
    """The SHA-256 of what lies at an address that the owner has given; raises Unreachable."""
    place, found, size = _proper(url), sha256(), 0
    try:
        session = async_get_clientsession(hass)
        async with session.get(place, timeout=FIRMWARE_TIMEOUT) as response:
            if response.status != 200:
                raise Unreachable(f"the address answers {response.status}")
            async for part in response.content.iter_chunked(PART):
                size += len(part)
                if size > LARGEST_FIRMWARE:
                    raise Unreachable("the file is too large")
                found.update(part)
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        raise Unreachable("the address does not answer") from error
    return found.digest()
