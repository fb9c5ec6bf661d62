"""How often somebody may try to prove who he is: few times, without end, and never at another's expense."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

REMEMBERED: Final = 1024
"""So many addresses, and so many identities, are kept an eye on; who came longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, then one every so many seconds."""

    burst: int
    every: float


ATTEMPTS: Final = Rate(10, 10.0)
"""How often one address, or all addresses for one identity, may fail to prove who they are."""
NEWS: Final = Rate(1, 900.0)
"""How often somebody hears of the same."""


class Buckets:
    """For each key a bucket of tokens that fills again with time; memory is bounded."""

    def __init__(self, rate: Rate, clock: Callable[[], float], remembered: int = REMEMBERED) -> None:
        """Begin with full buckets; `clock` tells seconds that never go back."""
        self._rate = rate
        self._clock = clock
        self._remembered = remembered
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._levels)

    def empty(self, key: str) -> bool:
        """Whether there is no token left."""
        return self._level(key) < 1.0

    def take(self, key: str) -> bool:
        """Take a token; tells whether there was one."""
        level = self._level(key)
        self._levels[key] = (max(level - 1.0, 0.0), self._clock())
        self._levels.move_to_end(key)
        if len(self._levels) > self._remembered:
            self._levels.popitem(last=False)
        return level >= 1.0

    def fill(self, key: str) -> None:
        """Forget what was taken."""
        self._levels.pop(key, None)

    def _level(self, key: str) -> float:
        level, at = self._levels.get(key, (float(self._rate.burst), self._clock()))
        return min(level + (self._clock() - at) / self._rate.every, float(self._rate.burst))


class Attempts:
    """Who has failed too often of late, by address and by identity.

    The address from which an identity was proved last has a bucket for that identity alone: what others fail, there or
    elsewhere, never keeps the real station out.
    """

    def __init__(self, clock: Callable[[], float], rate: Rate = ATTEMPTS) -> None:
        """Begin with nobody."""
        self._addresses = Buckets(rate, clock)
        self._identities = Buckets(rate, clock)
        self._homes = Buckets(rate, clock)
        self._usual: OrderedDict[str, str] = OrderedDict()

    def settle(self, identity: str, address: str) -> None:
        """Note that an identity was proved from an address; what failed there is forgotten."""
        self._usual[identity] = _place(address)
        self._usual.move_to_end(identity)
        if len(self._usual) > REMEMBERED:
            self._usual.popitem(last=False)
        self._homes.fill(identity)

    def exhausted(self, identity: str, address: str) -> bool:
        """Whether nobody looks any more at what comes from there under that identity."""
        place = _place(address)
        if self._usual.get(identity) == place:
            return self._homes.empty(identity)
        return self._addresses.empty(place) or self._identities.empty(identity)

    def failed(self, identity: str, address: str) -> None:
        """Count a failure."""
        place = _place(address)
        if self._usual.get(identity) == place:
            self._homes.take(identity)
        else:
            self._addresses.take(place)
            self._identities.take(identity)

    @property
    def remembered(self) -> int:
        """How many entries are kept in memory."""
        return len(self._addresses) + len(self._identities) + len(self._homes) + len(self._usual)


def _place(address: str) -> str:
    """Whom an address stands for: of IPv6 the /64, of which one machine has as many addresses as it wants."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
