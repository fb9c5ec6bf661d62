"""A peer that answers a question with a report in parts."""

from asyncio import Task, create_task

from tests.csms.peer import Payload, Peer


class Telling:
    """Says yes to a question, and then what it was asked for, part by part."""

    def __init__(self, peer: Peer, question: str, report: str, *parts: Payload) -> None:
        self._peer, self._report, self._parts = peer, report, parts
        self.done: Task[None]
        peer.answers[question] = self._answer

    def _answer(self, request: Payload) -> Payload:
        self.done = create_task(self._tell(request["requestId"]))
        return {"status": "Accepted"}

    async def _tell(self, number: int) -> None:
        for place, part in enumerate(self._parts):
            more = {"tbc": True} if place + 1 < len(self._parts) else {}
            assert (await self._peer.says(self._report, {"requestId": number} | part | more))[2] == {}
