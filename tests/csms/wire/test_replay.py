"""Answers to repeated calls."""

import pytest

from custom_components.ocpp_home.csms.wire.replay import LIFETIME, SIZE, Answers

from .raw import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(clock: Clock) -> Answers:
    return Answers(clock)


def handled(answers: Answers, message_id: str, action: str, content: int = 1, answer: bytes = b"first") -> list[bytes]:
    """Let a call be handled and return what its connection got."""
    got: list[bytes] = []
    ticket = answers.admit(message_id, action, content, got.append)
    if ticket is not None:
        answers.settle(message_id, ticket, answer, keep=True)
    return got


def test_a_repeated_call_gets_the_same_answer(answers: Answers) -> None:
    assert handled(answers, "1", "Authorize") == [b"first"]
    assert handled(answers, "1", "Authorize", answer=b"second") == [b"first"]


def test_another_content_under_an_old_id_is_a_new_call(answers: Answers) -> None:
    handled(answers, "1", "Authorize")
    assert handled(answers, "1", "Authorize", 2, b"second") == [b"second"]


def test_the_same_content_under_another_id_is_a_new_call(answers: Answers) -> None:
    handled(answers, "1", "Authorize")
    assert handled(answers, "2", "Authorize", answer=b"second") == [b"second"]


def test_an_answer_is_kept_for_five_minutes(answers: Answers, clock: Clock) -> None:
    handled(answers, "1", "Authorize")
    clock.now += LIFETIME - 1
    assert handled(answers, "1", "Authorize", answer=b"second") == [b"first"]
    clock.now += 1
    assert handled(answers, "1", "Authorize", answer=b"second") == [b"second"]


@pytest.mark.parametrize("action", ["BootNotification", "Heartbeat"])
def test_an_answer_that_carries_the_time_is_always_fresh(answers: Answers, action: str) -> None:
    handled(answers, "1", action)
    assert handled(answers, "1", action, answer=b"second") == [b"second"]


def test_only_so_many_answers_are_kept(answers: Answers) -> None:
    for number in range(SIZE + 1):
        handled(answers, str(number), "Authorize")
    assert handled(answers, "0", "Authorize", answer=b"second") == [b"second"]
    assert handled(answers, str(SIZE), "Authorize", answer=b"second") == [b"first"]


def test_a_call_repeated_while_it_is_being_answered_is_answered_on_both_connections(answers: Answers) -> None:
    old: list[bytes] = []
    new: list[bytes] = []
    ticket = answers.admit("1", "StartTransaction", 1, old.append)
    assert ticket is not None
    assert answers.admit("1", "StartTransaction", 1, new.append) is None
    assert (old, new) == ([], [])
    answers.settle("1", ticket, b"answer", keep=True)
    assert (old, new) == ([b"answer"], [b"answer"])


def test_a_refusal_is_delivered_and_forgotten(answers: Answers) -> None:
    got: list[bytes] = []
    ticket = answers.admit("1", "StartTransaction", 1, got.append)
    assert ticket is not None
    answers.settle("1", ticket, b"refused", keep=False)
    assert got == [b"refused"]
    assert handled(answers, "1", "StartTransaction", answer=b"second") == [b"second"]


def test_a_refusal_does_not_take_a_newer_call_with_it(answers: Answers) -> None:
    old = answers.admit("1", "StartTransaction", 1, lambda answer: None)
    assert old is not None
    handled(answers, "1", "StartTransaction", 2, b"newer")
    answers.settle("1", old, b"refused", keep=False)
    assert handled(answers, "1", "StartTransaction", 2, b"again") == [b"newer"]


@pytest.mark.parametrize("action", ["StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent"])
def test_what_a_station_queues_is_replayed_across_connections(answers: Answers, action: str) -> None:
    handled(answers, "1", action)
    answers.disconnected()
    assert handled(answers, "1", action, answer=b"second") == [b"first"]


def test_a_status_of_before_the_reboot_is_not_taken_for_a_repetition(answers: Answers) -> None:
    handled(answers, "2", "StatusNotification")
    answers.disconnected()
    assert handled(answers, "2", "StatusNotification", answer=b"second") == [b"second"]
