"""Pages in a browser: it opens a websocket to any address for any of them, and says in `Origin` whose it is."""

from ipaddress import ip_address
import re
from typing import Final

from .door import Request

_WEB: Final = re.compile(r"https?://(\[[0-9a-f:.]+\]|[^/:@\s]+)(?::\d*)?/?", re.IGNORECASE)
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^/:@\s]+)(?::\d*)?", re.IGNORECASE)
NOBODY: Final = "null"
"""The origin of a page that hides whose it is, as any page can let a frame of its own do."""


def of_a_page(request: Request) -> bool:
    """Whether somebody else's page asks, in the browser of somebody who is at home here.

    RFC 6455 - 10.2: servers "not intended to process input from any web page" verify the origin and answer 403.
    Stations that send one name the server they dial. A name of the Internet counts as somebody else's even then, for
    whoever owns it can let it lead here (DNS rebinding); who has proved to be a station is not asked for its origin.
    """
    origin = request.headers.get("origin", "").strip()
    if origin.casefold() in {"", NOBODY}:
        return bool(origin)
    page, host = _WEB.fullmatch(origin), _HOST.fullmatch(request.headers.get("host", "").strip())
    if page is None:
        return origin.casefold().startswith("http")
    return host is None or page[1].casefold() != host[1].casefold() or not _of_the_home(page[1].casefold())


def _of_the_home(host: str) -> bool:
    """Whether a host can be named by nobody on the Internet: an address, a bare name, or one of multicast DNS."""
    if "." not in host or host.endswith(".local"):
        return True
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
