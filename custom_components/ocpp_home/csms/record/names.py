"""What the owner calls the places where charging happens; the records themselves keep what stations call themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Names:
    """Names of stations by their casefolded identity, and of their EVSEs by that and the number."""

    stations: Mapping[str, str] = field(default_factory=dict)
    evses: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def station(self, identity: str) -> str:
        """The name of a station; its identity where it has none, or is no longer there."""
        return self.stations.get(identity.casefold()) or identity

    def evse(self, identity: str, number: int) -> str:
        """The name of an EVSE, empty where it has none."""
        return self.evses.get((identity.casefold(), number), "")

    def full(self, identity: str) -> str:
        """The name of a station with its identity, so that stations of the same name are told apart."""
        name = self.station(identity)
        return name if name == identity else f"{name} ({identity})"

    def place(self, identity: str, number: int) -> str:
        """Where something was charged: the station, and the EVSE by name or number."""
        return f"{self.station(identity)} · {self.evse(identity, number) or number}"


NAMELESS: Final = Names()
"""Nothing has a name."""
