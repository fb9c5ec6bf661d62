"""The wizard: a station is led to a better security profile, or its owner is told how to set that up by hand."""

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .ascents import Climb
from .const import CONF_IDENTITY
from .csms.model.station import Station
from .csms.security.password import generate
from .csms.security.proof import Profile
from .csms.security.steps import Step
from .export import common
from .hub import Hub
from .security_flow import SecuritySteps
from .tls_settings import Mode, Source, names_of
from .words import tame

CONF_GOAL: Final = "goal"
CONF_WAY: Final = "way"
CONF_INTERFACE: Final = "interface"
CONF_ROOT: Final = "root"

GUIDED: Final = "guided"
BY_HAND: Final = "by_hand"
INTERFACES: Final = {"cable": "Wired0", "wifi": "Wireless0"}
"""By what a station of 2.0.1 is connected, which it does not tell."""
ALONE: Final = frozenset({"offline", "charging", "not_better", "unanswered", "certificate_not_signed"})
"""What ends an ascent and is not helped by setting the station up by hand."""


class AscentSteps(SecuritySteps):
    """The part of a station's settings by which its connection is made secure."""

    _looking: asyncio.Task[None] | None = None
    _password: str | None = None
    _goal: Profile = Profile.TLS

    async def async_step_secure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose how the station shall prove who it is; one that is on its way is looked at."""
        hub, station = self._hub(), self._station()
        climb = hub.ascents.climb(station)
        if climb is not None and not climb.done:
            return await self.async_step_climbing()
        present = hub.ascents.profile(station.name)
        if present is Profile.CLIENT:
            return self.async_abort(reason="secure_already")
        errors: dict[str, str] = {}
        host = _dialled(hub, station)
        if user_input is not None:
            self._goal = Profile(int(user_input[CONF_GOAL]))
            by_hand = user_input[CONF_WAY] == BY_HAND
            problem = await self._problem(hub, station, by_hand=by_hand)
            if problem is None and by_hand:
                return await self.async_step_by_hand()
            if problem is None:
                hub.ascents.begin(station, self._goal, INTERFACES.get(user_input.get(CONF_INTERFACE, ""), ""))
                return await self.async_step_climbing()
            errors["base"] = problem
        words = await common(self.hass)
        return self.async_show_form(
            step_id="secure",
            data_schema=self.add_suggested_values_to_schema(_schema(station, present), user_input),
            description_placeholders={"present": words[f"profile_{present:d}"], "host": tame(host)},
            errors=errors,
            last_step=False,
        )

    async def async_step_climbing(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what is being done until the station is there, or is not."""
        climb = self._climb()
        if climb is None:
            return self.async_show_progress_done(next_step_id="stopped")
        if climb.done:
            self._looking = None
            return self.async_show_progress_done(next_step_id="climbed" if climb.fall is None else "fallen")
        if self._looking is None or self._looking.done():
            name = f"ocpp_home watches {self._station().name}"
            self._looking = self.hass.async_create_background_task(_next(climb, climb.step), name)
        return self.async_show_progress(
            step_id="climbing",
            progress_action=BY_HAND if climb.by_hand else _action(climb),
            description_placeholders={"station": tame(self._hub().title(self._station()))},
            progress_task=self._looking,
        )

    async def async_step_stopped(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The hub was stopped meanwhile; what was pending is looked after when it runs again."""
        return self.async_abort(reason="secure_stopped")

    async def async_step_climbed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tell what the station proves from now on."""
        if user_input is not None:
            return self.async_abort(reason="reconfigure_successful")
        words, profile = await common(self.hass), self._hub().ascents.profile(self._station().name)
        return self.async_show_form(
            step_id="climbed",
            data_schema=vol.Schema({}),
            description_placeholders={"present": words[f"profile_{profile:d}"]},
        )

    async def async_step_fallen(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tell why the station is not there, where it is instead, and what can be done."""
        hub, climb, words = self._hub(), self._climb(), await common(self.hass)
        fall = None if climb is None else climb.fall
        reason = "away" if fall is None else fall.reason
        profile = hub.ascents.profile(self._station().name)
        pending = hub.ascents.coming(self._station().name) is not None
        told = "" if fall is None or not fall.words else words["fall_words"].format(words=tame(fall.words))
        by_hand = reason not in ALONE and min(self._goal, Profile.TLS) > profile
        return self.async_show_menu(
            step_id="fallen",
            menu_options=["secure", "by_hand"] if by_hand else ["secure"],
            description_placeholders={
                "reason": words[f"fall_{reason}"],
                "words": told,
                "state": words["fall_open" if pending else "fall_closed"].format(present=words[f"profile_{profile:d}"]),
            },
        )

    async def async_step_by_hand(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what somebody has to set in the station; the password is seen in this window only."""
        hub, station = self._hub(), self._station()
        goal = min(self._goal, Profile.TLS)
        if user_input is not None:
            hub.ascents.begin(station, goal, password=self._password)
            return await self.async_step_climbing()
        self._password = self._password or generate()
        root = TextSelector(TextSelectorConfig(multiline=True))
        schema = vol.Schema({vol.Optional(CONF_ROOT): root} if goal >= Profile.TLS else {})
        return self.async_show_form(
            step_id="by_hand",
            data_schema=self.add_suggested_values_to_schema(schema, {CONF_ROOT: hub.certificates.authority.pem}),
            description_placeholders={
                "url": (hub.secure_url if goal >= Profile.TLS else hub.url) or hub.url,
                "identity": tame(station.name),
                "password": self._password,
                "profile": str(int(goal)),
            },
            last_step=False,
        )

    async def _problem(self, hub: Hub, station: Station, *, by_hand: bool) -> str | None:
        """Why the way cannot be begun."""
        mode = hub.certificates.settings.mode
        if self._goal >= Profile.TLS and mode is Mode.OFF:
            return "secure_tls_off"
        if self._goal is Profile.BASIC and mode is Mode.ONLY:
            return "secure_tls_only"
        if by_hand:
            return "secure_by_hand_only_password" if self._goal is Profile.CLIENT else None
        if not station.connected:
            return "secure_offline"
        if any(evse.transaction is not None for evse in station.evses.values()):
            return "secure_charging"
        if self._goal >= Profile.TLS and not await self._named(hub, station):
            return "secure_name"
        return None

    async def _named(self, hub: Hub, station: Station) -> bool:
        """Whether our certificate has the name by which a station of 1.6 dials, which it keeps."""
        settings = hub.certificates.settings
        if station.version != "1.6" or settings.source is not Source.OWN:
            return True
        names = await names_of(self.hass, hub.entry, settings.names)
        return _dialled(hub, station).casefold() in {name.casefold() for name in names}

    def _station(self) -> Station:
        name: str = self._get_reconfigure_subentry().data[CONF_IDENTITY]
        return self._hub().stations[name.casefold()]

    def _climb(self) -> Climb | None:
        """The way the station is on; None where nobody knows, because the hub was stopped meanwhile."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return None
        return self._hub().ascents.climb(self._station())


async def _next(climb: Climb, seen: Step) -> None:
    """Wait until something else is being done."""
    while climb.step is seen and not climb.done:
        climb.changed.clear()
        await climb.changed.wait()


def _action(climb: Climb) -> str:
    """What is told while a step is under way; the way over a certificate has some that are called the same."""
    return f"secure_{climb.step.value}"


def _dialled(hub: Hub, station: Station) -> str:
    """The name or address by which the station has dialled us; empty while it is away."""
    session = hub.central.session(station.name)
    header = "" if session is None else session.request.headers.get("host", "")
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _schema(station: Station, present: Profile) -> vol.Schema:
    """What can be chosen; stations of 2.0.1 do not tell by what they are connected."""
    goals = [str(int(profile)) for profile in Profile if profile > present]
    schema = vol.Schema(
        {
            vol.Required(CONF_GOAL, default="2" if "2" in goals else goals[0]): SelectSelector(
                SelectSelectorConfig(options=goals, translation_key=CONF_GOAL, mode=SelectSelectorMode.LIST)
            ),
            vol.Required(CONF_WAY, default=GUIDED): SelectSelector(
                SelectSelectorConfig(options=[GUIDED, BY_HAND], translation_key=CONF_WAY, mode=SelectSelectorMode.LIST)
            ),
        }
    )
    if station.version != "2.0.1":
        return schema
    interface = SelectSelectorConfig(options=list(INTERFACES), translation_key=CONF_INTERFACE)
    return schema.extend({vol.Required(CONF_INTERFACE, default="cable"): SelectSelector(interface)})
