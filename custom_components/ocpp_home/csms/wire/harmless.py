"""What a station is asked is harmless to it: stations were taken over by texts that reached a shell of theirs.

CVE-2024-23971, CVE-2024-23920 (ChargePoint Home Flex), CVE-2024-25998 and CVE-2024-28136 (Phoenix CHARX).
"""

from collections.abc import Iterator
import re
from typing import Final

from .frame import Payload

FILES: Final = frozenset({"http", "https", "ftp", "ftps", "sftp"})
"""From where and to where a station may be told to bring files."""
SERVERS: Final = frozenset({"ws", "wss"})
"""What a station may be told to dial."""
ADDRESSES: Final = {
    "location": FILES,
    "remoteLocation": FILES,
    "ocppCsmsUrl": SERVERS,
}
CARDS: Final = frozenset({"idTag", "parentIdTag", "idToken", "additionalIdToken"})
LINES: Final = frozenset({"certificate", "certificateChain", "content", "data", "signature", "signingCertificate"})
"""What may have several lines."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SHELL: Final = re.compile(r"""["'`$;<>(){}\\^|&!*?\n]""")
_NOT_IN_ADDRESSES: Final = re.compile(r"""[\s"'`$;<>(){}\\^|!*]""")
"""What RFC 3986 does not know, and what a shell would do something with; who needs one of these writes it as %XX.

The & and the ? stay, for many addresses of files are made of them.
"""


def sendable(card: str) -> bool:
    """Whether the number of a card may be told to a station."""
    return _SHELL.search(card) is None and _CONTROL.search(card) is None


def objection(payload: Payload) -> str:
    """Why a request is not sent, as a text for whoever wants it; empty where nothing speaks against it."""
    return next(filter(None, _objections(payload)), "")


def _objections(payload: Payload) -> Iterator[str]:
    for name, value in payload.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from _objections(one)
            elif isinstance(one, str):
                yield _objection(name, one)


def _objection(name: str, text: str) -> str:
    if (_CONTROL_IN_LINES if name in LINES else _CONTROL).search(text):
        return f"{name} has control characters in it"
    if name in CARDS and not sendable(text):
        return f"{name} has characters in it that no card has"
    schemes = ADDRESSES.get(name)
    if schemes is None:
        return ""
    if text.partition("://")[0].casefold() not in schemes or "://" not in text:
        return f"{name} has to begin with one of {', '.join(sorted(schemes))}, and ://"
    return f"{name} has characters in it that no address has" if _NOT_IN_ADDRESSES.search(text) else ""
