"""Asking about certificates: addresses are tried one after the other, and an answer is kept while it holds."""

from asyncio import Semaphore
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from cryptography import x509

from ..model.trust import Finding, Inquiry, Unreachable
from . import crl, ocsp

LARGEST_ANSWER: Final = 64 * 1024
LARGEST_LIST: Final = 4 * 1024 * 1024
"""So many bytes are read of a response, and of a list of revoked certificates."""
AT_ONCE: Final = 4
"""So many questions are under way at most."""
MOST: Final = 256
"""So many answers are kept."""
LONGEST: Final = timedelta(days=7)
"""M06.FR.10: "refresh the cached OCSP data at least once a week"."""


class Fetch(Protocol):
    """Fetches what lies at an address, within bounds of place, size and time."""

    async def __call__(self, url: str, body: bytes | None, most: int) -> bytes:
        """Post an OCSP request, or get (None); at most `most` bytes are read. Raises Unreachable."""


class Responders:
    """Asks the responders of certificate authorities."""

    def __init__(
        self,
        fetch: Fetch,
        issuers: Callable[[], Sequence[x509.Certificate]] = tuple,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ask through `fetch`; `issuers` are the authorities the owner knows."""
        self._fetch, self._issuers, self._clock = fetch, issuers, clock
        self._turn = Semaphore(AT_ONCE)
        self._known: dict[tuple[str, Inquiry], tuple[datetime, Finding]] = {}

    async def ask(self, inquiry: Inquiry) -> Finding:
        """What a responder says; raises Unreachable."""
        try:
            question = ocsp.question(inquiry.which)
        except ocsp.Unusable as error:
            raise Unreachable(str(error)) from error

        async def told(url: str) -> Finding:
            der = await self._fetch(url, question, LARGEST_ANSWER)
            return ocsp.answer(der, inquiry.which, self._issuers(), self._clock())

        return await self._found("OCSP", inquiry, told)

    async def look_up(self, inquiry: Inquiry) -> Finding:
        """What a list says; raises Unreachable."""

        async def told(url: str) -> Finding:
            data = await self._fetch(url, None, LARGEST_LIST)
            return crl.verdict(data, inquiry.which, self._issuers(), self._clock())

        return await self._found("CRL", inquiry, told)

    async def _found(self, how: str, inquiry: Inquiry, told: Callable[[str], Awaitable[Finding]]) -> Finding:
        """What is known, or what the first address says that says anything."""
        now = self._clock()
        until, known = self._known.get((how, inquiry), (now, None))
        if known is not None and now < until:
            return known
        trouble = "no address was told"
        for url in inquiry.urls:
            try:
                async with self._turn:
                    finding = await told(url)
            except (Unreachable, ocsp.Unusable) as error:
                trouble = str(error)
            else:
                self._keep((how, inquiry), finding, now)
                return finding
        raise Unreachable(trouble)

    def _keep(self, key: tuple[str, Inquiry], finding: Finding, now: datetime) -> None:
        """Keep an answer while it holds; the oldest give way."""
        self._known.pop(key, None)
        self._known[key] = min(finding.next_update, now + LONGEST), finding
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
