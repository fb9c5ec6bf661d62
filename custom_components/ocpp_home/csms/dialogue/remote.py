"""What is commanded alike in every version: the cache, a vendor's own messages, and any request as it is."""

from datetime import UTC, datetime

from ..model.commands import Document
from ..model.errors import Refused, Unsupported
from . import transfer as transfers
from .call import Block, consent, quirks_of


class Controls(Block):
    """The remote control of one station, as far as all versions agree."""

    async def clear_cache(self) -> None:
        """Make the station forget who was authorized before."""
        consent(await self._call("ClearCache"))

    async def transfer(self, vendor: str, message: str | None = None, data: str | None = None) -> str | None:
        """Send a vendor's own message; gives the data of the answer."""
        return await transfers.transfer(self._call, vendor, message, data)

    async def call(self, action: str, payload: Document) -> Document:
        """Send any request as it is and give the whole answer."""
        return await self._call(action, dict(payload))

    def startable(self, evse: int | None) -> None:
        """Raise Refused while the station needs a rest between two transactions."""
        wait = self._station.rest(evse, quirks_of(self._station).restart_pause, datetime.now(UTC))
        if wait > 0:
            raise Refused("Busy", f"this station needs {wait:.0f} more seconds between two transactions")

    def switchable(self) -> None:
        """Raise Unsupported for a station that does not survive a change of its availability."""
        if quirks_of(self._station).refuses_availability:
            raise Unsupported("this station breaks when its availability is changed")
