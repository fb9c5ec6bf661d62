"""What was learned about how a station takes limits; it holds for one firmware and outlives restarts."""

from collections.abc import Iterable, Mapping
from typing import Final

from ..model.station import Station
from ..model.transaction import Json
from .ways import Method

KEY: Final = "charging"


class Learned:
    """Which ways of setting a limit worked, which were seen to be kept, which purposes failed."""

    def __init__(self, station: Station) -> None:
        """Begin with what is remembered of `station`."""
        self._station = station
        self._firmware: str | None = None
        self._good: dict[str, Method] = {}
        self._proven: set[str] = set()
        self._bad: set[str] = set()
        self._restarts = False

    @property
    def restarts(self) -> bool:
        """Whether a car was seen to charge again by itself after a limit of 0."""
        self._load()
        return self._restarts

    def restarted(self) -> None:
        """Note that a car charges again after a limit of 0."""
        self._load()
        self._restarts = True
        self._keep()

    def order(self, ways: Iterable[Method]) -> list[Method]:
        """Ways to try: within each purpose what worked comes first, purposes that failed come last."""
        self._load()
        offered = list(ways)
        known = [
            self._good[purpose] for purpose in dict.fromkeys(way.purpose for way in offered) if purpose in self._good
        ]
        purposes = list(dict.fromkeys(way.purpose for way in offered))
        both = dict.fromkeys([*known, *offered])
        return sorted(both, key=lambda way: (way.purpose in self._bad, purposes.index(way.purpose)))

    def trusted(self, method: Method) -> bool:
        """Whether the way has worked before."""
        self._load()
        return self._good.get(method.purpose) == method

    def proven(self, method: Method) -> bool:
        """Whether the station was seen to keep to a limit set in this way."""
        return self.trusted(method) and method.purpose in self._proven

    def failed(self, purpose: str) -> bool:
        """Whether the purpose is known not to work."""
        self._load()
        return purpose in self._bad

    def works(self, method: Method, *, proven: bool = False) -> None:
        """Note that the station took a limit in this way, or was even seen to keep to it, which alone clears it."""
        if not self.trusted(method):
            self._proven.discard(method.purpose)
        self._good[method.purpose] = method
        if proven:
            self._bad.discard(method.purpose)
            self._proven.add(method.purpose)
        self._keep()

    def fails(self, purpose: str) -> None:
        """Note that limits of this purpose are refused or not kept to."""
        self._load()
        self._good.pop(purpose, None)
        self._proven.discard(purpose)
        self._bad.add(purpose)
        self._keep()

    def _load(self) -> None:
        firmware = self._station.identity.firmware
        if firmware == self._firmware:
            return
        self._firmware, self._good, self._proven, self._bad = firmware, {}, set(), set()
        self._restarts = False
        match self._station.ledger.recall(self._station.name, KEY):
            case {"firmware": known, "good": [*records], "proven": [*proven], "bad": [*bad], **rest} if (
                known == firmware
            ):
                methods = [method for record in records if (method := Method.recall(record))]
                self._good = {method.purpose: method for method in methods}
                self._proven, self._bad = {str(name) for name in proven}, {str(name) for name in bad}
                self._restarts = rest.get("restarts") is True

    def _keep(self) -> None:
        facts: Mapping[str, Json] = {
            "firmware": self._firmware,
            "good": [method.record() for method in self._good.values()],
            "proven": sorted(self._proven),
            "bad": sorted(self._bad),
            "restarts": self._restarts,
        }
        self._station.keep(KEY, facts)
