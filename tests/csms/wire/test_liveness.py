"""When a station is pinged, probed, given up."""

from custom_components.ocpp_home.csms.wire.liveness import Act, Liveness


def silence(liveness: Liveness, until: float = 200.0) -> list[tuple[float, Act]]:
    """What happens while nothing comes."""
    acts = []
    while True:
        now = liveness.due
        act = liveness.tick(now)
        if act is not Act.WAIT:
            acts.append((round(now, 1), act))
        if act is Act.DEAD or now > until:
            return acts


def test_a_silent_station_that_answered_pings_before_is_dead_within_90_seconds() -> None:
    liveness = Liveness(0.0, 30.0)
    liveness.ponged()
    assert liveness.answers_pings
    assert silence(liveness) == [(28.3, Act.PING), (56.7, Act.PING), (85.0, Act.DEAD)]


def test_a_station_that_never_answered_a_ping_is_probed_before_it_is_given_up() -> None:
    assert silence(Liveness(0.0, 30.0)) == [(28.3, Act.PING), (56.7, Act.PROBE), (85.0, Act.DEAD)]


def test_a_station_without_pings_is_only_probed() -> None:
    assert silence(Liveness(0.0, None)) == [(56.7, Act.PROBE), (85.0, Act.DEAD)]
    assert silence(Liveness(0.0, 0)) == [(56.7, Act.PROBE), (85.0, Act.DEAD)]


def test_after_a_probe_a_muter_station_is_pinged_again_and_not_probed_twice() -> None:
    acts = silence(Liveness(0.0, 10.0))
    assert [act for _, act in acts] == [Act.PING, Act.PROBE, *[Act.PING] * 6, Act.DEAD]


def test_a_longer_silence_may_be_allowed() -> None:
    assert silence(Liveness(0.0, None, 900.0), 1000.0)[-1] == (900.0, Act.DEAD)


def test_any_traffic_is_life_whether_or_not_pings_are_answered() -> None:
    """OCPP 2.0.1 ed. 3 - G02.FR.04: whatever message comes, the station is there."""
    liveness = Liveness(0.0, 30.0)
    acts = set()
    for second in range(1, 3600):
        if second % 20 == 0:
            liveness.heard(second)
        if second >= liveness.due:
            acts.add(liveness.tick(second))
    assert acts == {Act.WAIT}


def test_traffic_after_a_probe_starts_the_silence_anew() -> None:
    liveness = Liveness(0.0, None)
    assert liveness.tick(liveness.due) is Act.PROBE
    liveness.heard(60.0)
    assert silence(liveness) == [(116.7, Act.PROBE), (145.0, Act.DEAD)]


def test_our_own_lag_does_not_count_against_a_station() -> None:
    liveness = Liveness(0.0, 30.0)
    liveness.ponged()
    assert liveness.tick(100.0) is Act.PING
    assert liveness.due > 100.0
    liveness.heard(101.0)
    assert liveness.tick(liveness.due) is Act.WAIT
    assert silence(liveness)[-1] == (186.0, Act.DEAD)
