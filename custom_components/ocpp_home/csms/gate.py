"""The gate: what is asked of each station, who shows it, and who hears of it when somebody does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
import time
from typing import Final

from .security.attempts import NEWS, Attempts, Buckets
from .security.password import Hashed
from .security.proof import Presented, Profile, Proof, Standing, judge
from .wire.door import Request

NOTHING: Final = Standing()
"""What is asked of a station whose owner asks for nothing."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Somebody was turned away: who he said he was, from where he came, and why, a word of `OBJECTIONS`."""

    name: str
    address: str
    objection: str
    profile: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a request: the HTTP status, 101 with what it has proved."""

    status: int
    proof: Proof


class Gate:
    """Judges who dials in, by casefolded identity."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask nothing of anybody yet."""
        self.on_intruder: Callable[[Rejection], None] | None = None
        """Hears of who is turned away, of each identity at most once in `NEWS.every` seconds."""
        self.on_arrived: Callable[[str, tuple[Hashed, ...]], None] | None = None
        """Hears that a station shows a password that was on its way to it, and which are needed from now on."""
        self.attempts = Attempts(clock)
        self._news = Buckets(NEWS, clock)
        self._standings: dict[str, Standing] = {}

    def require(self, key: str, standing: Standing) -> None:
        """Ask this of a station from now on."""
        self._standings[key] = standing

    def forget(self, key: str) -> None:
        """Ask nothing of a station that is gone."""
        self._standings.pop(key, None)

    def standing(self, key: str) -> Standing:
        """What is asked of a station."""
        return self._standings.get(key, NOTHING)

    def judge(self, request: Request, serial: str, now: datetime) -> Verdict:
        """Decide about a request; `serial` is the number of the station, where nobody has laid down another.

        Who fails too often is not looked at any more (429), but for what could not be guessed: so a right password that
        was generated, or shown before, is always let in.
        """
        key = request.identity.casefold()
        standing = self.standing(key)
        exhausted = self.attempts.exhausted(key, request.peer)
        if exhausted and _guessable(standing, request.password):
            return Verdict(429, Proof(objection="too_often"))
        proof = self.prove(request, serial, now)
        if proof.profile is None:
            self.attempts.failed(key, request.peer)
            self.report(Rejection(request.identity, request.peer, proof.objection, standing.profile, now))
            return Verdict(429 if exhausted else 401, proof)
        if proof.profile is not Profile.NONE:
            self.attempts.settle(key, request.peer)
        self._arrive(key, standing, proof)
        return Verdict(101, proof)

    def prove(self, request: Request, serial: str, now: datetime) -> Proof:
        """What a request proves by what is asked now; nobody hears of it."""
        standing = self.standing(request.identity.casefold())
        if not standing.serial:
            standing = replace(standing, serial=serial)
        return judge(standing, presented(request), request.identity, now)

    def report(self, rejection: Rejection) -> None:
        """Tell of somebody who was turned away, unless it was told a moment ago."""
        if self._news.take(rejection.name.casefold()) and self.on_intruder is not None:
            self.on_intruder(rejection)

    def _arrive(self, key: str, standing: Standing, proof: Proof) -> None:
        """Note that the station has a newer password; while it shows an older one those after it are needed too."""
        if proof.password is None or proof.password is standing.passwords[0] or self.on_arrived is None:
            return
        newer = next(at for at, password in enumerate(standing.passwords) if password is proof.password)
        self.on_arrived(key, standing.passwords[newer:])


def _guessable(standing: Standing, password: bytes | None) -> bool:
    """Whether looking at a password would be worth something to somebody who guesses."""
    if {standing.profile, standing.coming}.isdisjoint({Profile.BASIC, Profile.TLS}):
        return False
    known = any(hashed.knows(password or b"") for hashed in standing.passwords)
    return not known and not all(hashed.strong for hashed in standing.passwords)


def presented(request: Request) -> Presented:
    """What a request shows of who sent it."""
    return Presented(
        secure=request.secure,
        username=request.username,
        password=request.password,
        certificate=request.certificate,
    )


def first_contact(request: Request, before: Standing | None = None) -> Standing | None:
    """What can be asked of a station that has not been asked for anything: the password it shows, None without one.

    `before` is what it showed the last time; as long as it shows the same, that costs nothing.
    """
    if not request.password:
        return None
    known = before is not None and before.passwords[0].matches(request.password)
    username = (request.username or b"").decode("utf-8", "replace")
    return Standing(
        profile=Profile.TLS if request.secure else Profile.BASIC,
        passwords=before.passwords if before is not None and known else (Hashed.of(request.password),),
        any_username=username.casefold() != request.identity.casefold(),
    )
