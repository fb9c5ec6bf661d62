"""Whoever fails too often waits; the real station does not."""

import pytest

from custom_components.ocpp_home.csms.security.attempts import REMEMBERED, Attempts, Buckets, Rate
from tests.csms.security.watch import Watch

STATION, THIEF, OTHER = "192.0.2.7", "192.0.2.66", "192.0.2.67"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def attempts(watch: Watch) -> Attempts:
    return Attempts(watch, Rate(3, 10.0))


def fail(attempts: Attempts, identity: str, address: str, times: int = 3) -> None:
    for _ in range(times):
        attempts.failed(identity, address)


def test_tokens_are_taken_until_none_is_left_and_come_again_with_time(watch: Watch) -> None:
    buckets = Buckets(Rate(2, 10.0), watch)
    assert [buckets.take("a") for _ in range(4)] == [True, True, False, False]
    assert buckets.empty("a")
    watch.now = 9.9
    assert buckets.empty("a")
    watch.now = 10.0
    assert not buckets.empty("a")
    assert [buckets.take("a"), buckets.take("a")] == [True, False]


def test_a_bucket_never_holds_more_than_its_burst(watch: Watch) -> None:
    buckets = Buckets(Rate(2, 10.0), watch)
    buckets.take("a")
    watch.now = 10_000.0
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]


def test_a_filled_bucket_is_forgotten_and_the_oldest_are_when_there_are_many(watch: Watch) -> None:
    buckets = Buckets(Rate(1, 10.0), watch, remembered=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key)
    assert len(buckets) == 2
    assert buckets.empty("a")
    assert not buckets.empty("b")
    buckets.fill("a")
    buckets.fill("never")
    assert not buckets.empty("a")


def test_an_address_that_fails_under_many_names_is_not_looked_at_any_more(attempts: Attempts) -> None:
    for identity in ("a", "b", "c"):
        assert not attempts.exhausted(identity, THIEF)
        attempts.failed(identity, THIEF)
    assert attempts.exhausted("d", THIEF)
    assert not attempts.exhausted("d", OTHER)


def test_a_name_that_is_tried_from_many_addresses_is_not_looked_at_any_more(attempts: Attempts) -> None:
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        attempts.failed("a", address)
    assert attempts.exhausted("a", "10.0.0.4")
    assert not attempts.exhausted("b", "10.0.0.4")


def test_a_stranger_who_fails_does_not_keep_the_station_out_of_its_usual_place(attempts: Attempts) -> None:
    attempts.settle("a", STATION)
    fail(attempts, "a", THIEF, 100)
    assert attempts.exhausted("a", THIEF)
    assert not attempts.exhausted("a", STATION)


def test_others_behind_the_same_address_do_not_keep_the_station_out(attempts: Attempts) -> None:
    attempts.settle("a", STATION)
    fail(attempts, "b", STATION, 100)
    assert attempts.exhausted("b", STATION)
    assert not attempts.exhausted("a", STATION)


def test_the_usual_place_has_its_limit_too_and_a_proof_there_lifts_it(attempts: Attempts, watch: Watch) -> None:
    attempts.settle("a", STATION)
    fail(attempts, "a", STATION)
    assert attempts.exhausted("a", STATION)
    watch.now = 10.0
    assert not attempts.exhausted("a", STATION)
    fail(attempts, "a", STATION)
    attempts.settle("a", STATION)
    assert not attempts.exhausted("a", STATION)


def test_a_machine_with_many_addresses_of_ipv6_is_one(attempts: Attempts) -> None:
    fail(attempts, "a", "2001:db8::1")
    assert attempts.exhausted("b", "2001:db8::ffff:1%eth0")
    assert not attempts.exhausted("b", "2001:db8:0:1::1")


def test_an_address_of_ipv4_is_the_same_in_the_clothes_of_ipv6(attempts: Attempts) -> None:
    fail(attempts, "a", f"::ffff:{THIEF}")
    assert attempts.exhausted("b", THIEF)
    assert not attempts.exhausted("b", f"::ffff:{OTHER}")


def test_what_is_no_address_counts_as_it_is(attempts: Attempts) -> None:
    fail(attempts, "a", "")
    assert attempts.exhausted("b", "")


def test_memory_is_bounded_whoever_comes(attempts: Attempts) -> None:
    for number in range(10_000):
        attempts.failed(f"id{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
        attempts.settle(f"known{number}", THIEF)
        attempts.failed(f"known{number}", THIEF)
    assert attempts.remembered == 4 * REMEMBERED
