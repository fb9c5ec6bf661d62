"""What a listening port speaks: plain, TLS, or either, and TLS with which certificates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from ssl import (
    CERT_OPTIONAL,
    OP_NO_COMPRESSION,
    OP_NO_RENEGOTIATION,
    OP_NO_TICKET,
    PROTOCOL_TLS_SERVER,
    SSLContext,
    TLSVersion,
)
from tempfile import TemporaryDirectory
from typing import Final
import warnings

CIPHERS: Final = "ECDHE+AESGCM:AES128-GCM-SHA256:AES256-GCM-SHA384"
"""OCPP 2.0.1 ed. 3 - A00.FR.318; of TLS 1.3 all are good."""
LEGACY_CIPHERS: Final = f"{CIPHERS}:ECDHE+AES:AES128-SHA:AES256-SHA:@SECLEVEL=0"
"""Old stations know TLS_RSA_WITH_AES_128_CBC_SHA at best; OpenSSL has TLS 1.0 and 1.1 at level 0 only."""


MEMORY: Final = 600.0
"""So long (s) it is known that the certificate of a client is not."""
MOST: Final = 64
"""Of so many clients."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate, those above it that a peer needs, and its key, all as PEM."""

    certificates: str
    key: str = field(repr=False)


@dataclass(slots=True)
class Entrance:
    """How one comes in by a port. What is changed holds for whoever comes next; who is in stays.

    Some stations show the certificate of their maker to whoever asks for one, also where they come by password. Who was
    turned away for a certificate that nobody here knows is asked for none when it comes again, once.
    """

    context: SSLContext | None = None
    """How TLS is spoken, None where it is not."""
    plain: bool = True
    """Whether one may come in without TLS."""
    unasking: SSLContext | None = None
    """How TLS is spoken with who is asked for no certificate."""
    _foreign: dict[str, float] = field(default_factory=dict)

    def spoken(self, peer: str, now: float) -> SSLContext | None:
        """How TLS is spoken with a client that begins it."""
        turned_away = self._foreign.pop(peer, -MEMORY)
        return self.unasking if self.unasking is not None and now - turned_away < MEMORY else self.context

    def unknown(self, peer: str, now: float) -> None:
        """Note that the certificate of a client is not known here."""
        self._foreign[peer] = now
        while len(self._foreign) > MOST:
            del self._foreign[next(iter(self._foreign))]


def tls(chains: Sequence[Chain], roots: str = "", *, legacy: bool = False) -> SSLContext:
    """Speak TLS with these certificates; reads and writes files. Raises OSError where something cannot be used.

    A client that shows a certificate has to be certified by one of `roots` (PEM); it need not show one. Sessions are
    never resumed by a ticket: each connection is judged by what it shows itself.
    """
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.options |= OP_NO_COMPRESSION | OP_NO_RENEGOTIATION | OP_NO_TICKET
    context.num_tickets = 0
    context.set_ciphers(LEGACY_CIPHERS if legacy else CIPHERS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = TLSVersion.TLSv1 if legacy else TLSVersion.TLSv1_2
    for chain in chains:
        _load(context, chain)
    if roots:
        context.load_verify_locations(cadata=roots)
        context.verify_mode = CERT_OPTIONAL
    return context


def _load(context: SSLContext, chain: Chain) -> None:
    """Load a certificate by way of files that nobody else can read, for OpenSSL takes nothing else from Python."""
    with TemporaryDirectory() as folder:
        certificates, key = Path(folder, "certificates"), Path(folder, "key")
        certificates.write_text(chain.certificates)
        key.write_text(chain.key)
        context.load_cert_chain(certificates, key, password="")
