"""Moves of stations, cards and the central system in any order, and what must be true after each of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.card import Card
from custom_components.ocpp_home.csms.model.token import Token

from . import tongue
from .oracle import compare
from .truth import Charge, Message, Truth
from .world import World

BEGIN = datetime(2026, 6, 1, 6, tzinfo=UTC)
LATE = timedelta(minutes=3)
"""What is sent so long after it happened has come a moment later than that."""
PEOPLE = ("Ann", "Ben", "Cem")
CARDS = ("CARD-A", "CARD-B", "BLOCKED")
STRAY = "STRAY"
FATES = (
    *("answered", "answered", "answered", "waits", "answer lost", "never arrived", "killed before", "killed after"),
    *("given up", "given up unheard"),
)
"""What becomes of a message; if it `waits` it is not sent at all, if it is given up it is not sent again."""
CLOCKS = (None, 0, -3600, 7200, -50 * 365 * 86400)

fates = st.sampled_from(FATES)
versions = st.sampled_from(["1.6", "2.0.1", "2.1"])
layouts = st.lists(st.tuples(versions, st.integers(1, 2), st.booleans()), min_size=1, max_size=2)
spans = st.sampled_from([1, 7, 45, 170, 600, 7200])
anyone = st.integers(0, 3)
"""Which of those there are, counted round."""


def pick[T](those: list[T], which: int) -> T:
    """One of those there are."""
    return those[which % len(those)]


class Road(RuleBasedStateMachine):
    """Stations with their own truth on one side, the central system with its ledger on the other."""

    def __init__(self) -> None:
        super().__init__()
        cards = [
            Card(Token(name), name=f"card of {person}", person=person, active=name != "BLOCKED")
            for name, person in zip(CARDS, PEOPLE, strict=True)
        ]
        self.world = World(cards, BEGIN)
        self.owners = {card.token.id: [Holder(card.name, card.person)] for card in cards}
        """Whose each card has been, the newest last."""
        self.compared = -1
        """The last of the world's events that was looked at."""
        self.stations: list[Truth] = []

    @initialize(layout=layouts)
    def build(self, layout: list[tuple[str, int, bool]]) -> None:
        for number, (version, evses, terse) in enumerate(layout):
            meters = {evse: 1_000_000 * evse + 1000 * number for evse in range(1, evses + 1)}
            truth = Truth(f"S{number}", version, meters, terse)
            self.stations.append(truth)
            self.world.add(truth.name)
            self.arrive(truth)

    # --- time, cars, cards --------------------------------------------------------------------------------------------

    @rule(span=spans)
    def wait(self, span: int) -> None:
        self.world.set_clock(self.world.now + timedelta(seconds=span))
        for truth in self.stations:
            truth.deliver(span)

    def happen(self) -> None:
        """Nothing happens in the same second as anything else."""
        self.wait(1)

    @rule(which=anyone, card=st.sampled_from((*CARDS, STRAY)), late_card=st.booleans(), fate=fates)
    def plug(self, which: int, card: str, late_card: bool, fate: str) -> None:
        truth, evse = self.place(which)
        self.happen()
        if truth.running(evse) is None:
            charge = truth.begin(evse, card, self.world.now, late_card)
            self.note(truth, "start", charge)
            self.report(truth, fate)

    @rule(which=anyone, fine=st.booleans(), fate=fates)
    def measure(self, which: int, fine: bool, fate: str) -> None:
        truth, evse = self.place(which)
        self.happen()
        charge = truth.running(evse)
        message = self.note(truth, "measure" if charge else "idle", charge, evse)
        message.fine = fine
        self.report(truth, fate)

    @precondition(lambda self: self.uncarded())
    @rule(which=anyone)
    def show_card(self, which: int) -> None:
        truth, charge = pick(self.uncarded(), which)
        self.happen()
        self.note(truth, "card", charge)

    def uncarded(self) -> list[tuple[Truth, Charge]]:
        """The sessions whose card has not been shown yet."""
        return [
            (truth, charge)
            for truth in self.stations
            for charge in truth.charges
            if charge.late_card and charge.stopped is None and not charge.shown
        ]

    @precondition(lambda self: self.running())
    @rule(which=anyone, detail=st.booleans(), fine=st.booleans(), fate=fates)
    def unplug(self, which: int, detail: bool, fine: bool, fate: str) -> None:
        truth, charge = pick(self.running(), which)
        self.happen()
        charge.stopped, charge.meter_stop, charge.reason = self.world.now, truth.meters[charge.evse], "EVDisconnected"
        message = self.note(truth, "stop", charge)
        message.detail, message.fine = detail, fine
        self.report(truth, fate)

    def running(self) -> list[tuple[Truth, Charge]]:
        return [(truth, one) for truth in self.stations for one in truth.charges if one.stopped is None]

    @rule(card=st.sampled_from(CARDS), person=st.sampled_from(PEOPLE))
    def hand_on(self, card: str, person: str) -> None:
        """A card goes to somebody else."""
        self.happen()
        known = self.world.cards[card]
        self.world.hand_on(Card(known.token, name=f"card of {person}", person=person, active=known.active))
        self.owners[card].append(Holder(f"card of {person}", person))

    @rule(which=anyone, offset=st.sampled_from(CLOCKS))
    def mishap(self, which: int, offset: int | None) -> None:
        """The clock of a station is wrong from now on, or a meter begins again at zero."""
        truth, evse = self.place(which)
        if truth.fragile:
            return
        if offset is None:
            truth.meters[evse] = 0
            truth.anew.add(evse)
            if (charge := truth.running(evse)) is not None:
                charge.shaken = True
            return
        truth.clock = timedelta(seconds=offset)
        for charge in truth.charges:
            charge.blurred = charge.blurred or charge.stopped is None

    # --- the connection -----------------------------------------------------------------------------------------------

    @rule(which=anyone, what=st.sampled_from(["dial", "hang up", "boot", "status"]))
    def link(self, which: int, what: str) -> None:
        """A station connects, if need be over a connection that it has, or boots, or goes, or tells how it is."""
        truth, evse = self.place(which)
        self.happen()
        if what == "hang up":
            self.world.hang_up(truth.name)
        elif what == "dial":
            self.world.dial(truth)
        elif what == "boot":
            self.arrive(truth)
        elif self.world.connected(truth.name):
            self.tell(truth, tongue.status(truth, evse, self.world.now + truth.clock))
            truth.misled = truth.misled or bool(truth.clock)

    def arrive(self, truth: Truth) -> None:
        """A station connects, says what it is, sets its clock, and tells how its EVSEs are."""
        self.happen()
        self.world.dial(truth)
        self.tell(truth, tongue.boot(truth))
        truth.clock, truth.misled = timedelta(), False
        for evse in truth.meters:
            self.tell(truth, tongue.status(truth, evse, self.world.now))

    def tell(self, truth: Truth, said: tongue.Said) -> None:
        """Say what is never queued."""
        truth.said += 1
        answer = self.world.ask(truth.name, f"{truth.name}-n{truth.said}", said)
        assert answer[0] == 3, answer

    @rule(politely=st.booleans())
    def restart(self, politely: bool) -> None:
        """The central system ends and begins again."""
        if politely:
            self.world.restart()
        else:
            self.world.kill()

    # --- the queue ----------------------------------------------------------------------------------------------------

    def place(self, which: int) -> tuple[Truth, int]:
        return pick([(truth, evse) for truth in self.stations for evse in truth.meters], which)

    def note(self, truth: Truth, kind: str, charge: Charge | None, evse: int = 0) -> Message:
        if charge is not None and kind == ("card" if charge.late_card else "start"):
            charge.shown = True
            charge.owners = self.owners.get(charge.card, [])
            charge.holder = charge.owners[-1] if charge.owners else None
        place = charge.evse if charge is not None else evse
        return truth.note(kind, charge, place, self.world.now, self.world.connected(truth.name))

    def report(self, truth: Truth, fate: str) -> None:
        """Tell all that waits, as stations do that have a connection; the last of it meets its fate."""
        while truth.queue and fate != "waits" and self.world.connected(truth.name):
            last = len(truth.queue) == 1
            self.send(truth, fate if last else "answered")
            if last:
                return

    def waiting(self) -> list[Truth]:
        return [truth for truth in self.stations if truth.queue]

    @precondition(lambda self: self.waiting())
    @rule(which=anyone, fate=fates, same=st.booleans(), cut=st.booleans())
    def transmit(self, which: int, fate: str, same: bool, cut: bool) -> None:
        """A station sends what waits first, and perhaps has no answer."""
        truth = pick(self.waiting(), which)
        if not self.world.connected(truth.name):
            self.world.dial(truth)
        self.happen()
        self.send(truth, fate, same)
        if cut:
            self.world.hang_up(truth.name)

    def send(self, truth: Truth, fate: str, same: bool = False) -> None:
        message = truth.queue[0]
        said = tongue.say(truth, message)
        if fate == "killed before":
            self.world.kill(truth.name, message.id, said)
        elif fate not in {"never arrived", "waits", "given up"}:
            answer = self.world.ask(truth.name, message.id, said)
            self.arrived(truth, message, answer)
            if fate == "answered":
                self.heard(truth, message, answer)
                return
            if fate == "killed after":
                self.world.kill()
        if fate.startswith("given up") and truth.may_lose(message):
            self.forgotten(truth, message)
        elif not same:
            truth.renumber(message)

    def forgotten(self, truth: Truth, message: Message) -> None:
        """A station throws away what it could not tell, or does not know to be told."""
        truth.queue.popleft()
        truth.disordered = truth.disordered and bool(truth.queue)
        if message.charge is None:
            return
        if message.kind not in message.charge.told:
            message.charge.gaps.add(message.kind)
        message.charge.numberless |= message.kind == "start" and truth.version == "1.6"

    def arrived(self, truth: Truth, message: Message, answer: list[Any]) -> None:
        """The central system has a message, whatever the station knows of it."""
        assert answer[0] == 3, answer
        charge = message.charge
        truth.misled = truth.misled or message.at != message.happened
        if charge is None:
            self.beside(truth, message)
            return
        charge.blurred = charge.blurred or truth.misled
        if "transactionId" in answer[2]:
            charge.ids.add(str(answer[2]["transactionId"]))
        elif truth.version != "1.6":
            charge.ids.add(charge.name)
        elif message.kind == "measure" and not charge.ids:
            return  # nobody can tell whose that is
        if not charge.told or message.kind in {"start", "stop"} - set(charge.told):
            charge.offline |= message.unheard and truth.version != "1.6"
            charge.offline |= self.world.now - message.happened >= LATE
        charge.told.append(message.kind)
        if message.kind != "card":
            charge.told_register = max(charge.told_register or 0, message.register)

    def beside(self, truth: Truth, message: Message) -> None:
        """The central system has a reading that names no session; one whose end is not known goes on.

        What was measured before it began is not of it. Where a clock is wrong nobody can tell that, and where the
        meter has begun anew since, the register does not tell it either. Of a session whose end was thrown away nobody
        can tell that it has ended, where those after it were told by a clock that was set back: they are as good as
        before it.
        """
        for endless in truth.endless(message.evse):
            endless.shaken = True
        seen = truth.open_at(message.evse)
        if seen is None:
            return
        seen.blurred = seen.blurred or truth.misled
        if message.happened >= seen.started:
            seen.told_register = max(seen.told_register or 0, message.register)
        elif message.register > seen.meter_start and (seen.blurred or message.at != message.happened):
            seen.shaken = True

    def heard(self, truth: Truth, message: Message, answer: list[Any]) -> None:
        """The station knows that a message has arrived."""
        if message.kind == "start" and truth.version == "1.6" and message.charge is not None:
            message.charge.id = str(answer[2]["transactionId"])
        truth.queue.popleft()
        truth.acknowledged.append(message)
        truth.disordered = truth.disordered and bool(truth.queue)

    @precondition(lambda self: any(truth.acknowledged for truth in self.stations))
    @rule(which=anyone)
    def again(self, which: int) -> None:
        """A station that has not noted that it was answered tells something again, before all else."""
        truth = pick([truth for truth in self.stations if truth.acknowledged], which)
        message = pick(list(truth.acknowledged), which)
        if message not in truth.queue:
            truth.acknowledged.remove(message)
            truth.renumber(message)
            truth.queue.appendleft(message)

    @precondition(lambda self: any(len(truth.queue) > 1 for truth in self.newer()))
    @rule(which=anyone, place=st.integers(1, 9))
    def overtake(self, which: int, place: int) -> None:
        """A station of 2.x tells something before what had waited longer."""
        truth = pick([truth for truth in self.newer() if len(truth.queue) > 1], which)
        message = pick(list(truth.queue)[1:], place)
        for other in truth.queue:
            if other.charge is not None:
                other.charge.overtaken = True
        truth.queue.remove(message)
        truth.queue.appendleft(message)
        truth.disordered = True

    def newer(self) -> list[Truth]:
        return [truth for truth in self.stations if truth.version != "1.6"]

    # --- what must be true --------------------------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        """Everything that waits is told."""
        for truth in self.stations:
            if truth.queue and not self.world.connected(truth.name):
                self.world.dial(truth)
            self.happen()
            self.report(truth, "answered")

    @invariant()
    def the_sessions_are_those_of_the_stations(self) -> None:
        if self.world.events != self.compared:
            compare(self.world, self.stations)
        self.compared = self.world.events

    def teardown(self) -> None:
        try:
            if self.stations:
                self.settle()
                compare(self.world, self.stations)
                self.world.restart()
                compare(self.world, self.stations)
        finally:
            self.world.end()
