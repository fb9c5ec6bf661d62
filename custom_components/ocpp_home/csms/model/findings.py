"""What a probe finds out about how a station takes limits."""

from dataclasses import asdict, dataclass

from .limit import MINIMUM
from .transaction import Json


@dataclass(frozen=True, slots=True)
class Findings:
    """What a probe has found out; None where the station does not tell."""

    purpose: str | None = None
    """The purpose of the profile that works; None where no way does, and then nothing else is known."""
    kind: str | None = None
    units: tuple[str, ...] = ()
    """Those that are not known to be refused or misunderstood."""
    stacks: bool | None = None
    """Whether it takes more than one level of profiles."""
    decimals: bool | None = None
    lowest: float | None = None
    """The lowest current with which it says that a car may charge (A), as far as that was tried."""
    pauses: bool | None = None
    """Whether it takes a limit of 0."""
    restarts: bool | None = None
    """Whether the car that was there charged again after a limit of 0; None where it did not stop for one."""
    phases: bool | None = None
    """Whether it can be told to charge with one phase."""
    ends: bool | None = None
    """Whether a limit ends by itself when it is told to."""
    tells: bool = False
    """Whether it tells its composite schedule; if not, little is certain."""
    latency: float | None = None
    """How long a limit takes to be answered (s), the median."""

    @property
    def flawless(self) -> bool:
        """Whether it does all that was tried; with how many phases it can charge is a matter of its kind."""
        tried = (self.stacks, self.decimals, self.pauses, self.restarts, self.ends)
        return self.tells and self.purpose is not None and self.lowest == MINIMUM and False not in tried

    def record(self, firmware: str) -> dict[str, Json]:
        """What is remembered: it holds for one firmware."""
        return {**asdict(self), "units": list(self.units), "firmware": firmware}

    @classmethod
    def recall(cls, record: Json, firmware: str) -> Findings | None:
        """What was remembered for a firmware; None where that is nothing, or cannot be read."""
        match record:
            case {"firmware": told, "units": [*units], "tells": bool(tells), **rest} if told == firmware:
                return cls(
                    purpose=_text(rest.get("purpose")),
                    kind=_text(rest.get("kind")),
                    units=tuple(map(str, units)),
                    stacks=_flag(rest.get("stacks")),
                    decimals=_flag(rest.get("decimals")),
                    lowest=_number(rest.get("lowest")),
                    pauses=_flag(rest.get("pauses")),
                    restarts=_flag(rest.get("restarts")),
                    phases=_flag(rest.get("phases")),
                    ends=_flag(rest.get("ends")),
                    tells=tells,
                    latency=_number(rest.get("latency")),
                )
        return None


def _text(told: object) -> str | None:
    return told if isinstance(told, str) else None


def _flag(told: object) -> bool | None:
    return told if isinstance(told, bool) else None


def _number(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) else None
