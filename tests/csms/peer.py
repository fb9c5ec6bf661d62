"""A station at the far end of a real session: it says what it is told to say, and remembers what it was asked."""

import asyncio
from collections.abc import Callable
import json
from typing import Any

from custom_components.ocpp_home.csms.wire import schema
from custom_components.ocpp_home.csms.wire.door import Request
from custom_components.ocpp_home.csms.wire.frame import Version
from custom_components.ocpp_home.csms.wire.liveness import Liveness
from custom_components.ocpp_home.csms.wire.replay import Answers
from custom_components.ocpp_home.csms.wire.session import Session

type Payload = dict[str, Any]


class Rejection(Exception):
    """Makes a peer answer with a CALLERROR."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code, self.description = code, description


type Answer = Payload | Rejection | Callable[[Payload], Payload | Rejection | None] | None


class Peer:
    """The line below a session, and the station behind it; an answer that is None never comes.

    A peer of OCPP 2.x keeps to the schemas itself, unless what it says is `odd`.
    """

    def __init__(self, name: str = "CP1", version: Version = "1.6") -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, Payload]] = []
        self.heard: dict[str, list[Any]] = {}
        """What came for our calls, by id: the parts of the frame."""
        self.closed_with: tuple[int, str] | None = None
        loop = asyncio.get_running_loop()
        request = Request(method="GET", target=f"/{name}", segments=(name,), identity=name, headers={}, offers=())
        self.session = Session(request, version, self, Answers(loop.time), Liveness(loop.time(), None))

    def actions(self) -> list[str]:
        """The names of what was asked."""
        return [action for action, _ in self.asked]

    def told(self, action: str) -> list[Payload]:
        """What was asked with this action."""
        return [payload for asked, payload in self.asked if asked == action]

    async def says(self, action: str, payload: Payload, message_id: str = "", *, odd: bool = False) -> list[Any]:
        """Send a request of the station and return the whole answer."""
        self._check(action, payload, "request", odd)
        message_id = message_id or f"m{len(self.heard)}"
        self.heard.pop(message_id, None)
        self.session.received(json.dumps([2, message_id, action, payload]).encode())
        async with asyncio.timeout(5):
            while message_id not in self.heard:
                await asyncio.sleep(0.001)
        return self.heard[message_id]

    def tells(self, action: str, payload: Payload) -> None:
        """Send a message that is never answered (OCPP 2.1: SEND)."""
        self._check(action, payload, "request")
        self.session.received(json.dumps([6, "s1", action, payload]).encode())

    def send(self, text: bytes) -> None:
        """Take a message of the central system."""
        frame = json.loads(text)
        if frame[0] != 2:
            self.heard[frame[1]] = frame
            return
        _, message_id, action, payload = frame
        self.asked.append((action, payload))
        answer = self.answers.get(action, Rejection("NotImplemented"))
        if callable(answer):
            answer = answer(payload)
        if isinstance(answer, Rejection):
            reply = [4, message_id, answer.code, answer.description, {}]
        elif answer is None:
            return
        else:
            self._check(action, answer, "response")
            reply = [3, message_id, answer]
        asyncio.get_running_loop().call_soon(self.session.received, json.dumps(reply).encode())

    def _check(self, action: str, payload: Payload, kind: schema.Kind, odd: bool = False) -> None:
        if self.session.version != "1.6" and not odd:
            schema.check(self.session.version, action, payload, kind)

    def ping(self) -> None:
        """Take a ping."""

    def close(self, code: int, reason: str) -> None:
        """Take the closing handshake."""
        self.closed_with = code, reason

    def abort(self) -> None:
        """Take the end of the connection."""
        self.closed_with = 1006, ""
