"""Passwords of stations: made, kept as salted hashes, and known again in each spelling that stations use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import hashlib
import hmac
import re
import secrets
from typing import Final

from ..model.transaction import Json

LENGTH: Final = 20
"""Bytes of a generated password (OCPP 1.6 security whitepaper ed. 3 - A00.FR.205: "20 bytes maximum")."""
SHORTEST: Final = 16
LONGEST: Final = 40
STRONG: Final = 32
"""So many hexadecimal digits (128 bits) nobody guesses."""
STRETCH: Final = 5_000
"""How often the hash of a password that somebody thought up is repeated: 1.5 ms of a PC, once after each start."""

_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2})+")
_ALLOWED: Final = re.compile(rf"[A-Za-z0-9*\-_=:+|@.]{{{SHORTEST},{LONGEST}}}")
_KEY: Final = secrets.token_bytes(32)


def generate() -> str:
    """A new password of 160 bits, as hexadecimal digits: valid for a station of any OCPP version."""
    return secrets.token_hex(LENGTH)


def acceptable(password: str) -> bool:
    """Whether it is a passwordString of 16 to 40 characters (OCPP 2.0.1 ed. 3 - 2.1.4 and A00.FR.205)."""
    return _ALLOWED.fullmatch(password) is not None


@dataclass(frozen=True, slots=True)
class Hashed:
    """What is kept of a password (OCPP 2.0.1 ed. 3 - A01.FR.08: "only store salted password hashes").

    What one thinks up is stretched; a generated password has more than anybody can try. What has been proved once is
    known again by a keyed hash in memory, so that a house full of stations that return at once is let in at once.
    """

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    rounds: int
    _proved: list[bytes] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, password: str | bytes) -> Hashed:
        """Hash a password, of whatever spelling."""
        text = password.encode() if isinstance(password, str) else password
        strong = len(text) >= STRONG and _HEX.fullmatch(text) is not None
        salt, rounds = secrets.token_bytes(16), 1 if strong else STRETCH
        return cls(salt, _stretched(_spelled(text)[-1], salt, rounds), rounds)

    def matches(self, presented: bytes) -> bool:
        """Whether this is the password: as text, as hexadecimal digits in any case, or as the bytes these mean.

        OCPP 1.6 gives a station hexadecimal digits and leaves open which of them it sends; 2.x says the text.
        """
        if self.knows(presented):
            return True
        right = any(
            hmac.compare_digest(_stretched(spelling, self.salt, self.rounds), self.digest)
            for spelling in _spelled(presented)
        )
        if right:
            self._proved[:] = [_keyed(presented)]
        return right

    @property
    def strong(self) -> bool:
        """Whether nobody guesses it, however often he tries, and looking costs next to nothing."""
        return self.rounds == 1

    @property
    def shown(self) -> bool:
        """Whether somebody has proved to have it since it was made or restored."""
        return bool(self._proved)

    def knows(self, presented: bytes) -> bool:
        """Whether this has been proved to be the password before, which costs next to nothing to see."""
        return any(hmac.compare_digest(_keyed(presented), proved) for proved in self._proved)

    def store(self) -> Mapping[str, str | int]:
        """What is kept on disk."""
        return {"salt": self.salt.hex(), "digest": self.digest.hex(), "rounds": self.rounds}

    @classmethod
    def restored(cls, kept: Json) -> Hashed:
        """What was kept on disk; raises ValueError when it is something else."""
        match kept:
            case {"salt": str(salt), "digest": str(digest), "rounds": int(rounds)} if rounds > 0:
                return cls(bytes.fromhex(salt), bytes.fromhex(digest), rounds)
        raise ValueError("this is no hash of a password")


def _spelled(text: bytes) -> tuple[bytes, ...]:
    """What a text can mean: itself, and at last the bytes of its hexadecimal digits if it consists of such."""
    return (text, bytes.fromhex(text.decode())) if _HEX.fullmatch(text) else (text,)


def _stretched(secret: bytes, salt: bytes, rounds: int) -> bytes:
    """Hash a secret, after a hash: HMAC does not tell a key from one with zero bytes behind it (RFC 2104 - 2)."""
    return hashlib.pbkdf2_hmac("sha256", hashlib.sha256(secret).digest(), salt, rounds)


def _keyed(presented: bytes) -> bytes:
    return hashlib.blake2b(presented, key=_KEY).digest()
