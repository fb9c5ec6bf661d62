"""Paying through a page whose address a station shows as a QR code (OCPP 2.1 ed. 1 - C25).

The address proves with a one-time password that it was read at the station just now. Where the money goes is not
known here: whoever has been paid starts the session, with the reference of the payment as its token.
"""

from collections.abc import Mapping
from datetime import datetime
import hmac
from math import isfinite
import re
from secrets import token_urlsafe
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from ..model.blocks import Visit
from ..model.errors import Invalid, OcppError, Refused, Unsupported
from ..model.session_limit import NO_LIMIT, SessionLimit
from ..model.station import Station
from .configuration import Configuration

CONTROLLER: Final = "WebPaymentsCtrlr"
VERSION: Final = "v1"
ALPHABET: Final = "0123456789abcdefghijklmnpqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""C25, TOTP algorithm, version 1: "base62", in which there is no small o."""
VALIDITY: Final = 30
"""Seconds for which a one-time password is shown (ValidityTime)."""
LENGTH: Final = 8
"""Characters of a one-time password."""
KEY: Final = "web payment"
NEEDED: Final = frozenset({"chargingstationid", "totp", "version"})
"""C25.FR.50: what an address must tell."""
PLACEHOLDER: Final = re.compile(r"\{(chargingstationid|evse|totp|version)\}")


async def offer(station: Station, template: str) -> None:
    """Let a station show this address, with a secret that only it and we know."""
    if NEEDED.difference(PLACEHOLDER.findall(template)) or urlsplit(template).scheme != "https":
        raise Invalid("the address is of https and has {chargingstationid}, {totp} and {version} in it")
    configuration = station.require().configuration
    if not isinstance(configuration, Configuration) or not station.variables.get("URLTemplate", CONTROLLER):
        raise Unsupported("the station shows no address to pay at")
    secret = token_urlsafe(24)
    values = {"URLTemplate": template, "TOTPVersion": VERSION, "SharedSecret": secret}
    values |= {"ValidityTime": str(VALIDITY), "Length": str(LENGTH)}
    values |= {"Enabled": "true"} if station.variables.get("Enabled", CONTROLLER) else {}
    outcomes = await configuration.write_all({f"{CONTROLLER}.{name}": value for name, value in values.items()})
    if refusal := next((outcome for outcome in outcomes if isinstance(outcome, OcppError)), None):
        raise refusal
    station.keep(KEY, {"template": template, "secret": secret})


def visit(station: Station, url: str, now: datetime) -> Visit:
    """What an address tells that somebody has opened; raises Invalid, or Refused when its password is not valid."""
    match station.ledger.recall(station.name, KEY):
        case {"template": str(template), "secret": str(secret)}:
            told = _read(template, url)
        case _:
            raise Invalid("the station shows no address to pay at")
    if told["chargingstationid"].casefold() != station.name.casefold() or told["version"] != VERSION:
        raise Invalid("this is no address of the station")
    passwords = [one_time_password(secret, now.timestamp() + late * VALIDITY) for late in (0, -1, 1)]
    # C25, Validation of TOTP: those of the previous and the next time interval are valid, too
    if not any(hmac.compare_digest(told["totp"].encode(), password.encode()) for password in passwords):
        raise Refused("InvalidTotp", "the address was not read at the station just now")  # C25.FR.08
    return Visit(_evse(station, told.get("evse")), _limit(dict(parse_qsl(urlsplit(url).query))))


def one_time_password(secret: str, moment: float, validity: int = VALIDITY, length: int = LENGTH) -> str:
    """C25, TOTP algorithm, version 1, of a moment in seconds since 1970."""
    interval = int(moment // validity).to_bytes(8, "big")
    digest = hmac.digest(secret.encode(), interval, "sha256")
    offset = digest[-1] & 0x0F
    return "".join(ALPHABET[digest[(offset + place) % len(digest)] % len(ALPHABET)] for place in range(length))


def _read(template: str, url: str) -> dict[str, str]:
    """The values that stand in an address in the places of a template (C25.FR.09)."""
    pattern, end = "", 0
    for found in PLACEHOLDER.finditer(template):
        again = f"(?P={found[1]})" if f"<{found[1]}>" in pattern else f"(?P<{found[1]}>[^/?#&]+)"
        pattern, end = pattern + re.escape(template[end : found.start()]) + again, found.end()
    pattern += re.escape(template[end:].rstrip("/"))
    matched = re.fullmatch(rf"{pattern}/?([?&#].*)?", url)
    if matched is None:
        raise Invalid("this is no address of the station")
    return {name: unquote(value) for name, value in matched.groupdict().items()}


def _evse(station: Station, told: str | None) -> int | None:
    if told is None:
        return None
    if not told.isdecimal() or int(told) not in station.evses:
        raise Invalid(f"the station has no EVSE {told}")
    return int(told)


def _limit(query: Mapping[str, str]) -> SessionLimit:
    """C25.FR.59; C25.FR.60: what else is asked is ignored."""
    wanted = {name: _number(name, query[name]) for name in ("maxenergy", "maxtime", "maxcost") if name in query}
    if not wanted:
        return NO_LIMIT
    time = wanted.get("maxtime")
    return SessionLimit(
        cost=wanted.get("maxcost"), energy=wanted.get("maxenergy"), time=None if time is None else int(time)
    )


def _number(name: str, told: str) -> float:
    try:
        value = float(told)
    except ValueError:
        value = -1
    if not isfinite(value) or value <= 0:
        raise Invalid(f"{name} is no number above 0")
    return value
