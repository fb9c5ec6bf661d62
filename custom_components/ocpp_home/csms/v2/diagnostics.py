"""Logs (OCPP 2.0.1 ed. 3 - N01)."""

from typing import Final
from urllib.parse import urlsplit

from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text
from ..dialogue.files import attempts, location, request_id, span
from ..dialogue.progress import log_status_notification
from ..model.commands import Transfer
from ..model.errors import Invalid
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {"LogStatusNotification": log_status_notification}


class Diagnostics(Block):
    """The logs of one station."""

    async def upload(self, target: Transfer, log: str = "DiagnosticsLog") -> str | None:
        """Ask for an upload of a DiagnosticsLog, SecurityLog or (2.1) DataCollectorLog; gives the file's name if told.

        N01.FR.27, N01.FR.28 (2.1): the place has no fragment, and no query that ends with a slash.
        """
        place = location(self._station, target.location)
        parts = urlsplit(place)
        if parts.fragment or parts.query.endswith("/"):
            raise Invalid("a log is not sent to a place with a fragment or with a query that ends with a slash")
        request: Payload = {
            "logType": log,
            "requestId": request_id(self._station),
            "log": {"remoteLocation": place} | span(target, "oldestTimestamp", "latestTimestamp"),
        }
        answer = await self._call("GetLog", request | attempts(target))
        consent(answer, "Accepted", "AcceptedCanceled")
        return text(answer, "filename") or None
