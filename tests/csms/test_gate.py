"""Who dials in is judged; who fails is told of, and slowed down, and nobody else is."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.gate import Gate, Rejection, first_contact
from custom_components.ocpp_home.csms.security.attempts import ATTEMPTS, NEWS
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile, Proof, Standing
from custom_components.ocpp_home.csms.wire.door import Request
from tests.csms.security.shown import NOW, certificate
from tests.csms.security.watch import Watch

STRONG, WEAK, NEXT = generate(), "password-of-mine", generate()
HOME, THIEF = "192.0.2.7", "192.0.2.66"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def gate(watch: Watch) -> Gate:
    return Gate(watch)


def request(password: str | None = None, peer: str = HOME, name: str = "CP1", *, secure: bool = False) -> Request:
    return Request(
        method="GET",
        target=f"/{name}",
        segments=(name,),
        identity=name,
        headers={},
        offers=(),
        username=name.encode(),
        password=None if password is None else password.encode(),
        peer=peer,
        secure=secure,
    )


def basic(*passwords: str) -> Standing:
    return Standing(profile=Profile.BASIC, passwords=tuple(Hashed.of(password) for password in passwords))


def status(gate: Gate, asked: Request) -> int:
    return gate.judge(asked, "", NOW).status


def test_of_whom_nothing_is_asked_proves_nothing(gate: Gate) -> None:
    verdict = gate.judge(request(), "", NOW)
    assert (verdict.status, verdict.proof.profile) == (101, 0)
    assert gate.standing("cp1") == Standing()


def test_what_is_asked_holds_whatever_the_letters_of_the_name_until_it_is_forgotten(gate: Gate) -> None:
    gate.require("cp1", basic(STRONG))
    assert status(gate, request()) == 401
    assert status(gate, request(STRONG)) == 101
    assert status(gate, request(STRONG, name="Cp1")) == 101
    gate.forget("cp1")
    gate.forget("never")
    assert status(gate, request()) == 101


def test_who_guesses_is_not_looked_at_any_more_after_some_times(gate: Gate, watch: Watch) -> None:
    gate.require("cp1", basic(WEAK))
    guesses = [status(gate, request(f"guess-number-{number}", THIEF)) for number in range(ATTEMPTS.burst + 2)]
    assert guesses == [401] * ATTEMPTS.burst + [429] * 2
    assert gate.judge(request(WEAK, THIEF), "", NOW).proof.objection == "too_often", "nobody looks at it any more"
    watch.now = ATTEMPTS.every
    assert status(gate, request(WEAK, THIEF)) == 101


def test_guesses_at_a_password_nobody_guesses_are_slowed_down_and_the_right_one_is_let_in(gate: Gate) -> None:
    gate.require("cp1", basic(STRONG))
    guesses = [status(gate, request(generate(), HOME)) for _ in range(ATTEMPTS.burst + 2)]
    assert guesses == [401] * ATTEMPTS.burst + [429] * 2
    assert status(gate, request(STRONG, HOME)) == 101


def test_a_stranger_s_failures_never_lock_the_station_out(gate: Gate) -> None:
    gate.require("cp1", basic(WEAK))
    assert status(gate, request(WEAK, HOME)) == 101
    for number in range(100):
        gate.judge(request(f"guess-number-{number}", THIEF), "", NOW)
    assert status(gate, request(WEAK, HOME)) == 101
    assert status(gate, request(WEAK, "192.0.2.8")) == 101, "it has a new address, and shows what it has shown before"
    gate.require("cp1", basic(WEAK))
    assert status(gate, request(WEAK, "192.0.2.8")) == 101, "where it was proved last, others do not count"


def test_a_station_of_which_nothing_can_be_guessed_is_always_looked_at(gate: Gate) -> None:
    gate.require("cp1", Standing(profile=Profile.CLIENT, passwords=(Hashed.of(WEAK),)))
    assert [status(gate, request(WEAK)) for _ in range(ATTEMPTS.burst + 1)] == [401] * ATTEMPTS.burst + [429]
    assert gate.judge(request(WEAK), "", NOW).proof.objection == "too_weak"
    gate.require("cp1", Standing(passwords=(Hashed.of(WEAK),)))
    assert status(gate, request()) == 101


def test_who_is_turned_away_is_told_of_once_in_a_while(gate: Gate, watch: Watch) -> None:
    told: list[Rejection] = []
    gate.require("cp1", basic(STRONG))
    gate.require("cp2", basic(STRONG))
    gate.judge(request(), "", NOW)
    watch.now = NEWS.every
    gate.on_intruder = told.append
    for _ in range(5):
        gate.judge(request("wrong", THIEF), "", NOW)
        gate.judge(request(None, THIEF, "CP2"), "", NOW)
    assert told == [
        Rejection("CP1", THIEF, "password_wrong", 1, NOW),
        Rejection("CP2", THIEF, "password_missing", 1, NOW),
    ]
    watch.now = 2 * NEWS.every
    gate.judge(request(STRONG, THIEF, secure=True), "", NOW)
    assert [one.objection for one in told[2:]] == ["other_profile"]


def test_the_serial_number_of_a_station_counts_where_no_other_was_laid_down(gate: Gate) -> None:
    gate.require("cp1", Standing(profile=Profile.CLIENT))
    asked = replace(request(secure=True), certificate=certificate("4711"))
    assert gate.judge(asked, "4711", NOW).proof == Proof(profile=Profile.CLIENT, certified="4711")
    assert gate.judge(asked, "", NOW).proof.objection == "certificate_other"
    gate.require("cp1", Standing(profile=Profile.CLIENT, serial="0815"))
    assert gate.judge(asked, "4711", NOW).proof.objection == "certificate_other"


def test_it_is_told_when_a_new_password_has_arrived_and_an_old_one_is_taken_until_then(gate: Gate) -> None:
    arrived: list[tuple[str, tuple[Hashed, ...]]] = []
    gate.require("cp1", asked := basic(STRONG, NEXT, WEAK))
    assert status(gate, request(NEXT)) == 101
    gate.on_arrived = lambda key, passwords: arrived.append((key, passwords))
    assert status(gate, request(STRONG)) == 101
    assert arrived == []
    assert status(gate, request(NEXT)) == 101
    assert arrived == [("cp1", asked.passwords[1:])]
    gate.require("cp1", Standing(profile=Profile.BASIC, passwords=arrived[0][1]))
    assert [status(gate, request(STRONG)), status(gate, request(NEXT)), status(gate, request(WEAK))] == [401, 101, 101]
    assert arrived[1:] == [("cp1", asked.passwords[2:])]


def test_the_first_password_of_a_station_is_asked_for_from_then_on(gate: Gate) -> None:
    assert first_contact(request()) is None
    assert first_contact(request("")) is None
    first = first_contact(request(WEAK))
    assert first is not None
    gate.require("cp1", first)
    assert [status(gate, request(WEAK)), status(gate, request("wrong"))] == [101, 401]
    again = first_contact(request(WEAK), first)
    assert again == first
    assert (second := first_contact(request(STRONG, secure=True), first)) is not None
    assert (second.profile, second.passwords[0].matches(STRONG.encode())) == (2, True)
