"""The door: reads an HTTP request head as stations really send it and finds out who is there."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from .frame import Version

MAX_HEAD: Final = 16 * 1024
MAX_LINE: Final = 4 * 1024
MAX_IDENTITY: Final = 128
TLS_HANDSHAKE: Final = b"\x16"
"""RFC 8446 - 5.1: the first byte of a client that speaks TLS to a port that does not."""

_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_REQUEST_LINE: Final = re.compile(r"([A-Za-z]+) +(.*?) *(?:(?<= )HTTP/\d(?:\.\d)?)? *", re.DOTALL)
_SEPARATORS: Final = re.compile(r"[,;\s]+")
_VERSION: Final = re.compile(r"ocpp[-_/ ]?v?(1\.?6|2\.?0\.?1|2\.?1)-?j?")
_VERSIONS: Final[dict[str, Version]] = {"16": "1.6", "201": "2.0.1", "21": "2.1"}
_AUTHORITY: Final = re.compile(r"/*(?:ws|http)s?:/+[^/]*", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")


class Refused(Exception):
    """The request gets this HTTP status and a plain reason instead of a connection."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request head, understood; `identity` is empty where the path and the login name nobody."""

    method: str
    target: str
    segments: tuple[str, ...]
    identity: str
    headers: Mapping[str, str] = field(repr=False)
    offers: tuple[tuple[str, Version | None], ...]
    username: bytes | None = field(default=None, repr=False)
    password: bytes | None = field(default=None, repr=False)
    peer: str = ""
    secure: bool = False
    certificate: bytes | None = field(default=None, repr=False)
    """The client certificate (DER) that TLS has verified, None without one."""

    @property
    def websocket(self) -> bool:
        """Tell whether the client wants a websocket, whichever of the headers for it it forgot."""
        return "sec-websocket-key" in self.headers or self.headers.get("upgrade", "").lower() == "websocket"

    @property
    def versions(self) -> tuple[Version, ...]:
        """Return the OCPP versions offered, in the client's order of preference."""
        return tuple(version for _, version in self.offers if version is not None)

    @property
    def body_length(self) -> int:
        """Return how many bytes follow the head."""
        length = self.headers.get("content-length", "0").strip()
        return int(length) if length.isdecimal() and len(length) < 16 else 0


def head_end(data: bytes | bytearray) -> int:
    """Return where the head in `data` ends, 0 when it has not ended yet; raises `Refused` when it will be none."""
    if data[:1] == TLS_HANDSHAKE:
        raise Refused(400, "this port speaks no TLS")
    end = _HEAD_END.search(data)
    first_line = data.find(b"\n") if b"\n" in data else len(data)
    if first_line > MAX_LINE:
        raise Refused(414, "the path is too long")
    if (end.end() if end else len(data)) > MAX_HEAD:
        raise Refused(431, "the request head is too large")
    return end.end() if end else 0


def read_head(head: bytes | bytearray, peer: str = "", secure: bool = False) -> Request:
    """Understand a request head; raises `Refused` with the HTTP status that fits."""
    lines = _text(head).replace("\r\n", "\n").strip("\n").split("\n")
    match = _REQUEST_LINE.fullmatch(lines[0])
    if match is None:
        raise Refused(400, "this is not an HTTP request")
    method, target = match.groups()
    headers = _headers(lines[1:])
    segments, query = _path(target)
    identity = segments[-1] if segments else ""
    identity = next((value for name, value in parse_qsl(query) if not name), identity)
    username, password = _login(headers.get("authorization", ""), identity)
    if not identity and username:
        identity = username.decode("utf-8", "replace")
    if _CONTROL.search(identity) or len(identity) > MAX_IDENTITY:
        raise Refused(400, "the identity in the path is not usable")
    return Request(
        method=method.upper(),
        target=target,
        segments=segments,
        identity=identity,
        headers=headers,
        offers=_offers(headers.get("sec-websocket-protocol", "")),
        username=username,
        password=password,
        peer=peer,
        secure=secure,
    )


def canonical(request: Request, extensions: str) -> bytes:
    """Write the handshake anew, in the one form every websocket library accepts."""
    lines = [
        "GET / HTTP/1.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        f"Sec-WebSocket-Key: {request.headers['sec-websocket-key']}",
        "Sec-WebSocket-Version: 13",
    ]
    if extensions:
        lines.append(f"Sec-WebSocket-Extensions: {extensions}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def choose(request: Request, preference: tuple[Version, ...] | None, served: tuple[Version, ...]) -> str | None:
    """Choose a subprotocol, as the client spelled it: by our preference if there is one, else by the client's.

    OCPP 2.1 ed. 1 part 4 - 3.1.2: the client lists the versions it supports in order of preference.
    """
    order = preference if preference is not None else request.versions
    for wanted in order:
        for name, version in request.offers:
            if version == wanted and wanted in served:
                return name
    return None


def version_of(name: str) -> Version | None:
    """Return the version a subprotocol name means, however it is spelled."""
    match = _VERSION.fullmatch(name.lower())
    return _VERSIONS[match[1].replace(".", "")] if match else None


def _text(data: bytes | bytearray) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _headers(lines: list[str]) -> dict[str, str]:
    """Read header lines; a folded line continues the one before, a repeated header is one list."""
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[:1] in " \t":
            headers[name] = f"{headers.get(name, '')} {line.strip()}".strip()
            continue
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers and value else headers.get(name, value)
    return headers


def _path(target: str) -> tuple[tuple[str, ...], str]:
    """Split a target in its decoded segments and its query.

    Empty segments fall away (`///id`, a trailing slash), and so does the front of a whole URL repeated in the path.
    """
    path, _, query = target.partition("#")[0].partition("?")
    path = _AUTHORITY.sub("/", path)
    segments = tuple(_decoded(segment) for segment in path.split("/") if segment.strip())
    if any(segment in (".", "..") or _CONTROL.search(segment) for segment in segments):
        raise Refused(400, "the path is not usable")
    return segments, query


def _decoded(segment: str) -> str:
    """Percent-decode once (OCPP-J 1.6 - 3.1.1)."""
    return _text(unquote_to_bytes(segment)).strip()


def _login(authorization: str, identity: str) -> tuple[bytes | None, bytes | None]:
    """Read basic credentials; an identity may itself hold a colon, so the split that matches it comes first."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None, None
    token = re.sub(r"[^A-Za-z0-9+/]", "", token.replace("-", "+").replace("_", "/"))
    try:
        login = base64.b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None, None
    name = identity.encode()
    if login[: len(name) + 1].lower() == name.lower() + b":":
        return login[: len(name)], login[len(name) + 1 :]
    username, _, password = login.partition(b":")
    return username, password


def _offers(header: str) -> tuple[tuple[str, Version | None], ...]:
    """Read the offered subprotocols: any separator, any case, quotes or none."""
    names = [name.strip("\"'") for name in _SEPARATORS.split(header)]
    return tuple((name, version_of(name)) for name in names if name)
