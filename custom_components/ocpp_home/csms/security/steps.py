"""The steps of an ascent, why one ends, how long each may take, and who keeps the door meanwhile."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from .proof import Profile
from .rotation import Keeper

REASONS: Final = frozenset(
    {
        "offline",
        "charging",
        "not_better",
        "no_profiles",
        "no_certificates",
        "no_slot",
        "unanswered",
        "root_refused",
        "root_missing",
        "password_refused",
        "organisation_refused",
        "certificate_not_asked_for",
        "certificate_not_signed",
        "certificate_refused",
        "switch_refused",
        "stayed",
        "came_back",
        "away",
        "not_called",
    }
)
"""Why a station did not get there."""


class Step(StrEnum):
    """What is being done."""

    LOOK = "look"
    ROOTS = "roots"
    PASSWORD = "password"
    CERTIFICATE = "certificate"
    SWITCH = "switch"
    RETURN = "return"


class Fall(Exception):
    """The station did not get there: why (a word of `REASONS`), in its own words, and at which step.

    Only after `away` it is not known where the station is; it is let in by both profiles then.
    """

    def __init__(self, reason: str, words: str = "", step: Step = Step.LOOK) -> None:
        super().__init__(f"{reason}: {words}" if words else reason)
        self.reason = reason
        self.words = words
        self.step = step


class Doorkeeper(Keeper, Protocol):
    """Who lets the station in. What is asked of it is on disk when a method returns, and holds after a restart."""

    @property
    def profile(self) -> Profile:
        """By which profile the station is let in."""

    @property
    def issued(self) -> frozenset[int]:
        """The numbers of the certificates that have been signed for the station."""

    async def open(self, profile: Profile, undo: str | None) -> None:
        """Let it in by another profile too; `undo` is for `step_back` when it comes back by the old one."""

    async def close(self, profile: Profile) -> None:
        """Let it in by this profile, and no other any more."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a station has."""

    settle: float = 3.0
    """to leave because of a new password"""
    link: float = 90.0
    """to come back after that"""
    linger: float = 45.0
    """to leave because of another profile, before it is restarted"""
    back: float = 600.0
    """to come back by another profile, or by the old one"""
    grace: float = 20.0
    """to try the other profile once more, after it came back by the old one"""
    certificate: float = 120.0
    """to ask for a certificate and be given one"""
    again: float = 3.0
    """until it is asked again whether it has it"""
