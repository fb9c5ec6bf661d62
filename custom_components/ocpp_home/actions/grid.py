"""Actions about what a car or a station does for the grid (OCPP 2.1)."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.blocks import Grid
from .row import TIME, Action, Fields, plain, several
from .target import Aim, block

_CONTROLS: Final = (
    *("EnterService", "FixedPFAbsorb", "FixedPFInject", "FixedVar", "FreqDroop", "FreqWatt", "Gradients"),
    *("HFMayTrip", "HFMustTrip", "HVMayTrip", "HVMomCess", "HVMustTrip", "LFMustTrip", "LVMayTrip", "LVMomCess"),
    *("LVMustTrip", "LimitMaxDischarge", "PowerMonitoringMustTrip", "VoltVar", "VoltWatt", "WattPF", "WattVar"),
)
_TRANSFERS: Final = (
    *("AC_single_phase", "AC_two_phase", "AC_three_phase", "DC", "AC_BPT", "AC_BPT_DER", "AC_DER"),
    *("DC_BPT", "DC_ACDP", "DC_ACDP_BPT", "WPT"),
)


async def set_der_control(aim: Aim, fields: Fields) -> JsonValueType:
    """Install a control; gives the ids of those it takes the place of."""
    named = {"controlId": fields["control_id"], "controlType": fields["control_type"], "isDefault": fields["default"]}
    return {"superseded": list(await _grid(aim).set_control({**fields["control"], **named}))}


async def get_der_controls(aim: Aim, fields: Fields) -> JsonValueType:
    """The controls that are installed, in the words of the specification."""
    found = await _grid(aim).controls(fields.get("control_type"), fields.get("control_id"))
    return {"controls": [plain(one) for one in found]}


async def clear_der_controls(aim: Aim, fields: Fields) -> JsonValueType:
    """Remove controls: the defaults or the scheduled ones."""
    await _grid(aim).clear_control(
        default=fields["default"], kind=fields.get("control_type"), control=fields.get("control_id")
    )
    return None


async def send_afrr_signal(aim: Aim, fields: Fields) -> JsonValueType:
    """Hand a signal of the grid's automatic frequency restoration on."""
    await _grid(aim).signal(fields["signal"], fields.get("at") or dt_util.utcnow())
    return None


async def allow_energy_transfer(aim: Aim, fields: Fields) -> JsonValueType:
    """Tell in which ways energy may flow between car and station."""
    grid = _grid(aim)
    await grid.allow(aim.transaction(fields.get("transaction_id")), fields["energy_transfer"])
    return None


def _grid(aim: Aim) -> Grid:
    return block(aim.commands.grid, "DERControl")


_NAMED: Final = {vol.Optional("control_type"): vol.In(_CONTROLS), vol.Optional("control_id"): cv.string}

ACTIONS: Final = (
    Action(
        "set_der_control",
        set_der_control,
        {
            vol.Required("control_type"): vol.In(_CONTROLS),
            vol.Required("control_id"): vol.All(cv.string, vol.Length(min=1, max=36)),
            vol.Required("control"): dict,
            vol.Optional("default", default=False): cv.boolean,
        },
        SupportsResponse.OPTIONAL,
        admin=True,
    ),
    Action("get_der_controls", get_der_controls, _NAMED, SupportsResponse.ONLY),
    Action(
        "clear_der_controls",
        clear_der_controls,
        {**_NAMED, vol.Optional("default", default=False): cv.boolean},
        admin=True,
    ),
    Action(
        "send_afrr_signal",
        send_afrr_signal,
        {vol.Required("signal"): vol.Coerce(int), vol.Optional("at"): TIME},
        admin=True,
    ),
    Action(
        "allow_energy_transfer",
        allow_energy_transfer,
        {
            vol.Required("energy_transfer"): several(vol.In(_TRANSFERS)),
            vol.Optional("transaction_id"): cv.string,
        },
        per_evse=True,
    ),
)
