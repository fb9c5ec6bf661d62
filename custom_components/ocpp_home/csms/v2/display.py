"""Messages on the display of a station (OCPP 2.0.1 ed. 3 - O01 to O06)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text, whole
from ..dialogue.files import request_id
from ..model.blocks import DisplayMessage
from ..model.station import Station
from ..wire.frame import Payload
from . import parts


def notify_display_messages(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a part of the messages (O03.FR.04)."""
    parts.take(station, payload)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"NotifyDisplayMessages": notify_display_messages}


class Displays(Block):
    """The display of one station."""

    async def show(self, message: DisplayMessage) -> None:
        """Show a message, or change the one of this id (O06.FR.01); raises Refused with the station's word."""
        consent(await self._call("SetDisplayMessage", {"message": _info(message)}))

    async def shown(
        self, ids: Sequence[int] = (), *, priority: str | None = None, state: str | None = None
    ) -> list[DisplayMessage]:
        """The messages that match; none where the station knows none (O03.FR.06, O04.FR.02)."""
        number = request_id(self._station)
        wanted = {"id": [*ids] or None, "priority": priority, "state": state}
        request: Payload = {"requestId": number} | {name: value for name, value in wanted.items() if value is not None}
        with self._station.reports.expect(number) as report:
            status = consent(await self._call("GetDisplayMessages", request), "Accepted", "Unknown")
            told = await report.whole(parts.PATIENCE) if status == "Accepted" else []
        return [_message(info) for part in told for info in parts.documents(part, "messageInfo")]

    async def clear(self, message: int) -> None:
        """Take a message away; raises Refused (`Unknown`) where there is none of this id (O05.FR.02)."""
        consent(await self._call("ClearDisplayMessage", {"id": message}))


def _info(message: DisplayMessage) -> Payload:
    content: Payload = {"format": message.format, "content": message.text}
    if message.language is not None:
        content["language"] = message.language
    info: Payload = {"id": message.id, "priority": message.priority, "message": content}
    times = {"startDateTime": message.begin, "endDateTime": message.end}
    words = {"state": message.state, "transactionId": message.transaction}
    info |= {name: clock.stamp(at) for name, at in times.items() if at is not None}
    return info | {name: word for name, word in words.items() if word is not None}


def _message(info: Payload) -> DisplayMessage:
    content = info.get("message")
    content = content if isinstance(content, dict) else {}
    return DisplayMessage(
        id=whole(info, "id") or 0,
        text=text(content, "content", 1024),
        priority=text(info, "priority", 20),
        format=text(content, "format", 20),
        language=text(content, "language", 8) or None,
        state=text(info, "state", 20) or None,
        begin=clock.parse(info.get("startDateTime")),
        end=clock.parse(info.get("endDateTime")),
        transaction=text(info, "transactionId", 36) or None,
    )
