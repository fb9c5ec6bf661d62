"""Where the phases of an EVSE lead, as far as it has been seen; it outlives a restart."""

from ..csms.control.rotation import ORDERS, Order, Rotation, Sight
from ..csms.control.terms import Lines
from ..csms.model.station import Station


class Phasing:
    """Looks which lines of the house move with one EVSE."""

    def __init__(self, station: Station, evse: int) -> None:
        """Take up what was seen before."""
        self._station = station
        self._name = f"phasing/{evse}"
        self._rotation = _known(station.ledger.recall(station.name, self._name))

    @property
    def order(self) -> Order | None:
        """The lines of the house to which its phases lead, None while that is open."""
        return self._rotation.order

    def note(self, now: float, drawn: Lines | None, lines: Lines | None) -> None:
        """Hear what it draws by a new reading (A, None: there is none), and what the lines of the house carry (A)."""
        if drawn is None or lines is None:
            return
        said = self._rotation.against
        self._rotation = self._rotation.seen(Sight(now, drawn, lines))
        if self._rotation.against != said:
            self._station.keep(self._name, [round(self._rotation.against[order], 2) for order in ORDERS])


def _known(told: object) -> Rotation:
    """What was remembered; what cannot be understood is forgotten."""
    if not isinstance(told, list) or len(told) != len(ORDERS):
        return Rotation()
    said = [float(amps) for amps in told if isinstance(amps, int | float)]
    return Rotation.of(said) if len(said) == len(ORDERS) else Rotation()
