"""TriggerMessage (OCPP 1.6 ed. 2 - 5.17)."""

from typing import Final

from ..dialogue.call import Block, Handler, consent, quirks_of
from ..model.errors import Invalid, Refused, Unanswered, Unsupported
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}

EXTENDED: Final = frozenset({"LogStatusNotification", "SignChargePointCertificate"})
"""What only ExtendedTriggerMessage can ask for (OCPP 1.6 security whitepaper ed. 3 - 6.16)."""
OF_CONNECTORS: Final = frozenset({"MeterValues", "StatusNotification"})
REFRESHED: Final = ("StatusNotification", "MeterValues")


class Trigger(Block):
    """Asks one station to say something it would say anyway."""

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Ask for a message by its name; where it is refused for all connectors, each is asked by itself."""
        if message in quirks_of(self._station).untriggered:
            raise Invalid(f"{message} is never asked of this station: it would go silent")
        try:
            await self._ask(message, evse or None)  # 6.51: connectorId > 0
        except Refused:
            if evse or message not in OF_CONNECTORS or not self._station.evses:
                raise
            for number in self._station.evses:
                await self._ask(message, number)

    async def refresh(self) -> None:
        """Ask for status and meter values of everything; a station that will not say one may say the other."""
        refused: list[Refused | Unsupported | Unanswered] = []
        for message in REFRESHED:
            try:
                await self.trigger(message)
            except Unsupported as error:
                if "TriggerMessage" in self._unsupported:
                    raise
                refused.append(error)
            except (Refused, Unanswered) as error:
                refused.append(error)
        if len(refused) == len(REFRESHED):
            raise refused[0]

    @property
    def _unsupported(self) -> set[str]:
        return self._station.commands.unsupported if self._station.commands is not None else set()

    async def _ask(self, message: str, evse: int | None) -> None:
        request: Payload = {"requestedMessage": message}
        if evse is not None:
            request["connectorId"] = evse
        answer = await self._call("ExtendedTriggerMessage" if message in EXTENDED else "TriggerMessage", request)
        if answer.get("status") == "NotImplemented":
            raise Unsupported(f"NotImplemented: {message}")
        consent(answer)
