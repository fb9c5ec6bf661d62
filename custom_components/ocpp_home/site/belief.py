"""How full a car is: as it was told last, and what it has got since. Cars tell it late, and stations once."""


class Belief:
    """What is believed of one car while it is at one EVSE."""

    def __init__(self) -> None:
        """Nothing has been told."""
        self._told: float | None = None
        self._got = 0.0
        self._charged = 0.0

    def note(self, told: float | None, charged: float) -> None:
        """Take in the level (%) that is told now, if one is, and what was charged in this session (Wh at the wall)."""
        self._got += charged - self._charged if charged >= self._charged else charged
        self._charged = charged
        if told is not None and told != self._told:
            self._told, self._got = told, 0.0

    def level(self, part: float) -> float | None:
        """How full it is (%), where each Wh at the wall fills that part of it."""
        return None if self._told is None else min(self._told + 100.0 * part * self._got, 100.0)
