"""Logs (OCPP 1.6 ed. 2 - 4.4, 5.9; security whitepaper ed. 3 - N01)."""

from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text
from ..dialogue.files import attempts, location, request_id, span
from ..dialogue.progress import log_status_notification
from ..model.commands import Transfer
from ..model.errors import Refused, Unsupported
from ..wire.frame import Payload

DIAGNOSTICS: Final = "DiagnosticsLog"


REQUESTS: Final[dict[str, Handler]] = {
    "DiagnosticsStatusNotification": log_status_notification,
    "LogStatusNotification": log_status_notification,
}


class Diagnostics(Block):
    """The logs of one station."""

    async def upload(self, target: Transfer, log: str = DIAGNOSTICS) -> str | None:
        """Ask for an upload; gives the file's name, None where there is nothing to upload or it is not told."""
        where = location(self._station, target.location)
        if log != DIAGNOSTICS:
            return await self._log(where, target, log)
        commands = self._station.commands
        if commands is None or "GetLog" not in commands.unsupported:
            try:
                return await self._log(where, target, log)
            except Unsupported:
                pass
            except Refused as refusal:
                if refusal.status == "Rejected":
                    raise
        return await self._diagnostics(where, target)

    async def _log(self, where: str, target: Transfer, log: str) -> str | None:
        log_span = {"remoteLocation": where} | span(target, "oldestTimestamp", "latestTimestamp")
        request: Payload = {"logType": log, "requestId": request_id(self._station), "log": log_span}
        answer = await self._call("GetLog", request | attempts(target))
        consent(answer, "Accepted", "AcceptedCanceled")
        return text(answer, "filename") or None

    async def _diagnostics(self, where: str, target: Transfer) -> str | None:
        request = {"location": where} | span(target, "startTime", "stopTime") | attempts(target)
        return text(await self._call("GetDiagnostics", request), "fileName") or None
