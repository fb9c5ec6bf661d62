"""What people do with the stations of the demo, over and over, by the station's clock."""

from collections.abc import Awaitable, Callable
from random import Random

from .car import Car
from .station import Station

type Life = Callable[[Station, Random], Awaitable[None]]

FAMILY = ("FAMILY-ANNA", "FAMILY-BEN", "VISITOR-1")
STRANGER = "STRANGER"


async def commuter(station: Station, dice: Random) -> None:
    """A car that comes home rather empty, charges until it is full and leaves for the day."""
    while True:
        await station.start(FAMILY[0], car=Car(soc=dice.uniform(0.2, 0.5), delay=4.0))
        while (place := station.connectors[1]).transaction and place.car and not place.car.full:
            await station.clock.sleep(30)
        await station.clock.sleep(600)
        await leave(station)
        await station.clock.sleep(dice.uniform(1800, 5400))


async def sleeper(station: Station, dice: Random) -> None:
    """A car that is plugged in and waits for somebody to start it."""
    await station.plug_in(car=Car(soc=0.6, phases=1, delay=6.0))
    while True:
        await station.clock.sleep(dice.uniform(7200, 14400))
        await leave(station)
        await station.clock.sleep(600)
        await station.plug_in(car=Car(soc=dice.uniform(0.3, 0.8), phases=1, delay=6.0))


async def guests(station: Station, dice: Random) -> None:
    """An open station: cards come and go, now and then one that nobody knows."""
    while True:
        await station.clock.sleep(dice.uniform(120, 420))
        if dice.random() < 0.2:
            await station.present_card(STRANGER)
            await station.clock.sleep(15)
        await station.plug_in(car=Car(soc=dice.uniform(0.2, 0.9), phases=dice.choice((1, 3)), delay=4.0))
        await station.clock.sleep(8)
        await station.present_card(dice.choice(FAMILY[1:]))
        await station.clock.sleep(dice.uniform(300, 1500))
        await leave(station)


async def leave(station: Station) -> None:
    """Stop what runs, take the cable out and drive off."""
    place = station.connectors[1]
    if place.transaction is not None:
        await station.stop()
        await station.clock.sleep(10)
    await station.unplug()
    place.car = None


LIVES: tuple[Life, ...] = (commuter, sleeper, guests)
