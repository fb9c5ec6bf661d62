"""What some stations do otherwise: one record of switches, one row per brand; nowhere else is a brand named."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
import re
from typing import Final


@dataclass(frozen=True, slots=True)
class Quirks:
    """Switches with what holds for a station nothing odd is known of."""

    version: str | None = None
    """The version to prefer where it offers several."""

    # --- charging limits ---
    kind: str | None = None
    """The kind of profile to try first."""
    unit: str | None = None
    """The unit to use whatever the station says (A, W)."""
    flat_stack: bool = False
    """Takes stack level 0 only."""
    purposes: tuple[str, ...] = ("TxProfile", "TxDefaultProfile", "ChargePointMaxProfile")
    """What to try, in this order."""
    steps: tuple[float, ...] = ()
    """The only limits (A) it knows; others are rounded down to one of them."""
    whole_amps: bool = False
    phase_key: str = ""
    """Its own name for the key that tells whether it switches between 3 phases and 1 (1.6)."""
    pauses_block_starts: bool = False
    """A limit of 0 without a transaction makes it refuse to start one."""

    # --- configuration ---
    unknown_keys_crash: bool = False
    """Reboots when it is asked for a key it does not know: only ever ask for all of them."""
    read_back_crashes: bool = False
    """Reboots when a key that was written is read again."""
    fixed_keys: frozenset[str] = frozenset()
    """Keys (casefolded) that are never written."""
    measurands: tuple[str, ...] = ()
    """The only measurands it may be asked for."""
    sample_interval: int = 0
    """Seconds below which it cannot measure periodically."""

    # --- calls ---
    untriggered: frozenset[str] = frozenset()
    """Messages that are never asked for by a trigger."""
    refuses_availability: bool = False
    """Breaks or times out when its availability is changed."""
    pace: float = 0.0
    """Seconds to leave between two calls."""
    tag_length: int = 20
    """The longest id tag it can handle."""
    restart_pause: float = 0.0
    """Seconds to leave between the end of a transaction and the next start."""
    polled: bool = False
    """Sends no periodic meter values, they are asked for."""

    # --- meter values ---
    export_is_import: bool = False
    """Reports what it draws as Export."""


NONE: Final = Quirks()


@dataclass(frozen=True, slots=True)
class Row:
    """Stations whose vendor, model and firmware begin with these patterns (regex, without regard to case)."""

    vendor: str = ""
    model: str = ""
    firmware: str = ""
    switches: Quirks = NONE

    def matches(self, vendor: str, model: str, firmware: str) -> bool:
        """Whether it speaks of this station."""
        pairs = ((self.vendor, vendor), (self.model, model), (self.firmware, firmware))
        return all(re.match(pattern, text.strip(), re.IGNORECASE) for pattern, text in pairs)


def _keys(*names: str) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


ROWS: Final = (
    # Accepts every measurand and reboots when the list is read back; takes stack level 0 only.
    Row(
        "ABB",
        switches=Quirks(
            flat_stack=True,
            read_back_crashes=True,
            measurands=(
                "Current.Import",
                "Current.Offered",
                "Energy.Active.Import.Register",
                "Power.Active.Import",
                "Voltage",
            ),
        ),
    ),
    Row("Wall ?Box", firmware=r"v?6\.", switches=Quirks(kind="Relative")),
    Row("Wall ?Box", firmware=r"v?5\.", switches=Quirks(flat_stack=True)),
    Row("Timxon", switches=Quirks(purposes=("TxDefaultProfile",), kind="Relative")),
    # Accepts ChargePointMaxProfile and ignores it; reboots when asked for a key it does not know.
    Row(
        "(Grizzl-?E|United Chargers)",
        switches=Quirks(
            purposes=("TxProfile", "TxDefaultProfile"),
            unknown_keys_crash=True,
            fixed_keys=_keys("WebSocketPingInterval"),
        ),
    ),
    Row("(Grizzl-?E|United Chargers)", firmware=r"(v?0)?3\.", switches=Quirks(export_is_import=True)),
    # A parked limit of 0 outlives the session and blocks every start.
    Row("Huawei", switches=Quirks(unit="W", pauses_block_starts=True)),
    Row("(EN\\+|En-?plus|EV Switch)", switches=Quirks(refuses_availability=True)),
    Row("(Sync ?EV|BG |BG$)", switches=Quirks(refuses_availability=True, polled=True)),
    # Goes silent after TriggerMessage(BootNotification), answers one call per second.
    Row("(Star ?Charge|MG$|MG )", switches=Quirks(untriggered=frozenset({"BootNotification"}), pace=1.0)),
    Row("(ZJ ?)?Beny", switches=Quirks(pace=1.0)),
    Row("Simpson", switches=Quirks(tag_length=16, refuses_availability=True)),
    # Checks requests of 2.0.1 against its schemas of 1.6; probes with 1.6 first.
    Row("Fox ?ESS", switches=Quirks(version="1.6", restart_pause=300.0)),
    Row("Fronius", switches=Quirks(fixed_keys=_keys("MeterValuesSampledData"))),
    Row("Morek", switches=Quirks(fixed_keys=_keys("ClockAlignedDataInterval"))),
    Row("Mennekes", switches=Quirks(sample_interval=60)),
    Row("Easee", switches=Quirks(sample_interval=30)),
    Row("Charge ?Amps", switches=Quirks(phase_key="ACPhaseSwitchingSupported")),
    Row("NE ?charge", switches=Quirks(steps=(6.0, 8.0, 10.0, 13.0, 16.0))),
    Row("Schneider", switches=Quirks(flat_stack=True)),
)


def _merge(rows: Iterable[Row]) -> Quirks:
    thrown = {
        switch.name: value
        for row in rows
        for switch in fields(Quirks)
        if (value := getattr(row.switches, switch.name)) != getattr(NONE, switch.name)
    }
    return replace(NONE, **thrown)


@lru_cache(maxsize=64)
def quirks_for(vendor: str = "", model: str = "", firmware: str = "") -> Quirks:
    """What is odd about a station that says this of itself; later rows add to earlier ones."""
    return _merge(row for row in ROWS if row.matches(vendor, model, firmware))
