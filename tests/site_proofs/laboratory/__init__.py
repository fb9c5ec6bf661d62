"""An integration for proofs only: a meter that tells several values at once, a mishap, settings, and haste."""

from threading import Event
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "laboratory"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the actions."""

    async def report(call: ServiceCall) -> ServiceResponse:
        """Let a meter tell; gives when its states were written (s)."""
        for entity, told in call.data["states"].items():
            hass.states.async_set(entity, told["state"], told["attributes"])
        return {"at": time.time()}

    async def block(call: ServiceCall) -> None:
        """Hold up the event loop for so many seconds, as soon as this has been answered; `time.sleep` is refused."""
        hass.loop.call_later(0.5, Event().wait, call.data["seconds"])

    async def haste(call: ServiceCall) -> None:
        """Let who follows the sun have so many times less patience, for a sun that is played so many times as fast."""
        _hurry(hass, call.data["factor"], call.data["rise"])

    async def settle(call: ServiceCall) -> None:
        """Change settings of a station."""
        for entry in hass.config_entries.async_entries("ocpp_home"):
            for subentry in tuple(entry.subentries.values()):
                if subentry.title == call.data["title"]:
                    data = {**subentry.data, **call.data["settings"]}
                    hass.config_entries.async_update_subentry(entry, subentry, data=data)

    hass.services.async_register(DOMAIN, "report", report, supports_response=SupportsResponse.ONLY)
    hass.services.async_register(DOMAIN, "block", block)
    hass.services.async_register(DOMAIN, "haste", haste)
    hass.services.async_register(DOMAIN, "settle", settle)
    return True


def _hurry(hass: HomeAssistant, factor: float, rise: float) -> None:
    from custom_components.ocpp_home.csms.control.terms import Tuning  # noqa: PLC0415 - it may not be loaded before
    from custom_components.ocpp_home.csms.dialogue import tempo  # noqa: PLC0415 - it may not be loaded before
    from custom_components.ocpp_home.site import draw  # noqa: PLC0415 - it may not be loaded before

    words: Any = (tempo, draw)
    for module, name, usual in ((words[0], "RISE", 10.0), (words[0], "SMALL_RISE", 30.0)):
        setattr(module, name, usual * rise)
    words[1].SETTLED = 5.0 * rise
    usual_tuning = Tuning()
    for entry in hass.config_entries.async_entries("ocpp_home"):
        entry.runtime_data.site.tuning = Tuning(
            rise_after=usual_tuning.rise_after * min(rise, 1 / factor),
            restart_after=usual_tuning.restart_after / factor,
            turn=usual_tuning.turn / factor,
            start=usual_tuning.start / factor,
            contactor=usual_tuning.contactor / factor,
            dwell=usual_tuning.dwell / factor,
        )
