"""Actions about money: costs and tariffs, paying, swapping batteries."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.blocks import Payments, Tariffs
from ..csms.model.token import Token
from .row import TOKEN, Action, Fields, given, several, stamp
from .target import Aim, block


async def set_cost(aim: Aim, fields: Fields) -> JsonValueType:
    """Tell the driver what the transaction costs so far."""
    costs = block(aim.commands.costs, "Cost")
    await costs.cost(aim.transaction(fields.get("transaction_id")), fields["cost"])
    return None


async def set_tariff(aim: Aim, fields: Fields) -> JsonValueType:
    """Install the tariff of everybody who has none of his own."""
    await _tariffs(aim).set_default(aim.only or 0, fields["tariff"])
    return None


async def get_tariffs(aim: Aim, _: Fields) -> JsonValueType:
    """The tariffs that are installed."""
    found = await _tariffs(aim).installed(aim.only or 0)
    return {
        "tariffs": [
            given(
                {
                    "tariff_id": one.tariff,
                    "kind": one.kind,
                    "evses": list(one.evses),
                    "tokens": list(one.tokens),
                    "begin": stamp(one.begin),
                }
            )
            for one in found
        ]
    }


async def clear_tariffs(aim: Aim, fields: Fields) -> JsonValueType:
    """Remove tariffs."""
    await _tariffs(aim).clear(fields["tariff_ids"], aim.only)
    return None


async def change_tariff(aim: Aim, fields: Fields) -> JsonValueType:
    """Give a running transaction another tariff."""
    tariffs = _tariffs(aim)
    await tariffs.change(aim.transaction(fields.get("transaction_id")), fields["tariff"])
    return None


async def web_payment_started(aim: Aim, fields: Fields) -> JsonValueType:
    """Tell the station that somebody is paying for the EVSE elsewhere."""
    payments = _payments(aim)
    await payments.web_payment_started(aim.one_evse().id, int(fields["timeout"].total_seconds()))
    return None


async def request_battery_swap(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask for a battery to be swapped; gives the number under which the swap is told."""
    return {"request_id": await _payments(aim).swap_battery(Token(fields["token"]))}


def _tariffs(aim: Aim) -> Tariffs:
    return block(aim.commands.tariffs, "Tariff")


def _payments(aim: Aim) -> Payments:
    return block(aim.commands.payments, "Payment")


ACTIONS: Final = (
    Action(
        "set_cost",
        set_cost,
        {
            vol.Required("cost"): vol.All(vol.Coerce(float), vol.Range(min=0)),
            vol.Optional("transaction_id"): cv.string,
        },
        per_evse=True,
    ),
    Action("set_tariff", set_tariff, {vol.Required("tariff"): dict}, admin=True, per_evse=True),
    Action("get_tariffs", get_tariffs, {}, SupportsResponse.ONLY, per_evse=True),
    Action(
        "clear_tariffs",
        clear_tariffs,
        {vol.Optional("tariff_ids", default=list): several(cv.string)},
        admin=True,
        per_evse=True,
    ),
    Action(
        "change_tariff",
        change_tariff,
        {vol.Required("tariff"): dict, vol.Optional("transaction_id"): cv.string},
        admin=True,
        per_evse=True,
    ),
    Action(
        "web_payment_started",
        web_payment_started,
        {vol.Required("timeout", default={"minutes": 2}): cv.positive_time_period},
        per_evse=True,
    ),
    Action("request_battery_swap", request_battery_swap, {vol.Required("token"): TOKEN}, SupportsResponse.OPTIONAL),
)
