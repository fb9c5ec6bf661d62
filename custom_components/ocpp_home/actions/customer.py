"""Actions about what a station knows of a customer."""

from typing import Any, Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import CustomerReference
from ..csms.model.token import Token, TokenType
from .row import TOKEN, Action, Fields
from .security import HASH, certificate_hash
from .target import Aim, block

_TYPES: Final = tuple(kind.value for kind in TokenType if kind is not TokenType.UNKNOWN)


async def get_customer_information(aim: Aim, fields: Fields) -> JsonValueType:
    """What the station knows of a customer."""
    customer = block(aim.commands.customer, "CustomerInformation")
    return {"information": await customer.information(_who(fields))}


async def forget_customer(aim: Aim, fields: Fields) -> JsonValueType:
    """Make the station forget a customer; gives what it knew of him."""
    customer = block(aim.commands.customer, "CustomerInformation")
    return {"information": await customer.information(_who(fields), clear=True)}


def _who(fields: Fields) -> CustomerReference:
    token, certificate = fields.get("token"), fields.get("certificate")
    return CustomerReference(
        token=None if token is None else Token(token, TokenType(fields["token_type"])),
        certificate=None if certificate is None else certificate_hash(certificate),
        identifier=fields.get("customer_identifier"),
    )


_WHO: Final[dict[vol.Marker, Any]] = {
    vol.Optional("token"): TOKEN,
    vol.Optional("token_type", default=TokenType.CENTRAL.value): vol.In(_TYPES),
    vol.Optional("customer_identifier"): vol.All(cv.string, vol.Length(min=1, max=64)),
    vol.Optional("certificate"): vol.Schema(HASH),
}

ACTIONS: Final = (
    Action("get_customer_information", get_customer_information, _WHO, SupportsResponse.ONLY, admin=True),
    Action("forget_customer", forget_customer, _WHO, SupportsResponse.OPTIONAL, admin=True),
)
