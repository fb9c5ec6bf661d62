"""Where a station dials in (OCPP 2.0.1 ed. 3 - B09)."""

from typing import Final
from urllib.parse import urlsplit

from ..dialogue.call import Block, Handler, consent
from ..model.commands import NetworkProfile
from ..model.errors import Invalid
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}

SCHEMES: Final = {1: ("ws",), 2: ("wss",), 3: ("wss",)}
"""What belongs to a security profile (OCPP 2.0.1 ed. 3 - A00, table 11)."""
VERSIONS: Final = {"2.0.1": "OCPP20", "2.1": "OCPP21"}


class Network(Block):
    """The connections one station may use."""

    async def set_profile(self, slot: int, profile: NetworkProfile) -> None:
        """Write a connection into a slot; it is used once NetworkConfigurationPriority names it and after a reset."""
        scheme = urlsplit(profile.url).scheme.casefold()
        if scheme not in SCHEMES.get(profile.security_profile, ("ws", "wss")):
            raise Invalid(f"security profile {profile.security_profile} is not spoken at {profile.url}")
        optional = {
            "identity": profile.identity,
            "basicAuthPassword": profile.password,
            "apn": profile.apn,
            "vpn": profile.vpn,
        }
        connection: Payload = {
            "ocppVersion": profile.version or VERSIONS.get(self._station.version or "", "OCPP20"),
            "ocppTransport": "JSON",
            "ocppCsmsUrl": profile.url,
            "messageTimeout": profile.message_timeout,
            "securityProfile": profile.security_profile,
            "ocppInterface": profile.interface,
        } | {name: value for name, value in optional.items() if value is not None}
        consent(await self._call("SetNetworkProfile", {"configurationSlot": slot, "connectionData": connection}))
