"""Certificates for tests of the wire: an authority, a server it certifies, clients that trust it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
import socket
import ssl
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import serialization

from custom_components.ocpp_home.csms.security import issuing
from custom_components.ocpp_home.csms.security.authority import Authority
from custom_components.ocpp_home.csms.security.csr import SigningRequest
from custom_components.ocpp_home.csms.security.issuing import Family, PrivateKey
from custom_components.ocpp_home.csms.wire.tls import Chain, tls

HOST = "127.0.0.1"
HOME = "Home"


@cache
def key(family: Family, bits: int) -> PrivateKey:
    """A key; making one takes time."""
    return issuing.new_key(family, bits)


@cache
def authority(name: str) -> Authority:
    """The authority of that name."""
    return Authority.create(name, datetime.now(UTC), key if name == HOME else issuing.new_key)


@cache
def served(name: str = HOST, *, legacy: bool = False) -> ssl.SSLContext:
    """How a server of that name speaks TLS."""
    return tls(chains(name), authority(HOME).pem, legacy=legacy)


@cache
def chains(name: str = HOST) -> tuple[Chain, ...]:
    """The certificates of a server, RSA and EC."""
    made = authority(HOME).server([name], datetime.now(UTC), key)
    return tuple(Chain(chain.certificates, chain.key) for chain in made)


def trusting(chain: Chain | None = None) -> ssl.SSLContext:
    """A client that trusts the authority, and shows a certificate if it has one."""
    context = ssl.create_default_context(cadata=authority(HOME).pem)
    if chain is not None:
        show(context, chain)
    return context


def certified(by: str = HOME, family: Family = "ec", ago: timedelta = timedelta(0)) -> Chain:
    """The certificate of a station with the serial number SN1, signed some time ago."""
    mine = key(family, 2048)
    request = SigningRequest(mine.public_key(), "SN1", "Home")
    certificates = authority(by).sign(request, "CP1", datetime.now(UTC) - ago)
    private = mine.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Chain(certificates, private.decode())


def show(context: ssl.SSLContext, chain: Chain) -> None:
    """Have a context show a certificate."""
    with TemporaryDirectory() as folder:
        both = Path(folder, "chain")
        both.write_text(chain.certificates + chain.key)
        context.load_cert_chain(both)


def only(suites: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """A client that knows these suites of that version only."""
    context = trusting()
    context.minimum_version = context.maximum_version = version
    context.set_ciphers(suites)
    return context


async def agreed(port: int, context: ssl.SSLContext) -> tuple[str | None, str]:
    """Shake hands, as a client that tells the server what it does not like; gives the version and the suite.

    With TLS 1.3 a client hears only afterwards that its certificate does not count.
    """

    def shake() -> tuple[str | None, str]:
        with (
            socket.create_connection((HOST, port), 5) as sock,
            context.wrap_socket(sock, server_hostname=HOST) as tunnel,
        ):
            suite = tunnel.cipher()
            tunnel.send(b"GET / HTTP/1.1\r\n\r\n")
            tunnel.recv(1)
            return tunnel.version(), suite[0] if suite is not None else ""

    return await asyncio.to_thread(shake)
