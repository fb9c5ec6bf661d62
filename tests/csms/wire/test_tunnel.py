"""TLS for one connection, byte by byte, without a socket."""

import asyncio
import ssl

import pytest

from custom_components.ocpp_home.csms.wire.tunnel import MAX_HANDSHAKE, Tunnel

from .paper import HOST, certified, served, trusting


class Below(asyncio.Transport):
    """The transport below: what it was told."""

    def __init__(self) -> None:
        super().__init__({"peername": (HOST, 1)})
        self.written = bytearray()
        self.did: list[str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def write_eof(self) -> None:
        self.did.append("eof")

    def close(self) -> None:
        self.did.append("close")

    def abort(self) -> None:
        self.did.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.did

    def pause_reading(self) -> None:
        self.did.append("pause")

    def resume_reading(self) -> None:
        self.did.append("resume")


class Client:
    """A client at the other end of the tunnel."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.below = Below()
        self.heard: list[bytes] = []
        self.failures: list[str] = []
        self.tunnel = Tunnel(self.below, served(), self.heard.append, self.failures.append)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = context or trusting()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=HOST)

    def shake(self) -> Client:
        """Shake hands; both sides may say all they want."""
        for _ in range(4):
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.carry()
        self.carry()
        return self

    def carry(self, size: int = 2**20) -> None:
        """Carry what the client says to the tunnel, in pieces, and back what it answers."""
        said = self.outgoing.read()
        for start in range(0, len(said), size):
            self.tunnel.feed(said[start : start + size])
        self.take()

    def take(self) -> None:
        """Carry what the tunnel says to the client."""
        self.incoming.write(bytes(self.below.written))
        self.below.written.clear()

    def say(self, text: bytes) -> None:
        self.tls.write(text)
        self.carry()

    def read(self) -> bytes:
        """All that the client is told."""
        self.take()
        text = b""
        while True:
            try:
                piece = self.tls.read(2**20)
            except ssl.SSLWantReadError:
                return text
            if not piece:
                return text + b"<end>"
            text += piece


def test_what_is_said_on_one_side_is_heard_on_the_other() -> None:
    client = Client().shake()
    client.say(b"hello")
    client.tunnel.write(b"who is there")
    assert client.heard == [b"hello"]
    assert client.read() == b"who is there"


def test_much_is_told_in_one_go() -> None:
    client = Client().shake()
    client.tunnel.write(bytes(200_000))
    assert len(client.read()) == 200_000


def test_bytes_may_come_one_by_one() -> None:
    client = Client()
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.do_handshake()
    client.carry(1)
    client.tls.do_handshake()
    client.tls.write(b"hello")
    client.carry(1)
    assert b"".join(client.heard) == b"hello"


def test_nothing_can_be_told_before_hands_are_shaken() -> None:
    client = Client()
    client.tunnel.write(b"secret")
    assert client.below.written == b""
    client.shake()
    assert client.read() == b""


def test_the_certificate_is_known_when_hands_are_shaken() -> None:
    chain = certified()
    client = Client(trusting(chain))
    assert client.tunnel.certificate is None
    client.shake()
    assert client.tunnel.certificate == ssl.PEM_cert_to_DER_cert(chain.certificates)


def test_a_client_without_a_certificate_has_none() -> None:
    assert Client().shake().tunnel.certificate is None


def test_a_client_that_cannot_agree_is_told_and_heard_no_more() -> None:
    client = Client(trusting(certified("Elsewhere")))
    client.shake()
    assert client.failures == ["certificate verify failed: unable to get local issuer certificate"]
    with pytest.raises(ssl.SSLError, match=r"(?i)unknown ca"):
        client.read()
    client.tunnel.feed(b"\x16\x03\x01")
    assert client.heard == []
    assert client.below.did == []


def test_what_is_no_tls_fails() -> None:
    client = Client()
    client.tunnel.feed(b"\x16 garbage")
    assert client.failures == ["wrong version number"]
    assert client.tunnel.is_closing()


def test_a_handshake_has_an_end() -> None:
    client = Client()
    client.tunnel.feed(b"\x16\x03\x01" + bytes(MAX_HANDSHAKE))
    assert client.failures == ["the handshake is too long"]


def test_a_client_that_breaks_the_rules_later_is_hung_up_on() -> None:
    client = Client().shake()
    client.tunnel.feed(b"\x17\x03\x03\x00\x20" + bytes(32))
    assert client.below.did == ["close"]
    assert client.failures == []
    assert client.heard == []


def test_a_client_that_takes_its_leave_is_answered() -> None:
    client = Client().shake()
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.carry()
    assert client.below.did == ["close"]
    client.take()
    client.tls.unwrap()


def test_what_comes_after_the_end_is_not_heard() -> None:
    client = Client()
    client.tunnel = Tunnel(client.below, served(), lambda text: client.tunnel.abort(), client.failures.append)
    client.shake()
    client.tls.write(b"one")
    client.tls.write(b"two")
    client.carry()
    client.say(b"three")
    assert client.below.did == ["abort"]


def test_closing_takes_leave_once() -> None:
    client = Client().shake()
    client.tunnel.close()
    client.tunnel.close()
    assert client.below.did == ["close", "close"]
    assert client.read() == b"<end>"
    client.tunnel.write(b"more")
    assert client.below.written == b""


def test_an_end_of_writing_takes_leave_and_stays() -> None:
    client = Client().shake()
    client.tunnel.write_eof()
    assert client.below.did == ["eof"]
    assert client.read() == b"<end>"
    assert client.tunnel.is_closing()


def test_closing_before_hands_are_shaken_says_nothing() -> None:
    client = Client()
    client.tunnel.close()
    assert client.below.did == ["close"]
    assert client.below.written == b""


def test_the_transport_below_is_paused_resumed_and_asked() -> None:
    client = Client().shake()
    assert not client.tunnel.is_closing()
    client.tunnel.pause_reading()
    client.tunnel.resume_reading()
    assert client.below.did == ["pause", "resume"]
    assert client.tunnel.get_extra_info("peername") == (HOST, 1)
    client.below.close()
    assert client.tunnel.is_closing()


def test_no_ticket_is_given() -> None:
    client = Client().shake()
    client.read()
    assert client.tls.session is None or not client.tls.session.has_ticket


def test_nobody_renegotiates() -> None:
    assert served().options & ssl.OP_NO_RENEGOTIATION
    assert served().options & ssl.OP_NO_COMPRESSION
