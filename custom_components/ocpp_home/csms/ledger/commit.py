"""Group commit: what is added while the thread commits goes into the next batch, so many answers wait for one fsync."""

from asyncio import Future, TimerHandle, get_running_loop, wait
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ..model.errors import LedgerFailed
from .notes import Notes
from .rows import Write
from .store import Replaced, SetAside, Store

LONGEST: Final = 10_000
"""Writes that may wait; whoever comes then is refused at once."""

type Tell = Callable[[str | None], None]


@dataclass(slots=True)
class Batch:
    """Writes that become durable together, how each is undone in memory, and who waits for them."""

    writes: list[Write] = field(default_factory=list)
    undo: list[Callable[[], None]] = field(default_factory=list)
    keys: set[int] = field(default_factory=set)
    waiting: list[Future[None]] = field(default_factory=list)

    def revoke(self) -> None:
        """Put memory back to what it was before this batch."""
        for undo in reversed(self.undo):
            undo()

    def answer(self, failure: str | None) -> None:
        """Tell everybody who still waits."""
        for future in self.waiting:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(LedgerFailed(failure))
                future.exception()  # so that asyncio does not log it when the one who waited has gone


class GroupCommit:
    """The open batch, the one being committed, and the state of affairs."""

    def __init__(self, store: Store, notes: Notes, tell: Tell) -> None:
        """`tell` hears why writing fails, once, and None when it works again."""
        self.on_committed: Callable[[], None] = lambda: None
        """Hears that a batch is durable."""
        self.on_replaced: Callable[[SetAside], None] = lambda set_aside: None
        """Hears that the file was replaced by an empty one; what memory holds is to be added anew."""
        self.trouble: str | None = None
        self.closed = False
        self._store = store
        self._notes = notes
        self._tell = tell
        self._loop = get_running_loop()
        self._open = Batch()
        self._running: Batch | None = None
        self._thread: Future[None] | None = None
        self._asked = False
        self._timer: TimerHandle | None = None

    def add(self, writes: Sequence[Write], key: int, undo: Callable[[], None] | None = None) -> None:
        """Add writes about a transaction to the open batch, or raise LedgerFailed; change memory only after it."""
        if self.closed:
            raise LedgerFailed("the ledger is closed")
        if len(self._open.writes) >= LONGEST:
            raise LedgerFailed("too much waits to be written")
        if not self._open.writes:
            self._loop.call_soon(self._flush)
        self._open.writes.extend(writes)
        self._open.keys.add(key)
        if undo is not None:
            self._open.undo.append(undo)
        self.ask()

    def ask(self) -> None:
        """Let the next `commit()` wait for all that is not durable, even when nothing had to be added."""
        self._asked = True

    def pending(self, key: int | None) -> bool:
        """Whether something about a transaction is not durable yet."""
        return key in self._open.keys or (self._running is not None and key in self._running.keys)

    def commit(self) -> Future[None] | None:
        """A future of the caller's own for what was added or asked for since the last call, None when nothing waits."""
        asked, self._asked = self._asked, False
        batch = self._open if self._open.writes else self._running
        if not asked or batch is None or not batch.writes:
            return None
        future: Future[None] = self._loop.create_future()
        batch.waiting.append(future)
        return future

    def note(self) -> None:
        """Write the notes before long."""
        if not self.closed:
            self._wake(self._store.terms.leisure)

    async def close(self) -> None:
        """Write what waits, as far as it can be written, and take nothing more."""
        self.closed = True
        for _ in ("what runs", "what waits"):
            self._flush()
            if self._thread is not None:
                await wait([self._thread])
        if self._timer is not None:
            self._timer.cancel()

    def _wake(self, delay: float) -> None:
        if self._timer is None or self._timer.when() > self._loop.time() + delay:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._flush(idle=True)

    def _flush(self, *, idle: bool = False) -> None:
        """Hand what waits to the thread, if that is free; `idle` also tries a ledger in trouble with nothing at all."""
        wanted = self._open.writes or self._notes.waiting or (idle and self.trouble is not None)
        if self._running is not None or not wanted:
            return
        self._running, self._open = self._open, Batch()
        writes = [*self._running.writes, *self._notes.take()]
        self._thread = self._loop.run_in_executor(self._store.thread, self._store.write, writes)
        self._thread.add_done_callback(partial(self._done, self._running))

    def _done(self, batch: Batch, thread: Future[None]) -> None:
        error = thread.exception()
        self._running = self._thread = None
        if error is None:
            self._notes.settle()
            batch.answer(None)
            self.on_committed()
            self.report(self._store.shortage)
            if self._notes.waiting:
                self.note()
        else:
            self._fail(batch, error)
        if self._open.writes:
            self._flush()

    def _fail(self, batch: Batch, error: BaseException) -> None:
        """What waits was built upon what failed, so it fails as well."""
        later, self._open = self._open, Batch()
        later.revoke()
        batch.revoke()
        self._notes.give_back()
        batch.answer(str(error))
        later.answer(str(error))
        if isinstance(error, Replaced):
            self.on_replaced(error.set_aside)
        self.report(str(error))

    def report(self, trouble: str | None) -> None:
        """Tell what troubles the ledger, or that nothing does, when that is news."""
        if trouble is not None and not self.closed:
            self._wake(self._store.terms.retry)
        if trouble != self.trouble:
            self.trouble = trouble
            self._tell(trouble)
