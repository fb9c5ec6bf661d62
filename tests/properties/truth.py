"""What a station knows of itself: the sessions it has had, by its own meter, and what it still has to tell of them."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from custom_components.ocpp_home.csms.model.account import Holder


@dataclass(eq=False, repr=False)
class Charge:
    """One session as the station knows it, and what of it has reached the central system for good."""

    station: str
    evse: int
    name: str
    card: str
    late_card: bool
    """The card is told by a later message than the first (2.x)."""
    started: datetime
    meter_start: int
    stopped: datetime | None = None
    meter_stop: int | None = None
    reason: str = ""
    sequence: int = 0
    shown: bool = False
    """Its card has been shown."""
    id: str | None = None
    """What the station believes it is called (1.6: the number it was given)."""
    ids: set[str] = field(default_factory=set)
    """What the central system ever called it; more than one is an error."""
    told: list[str] = field(default_factory=list)
    """What has arrived and is durable: start, measure, card, stop."""
    told_register: int | None = None
    holder: Holder | None = None
    """Whose card it was when it was shown."""
    owners: list[Holder] = field(default_factory=list)
    """Whose it has ever been."""
    offline: bool = False
    shaken: bool = False
    """The meter was set to zero meanwhile: what it delivered, no register tells."""
    blurred: bool = False
    """The station's clock was wrong meanwhile, or was held to be."""
    overtaken: bool = False
    """Something of it was told before what had waited longer, or after."""
    numberless: bool = False
    """Its station has given up to be told its number (1.6)."""
    gaps: set[str] = field(default_factory=set)
    """What the station has thrown away instead of telling it."""

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def known(self) -> bool:
        """Whether the central system has heard of it at all."""
        return bool(self.told)

    @property
    def carded(self) -> bool:
        """Whether the central system has been told whose card it was."""
        return ("card" if self.late_card else "start") in self.told

    @property
    def nameless(self) -> bool:
        """Whether the only thing that was told is a stop without a number (1.6)."""
        return self.known and not self.ids

    @property
    def plain(self) -> bool:
        """Whether nothing went wrong that no central system could mend."""
        return not (self.shaken or self.blurred or self.gaps)


@dataclass(eq=False, repr=False)
class Message:
    """One thing a station has to tell until it is acknowledged."""

    kind: str
    charge: Charge | None
    evse: int
    at: datetime
    """By the clock of the station."""
    happened: datetime
    register: int
    id: str
    sequence: int = 0
    unheard: bool = False
    """It happened while there was no connection."""
    fine: bool = False
    """The register is told in kWh."""
    detail: bool = False
    """What may be left out is told."""

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id} of {self.charge}>"


@dataclass(eq=False, repr=False)
class Truth:
    """One station: its meters, its clock, its sessions and its queue."""

    name: str
    version: str
    meters: dict[int, int]
    terse: bool = False
    """It says no more than it must (2.x: the EVSE only once; 1.6: no number with the readings)."""
    clock: timedelta = timedelta()
    """How far its clock is ahead."""
    charges: list[Charge] = field(default_factory=list)
    queue: deque[Message] = field(default_factory=deque)
    acknowledged: deque[Message] = field(default_factory=lambda: deque(maxlen=3))
    disordered: bool = False
    """The queue is not in the order of what happened."""
    anew: set[int] = field(default_factory=set)
    """The EVSEs whose meters have begun again at zero."""
    misled: bool = False
    """A time by a wrong clock was told, and the central system corrects by it what is right."""
    said: int = 0

    def __repr__(self) -> str:
        return f"<{self.name} {self.version}>"

    def running(self, evse: int) -> Charge | None:
        """The session that runs on an EVSE."""
        return next((one for one in self.charges if one.evse == evse and one.stopped is None), None)

    @property
    def fragile(self) -> bool:
        """Whether a session without a number is to end, which is known by nothing but its register and its time."""
        return any(one.numberless and "stop" not in one.told for one in self.charges)

    def may_lose(self, message: Message) -> bool:
        """Whether a message can be lost for good so that somebody could still tell what is whose."""
        if message.kind != "start" or self.version != "1.6":
            return not self.fragile and (message.kind != "start" or len(self.meters) == 1 or not self.terse)
        sound = all(one.plain for one in self.charges) and not self.clock and not self.misled
        return len(self.meters) == 1 and sound

    def deliver(self, seconds: int) -> None:
        """Let energy flow for a while into every car that is there: 10 Wh a second, 36 kW."""
        for charge in self.charges:
            if charge.stopped is None:
                self.meters[charge.evse] += 10 * seconds

    def begin(self, evse: int, card: str, now: datetime, late_card: bool) -> Charge:
        """A car begins to charge."""
        name = f"{self.name}-{len(self.charges)}"
        charge = Charge(self.name, evse, name, card, late_card and self.version != "1.6", now, self.meters[evse])
        charge.id = None if self.version == "1.6" else name
        self.charges.append(charge)
        return charge

    def note(self, kind: str, charge: Charge | None, evse: int, now: datetime, connected: bool) -> Message:
        """Queue something to be told."""
        self.said += 1
        message = Message(kind, charge, evse, now + self.clock, now, self.meters[evse], f"{self.name}-m{self.said}")
        message.unheard = not connected
        if charge is not None:
            message.sequence, charge.sequence = charge.sequence, charge.sequence + 1
            charge.blurred = charge.blurred or bool(self.clock)
        self.queue.append(message)
        return message

    def renumber(self, message: Message) -> None:
        """Give a message that is sent again a new message id."""
        self.said += 1
        message.id = f"{self.name}-m{self.said}"

    def open_at(self, evse: int) -> Charge | None:
        """The session that the central system, from what it was told, must believe to run on an EVSE."""
        known = [one for one in self.charges if one.evse == evse and {"start", "measure", "card"} & set(one.told)]
        if not known or "stop" in known[-1].told:
            return None
        return known[-1]

    def dubious(self, evse: int) -> bool:
        """Whether nobody can tell what was before what: an end was never told, or the order is another, and the clock
        was wrong. The sessions may as well have been the other way round, and the meter have begun anew between them.
        Nor where a clock was wrong and the meter has begun anew: what begins then may as well be an old session.
        """
        blurred = [one for one in self.charges if one.evse == evse and one.blurred]
        return bool(self.endless(evse)) or any(one.overtaken or evse in self.anew for one in blurred)

    def endless(self, evse: int) -> list[Charge]:
        """The sessions whose end was never told, where the clock was wrong."""
        here = [one for one in self.charges if one.evse == evse]
        return [one for one in here if "stop" in one.gaps] if any(one.blurred for one in here) else []
