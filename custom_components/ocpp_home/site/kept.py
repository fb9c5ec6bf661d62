"""What has been found out, for as long as one may go by it."""

from collections.abc import Awaitable, Callable


class Kept[T]:
    """Asks again when what is known is too old, or was the answer to another question."""

    def __init__(self, seconds: float) -> None:
        """Nothing is known; an answer is good for so many seconds."""
        self._seconds = seconds
        self._known: tuple[float, object, T] | None = None

    async def get(self, now: float, question: object, find: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question."""
        if self._known is not None:
            at, asked, answer = self._known
            if asked == question and 0 <= now - at < self._seconds:
                return answer
        found = await find()
        self._known = (now, question, found)
        return found
