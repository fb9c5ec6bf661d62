"""A station is given a new password over OCPP, in an order in which it is never locked out (A01)."""

import re
from typing import Final, Protocol

from ..model.errors import Invalid, Refused, Unsupported
from ..model.station import Station
from .password import LENGTH, acceptable

FIRST: Final = "AuthorizationKey"
"""OCPP 1.6 security whitepaper ed. 3 - 7.2."""
SECOND: Final = "SecurityCtrlr.BasicAuthPassword"
"""OCPP 2.0.1 ed. 3 - A01.FR.01."""

_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")


class Keeper(Protocol):
    """Who knows the passwords of a station. What it is told is on disk and in force when a method returns."""

    async def offer(self, password: str) -> None:
        """Let the station in by this password too, beside the one in use."""

    async def adopt(self) -> None:
        """The password that was offered is the one in use, and no other."""

    async def withdraw(self) -> None:
        """The password that was offered is none."""


async def rotate(station: Station, password: str, keeper: Keeper, *, spelled: bool = False) -> bool:
    """Give a station another password; tells whether it is in use, or known beside the old one until it is shown.

    It is told in the form its version wants, or as it is `spelled`.

    A01.FR.03: who accepts is no longer let in by the old one. A01.FR.04: who does not has not changed it. Who does not
    answer, or restarts first, may have it by now or later: both are good until the new one is shown.
    Raises what the station answered.
    """
    name = FIRST if station.version == "1.6" else SECOND
    value = written(password) if name == FIRST and not spelled else password
    configuration = station.require().configuration
    if not spelled and not acceptable(value):
        raise Invalid("a password has 16 to 40 letters, digits and * - _ = : + | @ .")
    await keeper.offer(password)
    try:
        write = await configuration.write(name, value)
    except Refused, Unsupported, Invalid:
        await keeper.withdraw()
        raise
    if write.reboot_required:
        return False
    await keeper.adopt()
    return True


def is_password(variable: str) -> bool:
    """Whether a variable is what a station proves itself with."""
    return variable.casefold() in {FIRST.casefold(), SECOND.casefold()}


def written(password: str) -> str:
    """A password as OCPP 1.6 wants it: hexadecimal digits of at most 20 bytes (A00.FR.205), a longer one as it is."""
    if _HEX.fullmatch(password) or len(password.encode()) > LENGTH:
        return password
    return password.encode().hex()
