"""`python -m tests.simulator --url ws://127.0.0.1:9000`: a few stations and a house, until Ctrl-C."""

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
import asyncio
from contextlib import suppress
from functools import partial

from .brands import BRANDS
from .publish import publish, states
from .station import DIALECTS
from .world import Plan, World


def arguments() -> Namespace:
    """The command line."""
    parser = ArgumentParser(
        prog="python -m tests.simulator", description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--url", default="ws://127.0.0.1:9000", help="where the central system listens")
    parser.add_argument("--stations", type=int, default=3)
    parser.add_argument("--prefix", default="SIM", help="identities are PREFIX1, PREFIX2, ...")
    parser.add_argument("--factor", type=float, default=1.0, help="how many times faster than real time")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same people and clouds")
    parser.add_argument("--brand", default="", choices=["", *BRANDS], help="behave as this brand")
    parser.add_argument("--password", help="HTTP basic authentication")
    parser.add_argument("--sample-interval", type=int, default=10, help="seconds between meter values")
    parser.add_argument(
        "--versions", nargs="+", default=["1.6"], choices=list(DIALECTS), help="of the stations, in turn"
    )
    parser.add_argument("--seconds", type=float, help="stop after so many real seconds")
    parser.add_argument("--state-url", help="Home Assistant, to which the house's sensors are written")
    parser.add_argument("--token", default="", help="its access token")
    return parser.parse_args()


async def live(options: Namespace) -> None:
    """Run the world, and publish the house if wanted."""
    names = ("url", "stations", "prefix", "factor", "seed", "brand", "password", "sample_interval")
    values = {name: getattr(options, name) for name in names}
    world = World(Plan(**values, versions=tuple(options.versions)), partial(print, flush=True))
    try:
        async with asyncio.timeout(options.seconds), asyncio.TaskGroup() as group:
            group.create_task(world.run())
            if options.state_url:
                group.create_task(report(world, options))
    except TimeoutError:
        pass
    finally:
        await world.close()


async def report(world: World, options: Namespace) -> None:
    """Write the house's sensors every five real seconds."""
    while True:
        try:
            await publish(options.state_url, options.token, states(world.house, world.sample()))
        except OSError as trouble:
            world.say(f"house: {trouble}")
        await asyncio.sleep(5)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(live(arguments()))
