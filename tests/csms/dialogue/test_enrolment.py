"""The certificates of a station: signed after the answer, given to it, and renewed before they end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.enrolment import Enrolment
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.trust import Application, Unsigned
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.security import Security
from custom_components.ocpp_home.csms.wire import schema
from tests.csms.peer import Peer
from tests.csms.stage import until

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
YES, NO = {"status": "Accepted"}, {"status": "Rejected"}
PEM = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n"


class Desk:
    """Signs all, or says why not; what it has signed ends at a moment."""

    def __init__(self, objection: str | None = None) -> None:
        self.refusal = objection
        self.signed: list[Application] = []
        self.ends: dict[str, datetime] = {}
        self.slow = asyncio.Event()
        self.slow.set()

    def objection(self, application: Application) -> str | None:
        return None

    async def sign(self, application: Application) -> str:
        await self.slow.wait()
        if self.refusal:
            raise Unsigned(self.refusal)
        self.signed.append(application)
        return PEM

    def ending(self, station: str, by: datetime) -> Sequence[str]:
        return [kind for kind, end in self.ends.items() if end < by]


class Pauses:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW
        self.waited: list[float] = []
        self._bell = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        if seconds > 1:
            await self._bell.wait()
            self._bell.clear()

    def clock(self) -> datetime:
        return self.now

    async def day(self) -> None:
        """Let a day pass."""
        seen = len(self.waited)
        self.now += timedelta(days=1)
        self._bell.set()
        await until(lambda: len(self.waited) > seen)


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    schema.load("2.1")
    peer = Peer(version="2.1")
    peer.answers |= {"CertificateSigned": YES, "TriggerMessage": YES}
    yield peer
    peer.session.ended()


@pytest.fixture
def desk(station: Station, call: Caller, peer: Peer) -> Desk:
    station.connect(
        "2.1", Commands(Remote(station, call), Configuration(station, call), security=Security(station, call))
    )
    station.household.trust.signer = desk = Desk()
    return desk


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def enrolment(station: Station, desk: Desk, pauses: Pauses) -> AsyncIterator[Enrolment]:
    enrolment = Enrolment(station, 0.5, pauses, pauses.clock)
    yield enrolment
    enrolment.close()


def ask(station: Station, kind: str | None = None, request: int | None = None) -> None:
    station.emit(Event(Kind.CERTIFICATE, NOW, data={"csr": "CSR", "kind": kind, "request": request}))


async def test_a_certificate_follows_the_answer_with_kind_and_number_of_the_request(
    enrolment: Enrolment, station: Station, desk: Desk, peer: Peer, pauses: Pauses
) -> None:
    """A02.FR.14; A02.FR.25, A03.FR.21 (2.1)."""
    station.notice("certificate_not_signed", reason="csr_key")
    station.notice("certificate_not_taken", reason="Rejected")
    station.keep("renewal", {"after": NOW.isoformat(), "days": 4})
    ask(station, "V2G20Certificate", 0)
    assert peer.asked == []
    await until(lambda: not station.notices)
    assert pauses.waited == [0.5]
    assert desk.signed == [Application("CP1", "", "CSR", "V2G20Certificate")]
    told = {"certificateChain": PEM, "certificateType": "V2G20Certificate", "requestId": 0}
    assert peer.asked == [("CertificateSigned", told)]
    assert station.ledger.recall("CP1", "renewal") is None


async def test_what_was_not_told_is_not_told_back(enrolment: Enrolment, station: Station, peer: Peer) -> None:
    station.emit(Event(Kind.SECURITY, NOW))
    ask(station)
    await until(lambda: peer.asked)
    assert peer.asked == [("CertificateSigned", {"certificateChain": PEM})]


async def test_the_owner_hears_why_nothing_was_signed(
    enrolment: Enrolment, station: Station, desk: Desk, peer: Peer
) -> None:
    desk.refusal = "too_many"
    ask(station)
    await until(lambda: station.notices)
    assert station.notices["certificate_not_signed", 0].data == {"reason": "too_many"}
    assert peer.asked == []


async def test_the_owner_hears_that_the_station_does_not_take_it(
    enrolment: Enrolment, station: Station, peer: Peer
) -> None:
    """A02.FR.07: the station itself tells of the certificate; it is not sent again before it is asked for."""
    peer.answers["CertificateSigned"] = NO
    ask(station)
    await until(lambda: station.notices)
    assert station.notices["certificate_not_taken", 0].data == {"reason": "Rejected"}
    assert len(peer.asked) == 1


async def test_a_station_that_is_gone_asks_again_by_itself(enrolment: Enrolment, station: Station, peer: Peer) -> None:
    """A02.FR.17."""
    peer.session.ended()
    ask(station)
    await until(lambda: station.counters)
    assert station.counters == {"certificate not given": 1}
    assert station.notices == {}


async def test_a_newer_request_takes_the_place_of_one_that_waits(
    enrolment: Enrolment, station: Station, desk: Desk, peer: Peer
) -> None:
    desk.slow.clear()
    for number in (1, 2):
        ask(station, request=number)
        await asyncio.sleep(0)
    desk.slow.set()
    await until(lambda: peer.asked)
    assert peer.asked == [("CertificateSigned", {"certificateChain": PEM, "requestId": 2})]


async def test_nothing_is_done_where_nobody_signs_or_the_station_cannot(
    enrolment: Enrolment, station: Station, desk: Desk, peer: Peer
) -> None:
    assert station.commands is not None
    station.household.trust.signer = None
    ask(station)
    await asyncio.sleep(0.01)
    station.household.trust.signer, station.commands.security = desk, None
    ask(station)
    await asyncio.sleep(0.01)
    assert (peer.asked, desk.signed) == ([], [])


async def test_a_certificate_is_asked_for_anew_before_it_ends_and_ever_more_rarely(
    enrolment: Enrolment, station: Station, desk: Desk, peer: Peer, pauses: Pauses
) -> None:
    """A02: TriggerMessage SignChargingStationCertificate and its like."""
    half_a_year = NOW + timedelta(days=180)
    desk.ends = {"ChargingStationCertificate": half_a_year, "V2GCertificate": half_a_year + timedelta(days=20)}
    enrolment.begin()
    enrolment.begin()
    await until(lambda: pauses.waited)
    assert peer.asked == [], "there is time"
    asked = []
    for day in range(1, 27):
        before = len(peer.asked)
        await pauses.day()
        if len(peer.asked) > before:
            asked.append((day, [payload["requestedMessage"] for _, payload in peer.asked[before:]]))
    own, car = "SignChargingStationCertificate", "SignV2GCertificate"
    assert asked == [(1, [own]), (2, [own]), (4, [own]), (8, [own]), (16, [own]), (24, [own, car])]


async def test_a_connection_that_comes_and_goes_is_not_asked_each_time(
    station: Station, desk: Desk, peer: Peer, pauses: Pauses
) -> None:
    desk.ends = {"ChargingStationCertificate": NOW}
    peer.answers["TriggerMessage"] = NO
    for _ in range(3):
        again = Enrolment(station, 0, pauses, pauses.clock)
        seen = len(pauses.waited)
        again.begin()
        await until(lambda seen=seen: len(pauses.waited) > seen)
        again.close()
    assert peer.actions() == ["TriggerMessage"]
    assert station.counters == {"certificate not renewed": 1}


async def test_nothing_is_renewed_where_nobody_signs_or_the_station_cannot(
    enrolment: Enrolment, station: Station, desk: Desk, peer: Peer, pauses: Pauses
) -> None:
    desk.ends = {"ChargingStationCertificate": NOW}
    station.commands = None
    enrolment.begin()
    await until(lambda: pauses.waited)
    station.household.trust.signer = None
    await pauses.day()
    assert peer.asked == []


async def test_who_closes_hears_nothing_more(station: Station, desk: Desk, peer: Peer, pauses: Pauses) -> None:
    over = Enrolment(station, 0, pauses, pauses.clock)
    desk.slow.clear()
    ask(station)
    await asyncio.sleep(0)
    over.close()
    desk.slow.set()
    ask(station)
    await asyncio.sleep(0.01)
    assert peer.asked == []
