"""What the owner set for a station: from the data of its subentry to the words of the model."""

from collections.abc import Mapping
from typing import Any

from .const import (
    CONF_ADMITTANCE,
    CONF_CARDS,
    CONF_COMPRESSION,
    CONF_CONFIGURE,
    CONF_HOLD_BACK,
    CONF_MAXIMUM,
    CONF_PHASES,
    CONF_PINGS,
    CONF_SAFE_LIMIT,
    CONF_SAMPLE_INTERVAL,
    CONF_TOKEN,
    CONF_VERSIONS,
    Admission,
)
from .csms.model.admission import Policy, Unknown
from .csms.model.station import Settings
from .csms.model.token import Decision, Token, Verdict


def settings_of(data: Mapping[str, Any]) -> Settings:
    """The settings a subentry holds; what it does not say is as the model has it."""
    usual = Settings()
    token = str(data.get(CONF_TOKEN, usual.token))
    return Settings(
        policy=_policy(data, token),
        token=token,
        maximum=float(data.get(CONF_MAXIMUM, usual.maximum)),
        phases=int(data.get(CONF_PHASES, usual.phases)),
        safe_limit=float(data.get(CONF_SAFE_LIMIT, usual.safe_limit)),
        sample_interval=int(data.get(CONF_SAMPLE_INTERVAL, usual.sample_interval)),
        versions=tuple(data.get(CONF_VERSIONS, usual.versions)),
        pings=bool(data.get(CONF_PINGS, usual.pings)),
        compression=bool(data.get(CONF_COMPRESSION, usual.compression)),
        configure=bool(data.get(CONF_CONFIGURE, usual.configure)),
        hold_back=bool(data.get(CONF_HOLD_BACK, usual.hold_back)),
    )


def _policy(data: Mapping[str, Any], token: str) -> Policy:
    """Who may charge; the token of a start by command always may, for a station may ask about that one too."""
    if data.get(CONF_ADMITTANCE, Admission.EVERYBODY) == Admission.EVERYBODY:
        return Policy()
    cards = (token, *data.get(CONF_CARDS, ()))
    return Policy(Unknown.REFUSE, listed={Token(card).key: Verdict(Decision.ACCEPTED) for card in cards})
