"""GetTransactionStatus (OCPP 2.0.1 ed. 3 - E14)."""

from dataclasses import dataclass

from ..dialogue.call import Caller


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a station is with a transaction, or with all (E14); None where it does not tell."""

    ongoing: bool | None
    queued: bool | None
    """Whether something of it has not been told yet."""

    @property
    def over(self) -> bool:
        """Whether it has ended and nothing of it will be told any more (E14.FR.01, E14.FR.03, E14.FR.05)."""
        return self.ongoing is False and self.queued is False


async def progress(call: Caller, transaction: str | None = None) -> Progress:
    """Ask how far the station is with a transaction; without one, whether it has anything to tell of any."""
    answer = await call("GetTransactionStatus", {} if transaction is None else {"transactionId": transaction})
    told = (answer.get("ongoingIndicator"), answer.get("messagesInQueue"))
    ongoing, queued = (word if isinstance(word, bool) else None for word in told)
    return Progress(ongoing, queued)
