"""The simulated world: stations that speak OCPP over a real socket, cars, and a house with sun.

It keeps its own truth and imports neither Home Assistant nor the integration.
"""

from .car import Car
from .clock import Clock, ManualClock
from .hardware import Hardware, Identity
from .oddities import Oddities
from .record import Sample, Transaction
from .station import Station
from .v21_payment import Terminal
from .wire import LinkLost, Refused

__all__ = [
    "Car",
    "Clock",
    "Hardware",
    "Identity",
    "LinkLost",
    "ManualClock",
    "Oddities",
    "Refused",
    "Sample",
    "Station",
    "Terminal",
    "Transaction",
]
