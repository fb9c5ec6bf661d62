"""Where a station fetches files from and sends them to, and the numbers of such requests."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from ..model.commands import Signature, Transfer
from ..model.errors import Invalid
from ..model.station import Station
from ..wire.frame import Payload
from .clock import stamp

SCHEMES: Final = frozenset({"http", "https", "ftp", "ftps", "sftp"})
"""What a station may be sent to (OCPP 1.6 ed. 2 - 8; OCPP 2.0.1 ed. 3 - FileTransferProtocols)."""


def location(station: Station, url: str) -> str:
    """A place the station can fetch from or send to; raises Invalid."""
    scheme = urlsplit(url).scheme.casefold()
    if scheme not in SCHEMES:
        raise Invalid(f"a station is sent to {', '.join(sorted(SCHEMES))} only, not to {scheme or 'a local file'}")
    variables = station.variables
    known = variables.words("SupportedFileTransferProtocols") or variables.words(
        "FileTransferProtocols", "OCPPCommCtrlr"
    )
    if known and scheme not in {word.casefold() for word in known}:
        raise Invalid(f"the station knows {', '.join(known)}, not {scheme}")
    return url


def package(station: Station, source: Transfer, signature: Signature | None) -> Payload:
    """A firmware to fetch and when, with what proves it if anything does (FirmwareType); raises Invalid."""
    firmware = {
        "location": location(station, source.location),
        "retrieveDateTime": stamp(source.at or datetime.now(UTC)),
    }
    if signature is not None:
        firmware |= {"signingCertificate": signature.certificate, "signature": signature.signature}
        if signature.install_at is not None:
            firmware["installDateTime"] = stamp(signature.install_at)
    return firmware


def attempts(transfer: Transfer) -> Payload:
    """How often and how far apart the station tries."""
    wanted = {"retries": transfer.retries, "retryInterval": transfer.retry_interval}
    return {name: value for name, value in wanted.items() if value is not None}


def span(transfer: Transfer, since: str, until: str) -> Payload:
    """From when to when, in the words of the message."""
    wanted: dict[str, datetime | None] = {since: transfer.since, until: transfer.until}
    return {name: stamp(at) for name, at in wanted.items() if at is not None}


def request_id(station: Station) -> int:
    """A number no earlier request to the station had."""
    last = station.ledger.recall(station.name, "request")
    number = (int(last) if isinstance(last, int | float) else 0) + 1
    station.keep("request", number)
    return number
