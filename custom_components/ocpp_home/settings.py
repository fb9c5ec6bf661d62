"""What the owner set for the household and for a station: from the data of entries to the words of the model."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final

from .const import (
    CONF_ADMITTANCE,
    CONF_AUTOCHARGE,
    CONF_COMPRESSION,
    CONF_CONFIGURE,
    CONF_EVICT,
    CONF_HOLD_BACK,
    CONF_MAXIMUM,
    CONF_PHASES,
    CONF_PINGS,
    CONF_SAFE_LIMIT,
    CONF_SAMPLE_INTERVAL,
    CONF_SEVERAL,
    CONF_SWITCHING,
    CONF_TOKEN,
    CONF_UNKNOWN_CARDS,
    CONF_VERSIONS,
    Admission,
)
from .csms.model.admission import Policy, Unknown
from .csms.model.station import Settings

SWITCHING: Final = {"yes": True, "no": False}
"""Whether a station can be told with how many phases to charge; whatever else is chosen leaves that to the station."""
MASTERS: Final = "OCPP-HOME-MASTER"
"""The group by which a station of 2.x knows the cards that stop everything."""


def household_policy(options: Mapping[str, Any], zone: tzinfo, *, masters: bool = False) -> Policy:
    """What holds at every station that has no rule of its own; `masters` where there are cards that stop everything."""
    usual = Policy()
    return Policy(
        unknown=Unknown(options.get(CONF_UNKNOWN_CARDS, usual.unknown)),
        zone=zone,
        autocharge=bool(options.get(CONF_AUTOCHARGE, usual.autocharge)),
        several=bool(options.get(CONF_SEVERAL, usual.several)),
        evict=bool(options.get(CONF_EVICT, usual.evict)),
        master=MASTERS if masters else "",
    )


def settings_of(data: Mapping[str, Any], household: Policy, *, lists: bool = True, safe_limit: float = 0.0) -> Settings:
    """The settings a subentry holds; what it does not say is as the house or the model has it."""
    usual = Settings()
    return Settings(
        policy=_policy(data, household),
        token=str(data.get(CONF_TOKEN, usual.token)),
        maximum=float(data.get(CONF_MAXIMUM, usual.maximum)),
        phases=int(data.get(CONF_PHASES, usual.phases)),
        switching=SWITCHING.get(data.get(CONF_SWITCHING, "")),
        safe_limit=float(data.get(CONF_SAFE_LIMIT) or safe_limit),
        sample_interval=int(data.get(CONF_SAMPLE_INTERVAL, usual.sample_interval)),
        versions=tuple(data.get(CONF_VERSIONS, usual.versions)),
        pings=bool(data.get(CONF_PINGS, usual.pings)),
        compression=bool(data.get(CONF_COMPRESSION, usual.compression)),
        configure=bool(data.get(CONF_CONFIGURE, usual.configure)),
        lists=lists,
        hold_back=bool(data.get(CONF_HOLD_BACK, usual.hold_back)),
    )


def _policy(data: Mapping[str, Any], household: Policy) -> Policy | None:
    """Who may charge here, None where that is as in the whole household."""
    match Admission(data.get(CONF_ADMITTANCE, Admission.HOUSEHOLD)):
        case Admission.HOUSEHOLD:
            return None
        case Admission.FREE:
            return replace(household, free=True)
        case other:
            return replace(household, unknown=Unknown(other))
