"""What outlives the connections of one identity."""

from custom_components.ocpp_home.csms.wire.past import MAX_REMEMBERED, Past, Pasts

from .raw import Clock


def test_an_identity_keeps_its_past() -> None:
    pasts = Pasts(Clock())
    assert pasts.of("a") is pasts.of("a")
    assert pasts.of("a") is not pasts.of("b")
    assert pasts.of("a").answers is pasts.of("a").answers


def test_only_so_many_identities_are_remembered_the_latest_of_them() -> None:
    pasts = Pasts(Clock())
    kept, lost = pasts.of("kept"), pasts.of("lost")
    for number in range(MAX_REMEMBERED - 1):
        pasts.of("kept")
        pasts.of(str(number))
    assert pasts.of("kept") is kept
    assert pasts.of("lost") is not lost


def test_the_fourth_takeover_within_a_minute_is_a_fight() -> None:
    clock = Clock()
    past = Past(clock)
    fights = []
    for _ in range(5):
        fights.append(past.fought_over())
        clock.now += 10.0
    assert fights == [False, False, False, True, True]
    clock.now += 10.0
    assert not past.fought_over()
    assert past.fought_over()
