"""One OCPP-J message between text and `Frame`, in every version: written strictly, read leniently."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import orjson

from .mend import mend, message_head

type Payload = dict[str, Any]
type Version = Literal["1.6", "2.0.1", "2.1"]
type MessageId = str | int
type Frame = Call | CallResult | CallError | CallResultError | Send

SUBPROTOCOLS: Final[dict[Version, str]] = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"}
VERSIONS: Final[tuple[Version, ...]] = ("2.1", "2.0.1", "1.6")
"""The preferred first: a newer version tells more. One that speaks its newer version badly is pinned to an older."""

CALL: Final = 2
CALLRESULT: Final = 3
CALLERROR: Final = 4
CALLRESULTERROR: Final = 5
SEND: Final = 6

MAX_DEPTH: Final = 32
MAX_DESCRIPTION: Final = 255
MAX_ID: Final = 512
"""OCPP allows 36 characters; longer ids are read, so that the station gets its answer."""

UNREADABLE_ID: Final = "-1"
"""OCPP 2.0.1 ed. 3 part 4 - 4.2.3: the id of a CALLERROR whose message had no readable id."""

SPELLING_16: Final = {
    "FormatViolation": "FormationViolation",
    "OccurrenceConstraintViolation": "OccurenceConstraintViolation",
    "RpcFrameworkError": "FormationViolation",
    "MessageTypeNotSupported": "NotSupported",
}
"""OCPP-J 1.6 - table 7 and errata 5.1, 5.2: codes of 1.6 that are spelled otherwise, or missing, in 2.x."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a payload, where, and the error code (2.x spelling) the specification has for it."""

    code: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request; `faults` is what a lenient reading could not repair."""

    id: MessageId
    action: str
    payload: Payload
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class CallResult:
    """The answer to a `Call`."""

    id: MessageId
    payload: Payload


@dataclass(frozen=True, slots=True)
class CallError:
    """The refusal of a `Call`."""

    id: MessageId
    code: str
    description: str = ""
    details: Payload | None = None


@dataclass(frozen=True, slots=True)
class CallResultError:
    """2.1: the peer could not use our answer."""

    id: MessageId
    code: str
    description: str = ""
    details: Payload | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """2.1: a message that is never answered."""

    id: MessageId
    action: str
    payload: Payload


class Malformed(Exception):
    """A message that is no frame; `kind` and `id` are what could be read of it."""

    def __init__(self, kind: int, message_id: MessageId | None, code: str, description: str) -> None:
        super().__init__(description)
        self.kind = kind
        self.id = message_id
        self.code = code
        self.description = description


def decode(data: bytes | bytearray | str, version: Version) -> Frame:
    """Read one message; raises `Malformed`."""
    parts, deep = _parse(data)
    if not isinstance(parts, list) or not parts:
        raise Malformed(0, None, "RpcFrameworkError", "the message is not a JSON array")
    kind = _kind(parts[0])
    message_id = _message_id(parts[1] if len(parts) > 1 else None)
    if kind not in _READERS or (kind > CALLERROR and version != "2.1"):
        raise Malformed(kind, message_id, "MessageTypeNotSupported", "unknown message type")
    if message_id is None:
        raise Malformed(kind, None, "RpcFrameworkError", "the message id could not be read")
    if deep and not _shallow(parts):
        raise Malformed(kind, message_id, "FormatViolation", f"nested deeper than {MAX_DEPTH} levels")
    return _READERS[kind](message_id, parts)


def encode(frame: Frame, version: Version) -> bytes:
    """Write one message as UTF-8 JSON, error codes in the spelling of the version."""
    match frame:
        case CallResult(message_id, payload):
            return orjson.dumps([CALLRESULT, message_id, payload])
        case Call(message_id, action, payload):
            return orjson.dumps([CALL, message_id, action, payload])
        case Send(message_id, action, payload):
            return orjson.dumps([SEND, message_id, action, payload])
        case CallError(message_id, code, description, details):
            code = SPELLING_16.get(code, code) if version == "1.6" else code
            return orjson.dumps([CALLERROR, message_id, code, description[:MAX_DESCRIPTION], details or {}])
        case CallResultError(message_id, code, description, details):
            return orjson.dumps([CALLRESULTERROR, message_id, code, description[:MAX_DESCRIPTION], details or {}])


def _parse(data: bytes | bytearray | str) -> tuple[object, bool]:
    """Parse, repairing what can be repaired; also tell whether the nesting may be deep."""
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    try:
        return orjson.loads(data), data.count(b"[") + data.count(b"{") > MAX_DEPTH
    except orjson.JSONDecodeError:
        text = bytes(data).decode("utf-8", "replace")
    for repaired in mend(text):
        try:
            return orjson.loads(repaired), repaired.count("[") + repaired.count("{") > MAX_DEPTH
        except orjson.JSONDecodeError:
            continue
    kind, message_id = message_head(text)
    raise Malformed(kind, message_id, "FormatViolation", "the message is not valid JSON")


def _shallow(parts: list[object]) -> bool:
    level: list[object] = [parts]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node) if isinstance(child, dict | list)]
        if not level:
            return True
    return False


def _children(node: object) -> Iterable[object]:
    return node.values() if isinstance(node, dict) else cast(list[object], node)


def _kind(value: object) -> int:
    """Read the message type number; some stations send it as text."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value[:9])
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _message_id(value: object) -> MessageId | None:
    if isinstance(value, str):
        return value if 0 < len(value) <= MAX_ID else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _object(kind: int, message_id: MessageId, value: object) -> Payload:
    """Return the payload; nothing at all may be said as null (OCPP-J 1.6 - 4.2.1), and some say []."""
    if isinstance(value, dict):
        return value
    if not value:
        return {}
    raise Malformed(kind, message_id, "FormatViolation", "the payload is not a JSON object")


def _action(kind: int, message_id: MessageId, parts: list[Any]) -> str:
    if len(parts) > 2 and isinstance(parts[2], str) and parts[2]:
        return parts[2]
    raise Malformed(kind, message_id, "FormatViolation", "the action is not a text")


def _fourth(parts: list[Any]) -> object:
    return parts[3] if len(parts) > 3 else None


def _call(message_id: MessageId, parts: list[Any]) -> Frame:
    action = _action(CALL, message_id, parts)
    return Call(message_id, action, _object(CALL, message_id, _fourth(parts)))


def _send(message_id: MessageId, parts: list[Any]) -> Frame:
    action = _action(SEND, message_id, parts)
    return Send(message_id, action, _object(SEND, message_id, _fourth(parts)))


def _call_result(message_id: MessageId, parts: list[Any]) -> Frame:
    return CallResult(message_id, _object(CALLRESULT, message_id, parts[2] if len(parts) > 2 else None))


def _error(parts: list[Any]) -> tuple[str, str, Payload]:
    """Read the rest of an error; stations leave out or mistype any of the three."""
    code, description, details = [*parts[2:5], None, None, None][:3]
    return _text(code) or "GenericError", _text(description), details if isinstance(details, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value).decode()


def _call_error(message_id: MessageId, parts: list[Any]) -> Frame:
    return CallError(message_id, *_error(parts))


def _call_result_error(message_id: MessageId, parts: list[Any]) -> Frame:
    return CallResultError(message_id, *_error(parts))


_READERS: Final[dict[int, Callable[[MessageId, list[Any]], Frame]]] = {
    CALL: _call,
    CALLRESULT: _call_result,
    CALLERROR: _call_error,
    CALLRESULTERROR: _call_result_error,
    SEND: _send,
}
