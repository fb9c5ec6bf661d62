"""`scripts/bench houses`: every property of the controller in very many random houses, rolled plainly from a seed.

The properties are those of tests/csms/control/test_properties.py; there hypothesis looks for the smallest house that
breaks one, here as many as one likes are tried in minutes. Each house is rolled from the seed and its number alone.
"""

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import batched
import multiprocessing
from random import Random
import sys
from time import monotonic
from typing import Final

from tests.csms.control import test_properties as properties

type Property = Callable[..., None]

BATCH: Final = 250


def _house(random: Random) -> object:
    return properties.a_house(random.randbytes(256))


def _while(random: Random) -> object:
    return properties.a_while(random.randbytes(1024))


def _more(random: Random) -> int:
    return random.randint(0, 9000)


def _wide(random: Random) -> bool:
    return random.random() < 0.5


def _rating(random: Random) -> int:
    return random.randint(0, 63)


def _larger(random: Random) -> int:
    return random.randint(0, 20)


PROPERTIES: Final[dict[Property, tuple[Callable[[Random], object], ...]]] = {
    properties.test_the_first_decision_keeps_every_limit: (_house,),
    properties.test_every_later_decision_keeps_every_limit: (_while,),
    properties.test_who_is_said_to_limit_does: (_while,),
    properties.test_what_is_left_is_what_is_said_to_be_left: (_house,),
    properties.test_the_same_days_give_the_same_decisions: (_while,),
    properties.test_phases_change_as_seldom_as_they_must: (_while,),
    properties.test_more_watts_from_the_grid_never_make_the_sum_smaller: (_house, _more),
    properties.test_more_sun_never_makes_the_sum_smaller: (_house, _more, _wide),
    properties.test_a_larger_fuse_never_makes_the_sum_smaller: (_house, _rating, _larger),
}
"""What is checked in each house, and what is rolled for it."""


def broken(seed: int, number: int) -> list[str]:
    """Which properties do not hold in a house."""
    found = []
    for check, rolls in PROPERTIES.items():
        random = Random(f"{seed}/{number}")
        try:
            check.hypothesis.inner_test(*(roll(random) for roll in rolls))  # type: ignore[attr-defined] - given by hypothesis
        except AssertionError:
            found.append(f"seed {seed}, house {number}: {check.__name__}")
    return found


def _batch(seed: int, numbers: tuple[int, ...]) -> list[str]:
    return [failure for number in numbers for failure in broken(seed, number)]


def main() -> None:
    """Roll, check, tell."""
    parser = argparse.ArgumentParser(prog="scripts/bench houses", description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin, failures, done = monotonic(), list[str](), 0
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        batches = pool.map(partial(_batch, options.seed), batched(range(options.count), BATCH, strict=False))
        for batch in batches:
            failures, done = failures + batch, min(done + BATCH, options.count)
            if done % 5000 == 0:
                sys.stderr.write(f"{done:,} houses, {len(failures)} failures\n")
    for failure in failures[:20]:
        sys.stdout.write(failure + "\n")
    seconds = monotonic() - begin
    sys.stdout.write(f"{options.count:,} houses, {len(failures)} failures, {seconds:.0f} seconds\n")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
