"""What is remembered of a station, and the messages nobody understood: kept at leisure, with the next commit."""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
import json
from typing import Final

from ..model.transaction import Json
from .rows import Row, Write, microseconds, plain

ODDITIES: Final = 200
"""How many messages that were not understood are kept of a station."""
LONGEST: Final = 1 << 16
"""Characters of such a message; no message of OCPP 1.6 is longer, what is longer is cut."""

MENTIONING: Final = "moments"
"""The fact that holds messages of a station, tokens and all."""

FORGET: Final = "DELETE FROM facts WHERE station = ? AND name = ?"
KEEP: Final = (
    "INSERT INTO facts (station, name, value) VALUES (?, ?, ?) "
    "ON CONFLICT (station, name) DO UPDATE SET value = excluded.value"
)
QUARANTINE: Final = "INSERT INTO oddities (station, kind, raw, reason, at) VALUES (?, ?, ?, ?, ?)"
BOUND: Final = (
    "DELETE FROM oddities WHERE station = ? AND key <= "
    "(SELECT key FROM oddities WHERE station = ? ORDER BY key DESC LIMIT 1 OFFSET ?)"
)

type Name = tuple[str, str]


class Notes:
    """Facts in memory and the writes that make them and the oddities durable; a failed write is tried again."""

    def __init__(self, stored: Iterable[Row]) -> None:
        """Begin with rows of (station, name, value)."""
        self._facts: dict[Name, str] = {
            (str(station), str(name)): str(value) for station, name, value in stored if _is_json(str(value))
        }
        self._changed: dict[Name, None] = {}
        self._oddities: deque[Row] = deque(maxlen=ODDITIES)
        self._taken: tuple[dict[Name, None], deque[Row]] | None = None

    @property
    def waiting(self) -> bool:
        """Whether there is something to write."""
        return bool(self._changed or self._oddities)

    def recall(self, station: str, name: str) -> Json:
        """A fact, or None; the caller may do with it as he likes."""
        value = self._facts.get((station, name))
        fact: Json = None if value is None else json.loads(value)
        return fact

    def remember(self, station: str, name: str, value: Json) -> bool:
        """Take a fact over (None forgets it); tell whether it is new."""
        text = None if value is None else json.dumps(value)
        if self._facts.get((station, name)) == text:
            return False
        if text is None:
            del self._facts[station, name]
        else:
            self._facts[station, name] = text
        self._changed[station, name] = None
        return True

    def quarantine(self, station: str, kind: str, raw: str, reason: str) -> None:
        """Keep a message that was not understood."""
        at = microseconds(datetime.now(UTC))
        self._oddities.append((plain(station), plain(kind), plain(raw[:LONGEST]), plain(reason[:LONGEST]), at))

    def forget(self, station: str) -> None:
        """Forget all of a station."""
        for name in [name for name in self._facts if name[0] == station]:
            self.remember(*name, None)

    def forget_words(self, words: Iterable[str]) -> None:
        """Forget the messages that are remembered (MENTIONING) with one of these words in them."""
        parts = [json.dumps(word)[1:-1] for word in words]
        for name, value in list(self._facts.items()):
            if name[1] == MENTIONING and any(part in value for part in parts):
                self.remember(*name, None)

    def take(self) -> list[Write]:
        """The writes that wait; `settle` or `give_back` tells what became of them."""
        changed, oddities = self._changed, self._oddities
        self._taken = changed, oddities
        self._changed, self._oddities = {}, deque(maxlen=ODDITIES)
        kept: list[Row] = [(*map(plain, name), self._facts[name]) for name in changed if name in self._facts]
        gone: list[Row] = [tuple(map(plain, name)) for name in changed if name not in self._facts]
        bounds: list[Row] = [(station, station, ODDITIES) for station in {row[0] for row in oddities}]
        return [(FORGET, gone), (KEEP, kept), (QUARANTINE, list(oddities)), (BOUND, bounds)]

    def settle(self) -> None:
        """What was taken is durable."""
        self._taken = None

    def give_back(self) -> None:
        """What was taken was not written and waits again."""
        if self._taken is not None:
            changed, oddities = self._taken
            self._changed = changed | self._changed
            self._oddities = deque([*oddities, *self._oddities], maxlen=ODDITIES)
            self._taken = None

    def begin_anew(self) -> None:
        """All facts wait to be written, for the file is a fresh one."""
        self._changed = dict.fromkeys(self._facts)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
