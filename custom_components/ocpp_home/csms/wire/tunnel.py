"""TLS for one connection: a transport upon a transport, without a task of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from ssl import SSL_ERROR_SSL, MemoryBIO, SSLContext, SSLError, SSLObject, SSLWantReadError
from typing import Any, Final

READ_SIZE: Final = 64 * 1024
MAX_HANDSHAKE: Final = 64 * 1024
"""What a client may say before it has shown who it is."""
UNKNOWN: Final = "certificate verify failed"
"""How the reason begins where a client has shown a certificate that does not count."""


class Tunnel(asyncio.Transport):
    """Gives what a client says through TLS to `hear`, and takes what it is to be told.

    When the handshake fails `fail` is told why, after the client has been, and nothing more is heard.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        context: SSLContext,
        hear: Callable[[bytes], None],
        fail: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._transport = transport
        self._hear = hear
        self._fail = fail
        self._incoming, self._outgoing = MemoryBIO(), MemoryBIO()
        self._tls: SSLObject = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._shaken = False
        self._closing = False
        self._unshaken = 0

    @property
    def certificate(self) -> bytes | None:
        """The client's certificate (DER), which has been verified; None where it showed none."""
        return self._tls.getpeercert(binary_form=True) if self._shaken else None

    def feed(self, data: bytes) -> None:
        """Take what came from the client."""
        if self._closing:
            return
        self._incoming.write(data)
        try:
            if not self._shaken:
                self._shake_hands(len(data))
            while not self._closing:
                text = self._tls.read(READ_SIZE)
                if not text:
                    self.close()
                else:
                    self._hear(text)
        except SSLWantReadError:
            self._flush()
        except SSLError as error:
            self._flush()
            self._end(error)

    def _shake_hands(self, size: int) -> None:
        self._unshaken += size
        if self._unshaken > MAX_HANDSHAKE:
            raise SSLError(SSL_ERROR_SSL, "the handshake is too long")
        self._tls.do_handshake()
        self._shaken = True
        self._flush()

    def _end(self, error: SSLError) -> None:
        """Stop hearing a client that breaks the rules, or that cannot agree."""
        self._closing = True
        if self._shaken:
            self._transport.close()
        else:
            self._fail(_reason(error))

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._transport.write(self._outgoing.read())

    def _take_leave(self) -> None:
        """Tell the client that nothing more will come (RFC 8446 - 6.1), once."""
        if self._shaken and not self._closing:
            with suppress(SSLError):
                self._tls.unwrap()
            self._flush()
        self._closing = True

    # What a transport does.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Tell the client something; before the handshake is over it cannot be told anything."""
        if not self._shaken or self._closing:
            return
        rest = memoryview(data)
        while rest:
            rest = rest[self._tls.write(rest) :]
        self._flush()

    def write_eof(self) -> None:
        """Tell the client that nothing more will come."""
        self._take_leave()
        self._transport.write_eof()

    def close(self) -> None:
        """Close when everything is written."""
        self._take_leave()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._closing = True
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether the connection is about to end."""
        return self._closing or self._transport.is_closing()

    def pause_reading(self) -> None:
        """Read nothing more from the client for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read from the client again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection below."""
        return self._transport.get_extra_info(name, default)


def _reason(error: SSLError) -> str:
    """Why no TLS came about, in OpenSSL's words: nothing of it comes from the client."""
    told = str(getattr(error, "reason", error)).replace("_", " ").lower()
    verified = getattr(error, "verify_message", None)
    return f"{told}: {verified}" if verified else told
