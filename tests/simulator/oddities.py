"""What a station may do otherwise than the specification says: one frozen record of switches, all off by default.

One more oddity is one field here, plus one row in `disguise.py` when it changes what is written on the wire.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Payload = dict[str, Any]

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Oddities:
    """Every switch with its well-behaved default."""

    # --- link ---
    subprotocols: tuple[str, ...] | None = None  # None: the dialect's own; (): no such header at all
    path: str = "/{id}"  # how the identity is put behind the host
    answers_pings: bool = True
    deflate: bool = False
    boots_on_every_connection: bool = False  # a reconnect needs none (OCPP-J 1.6 - 5.4)
    never_boots: bool = False
    boots_every: float = 0.0  # seconds
    speaks_before_boot: bool = False  # StatusNotifications go out before BootNotification
    closes_on: frozenset[str] = frozenset()  # answers these actions by dropping the link

    # --- answers ---
    answer_delay: float = 0.0  # seconds of the station's clock
    never_answers: frozenset[str] = frozenset()  # actions; "*" for all
    answers: Mapping[str, Payload | str] = field(default_factory=dict)  # action: fixed payload, or a CALLERROR code
    answers_twice: bool = False

    # --- frames ---
    truncates_results: bool = False
    nul_bytes: bool = False
    short_errors: bool = False  # CALLERROR of three elements
    null_payloads: bool = False  # null instead of {}
    extra_fields: Mapping[str, Any] = field(default_factory=dict)

    # --- configuration ---
    key_answers: Mapping[str, str] = field(default_factory=dict)  # ChangeConfiguration: key (or "*") to status
    missing_keys: frozenset[str] = frozenset()
    read_only_keys: frozenset[str] = frozenset()
    reboots_on_reading: frozenset[str] = frozenset()  # keys whose reading crashes it; "unknown" for unknown keys
    lower_case_keys: bool = False
    key_values: Mapping[str, str] = field(default_factory=dict)  # other factory values
    ignores_change_of: frozenset[str] = frozenset()  # says Accepted and keeps the old value

    # --- charging profiles ---
    refuses_profiles: Mapping[str, str] = field(default_factory=dict)  # purpose to status, or to a CALLERROR code
    ignores_profiles: frozenset[str] = frozenset()  # purposes accepted without effect
    silent_kinds: frozenset[str] = frozenset()  # profile kinds it never answers
    kinds: frozenset[str] = frozenset({"Absolute", "Recurring", "Relative"})  # others are rejected
    max_profile_not_relative: bool = False
    units: frozenset[str] = frozenset({"A", "W"})  # others are rejected
    stack_level_zero_only: bool = False
    whole_amps_only: bool = False
    steps: tuple[float, ...] = ()  # rounds the offer down to one of these
    least_amps: float = 0.0  # charges with no less: a lower limit counts as 0
    stays_paused: bool = False  # after a limit of 0 its car does not charge again in that session
    never_zero: bool = False  # rejects a limit of 0
    ignores_zero: bool = False  # accepts 0 and goes on charging
    resumes_unlimited: bool = False  # forgets its limits after a pause by 0
    zero_blocks_starts: bool = False  # a 0 that outlives the session makes it refuse every start
    stops_below_minimum: bool = False  # a limit under 6 A ends the transaction
    ignores_phases: bool = False
    start_must_be_past: bool = False

    # --- transactions ---
    stop_transaction_id: int | None = None  # -1, 0, ... instead of the number it was given
    starts_again: str = ""  # "same id" or "new id": StartTransaction goes out twice
    stops_twice: bool = False
    same_id_on_retry: bool = False
    closing_values: bool = False  # MeterValues after StopTransaction, without transactionId
    starts_by_itself: str = ""  # the tag it uses as soon as a car is plugged in
    no_evse: bool = False  # 2.x: not even Started tells where
    seq_gaps: bool = False  # 2.x: the second event of a transaction skips a seqNo
    no_connector_id: bool = False  # 2.x: events tell the EVSE only
    stop_tag: str = ""  # an idTag it puts into every StopTransaction
    meter_stop_short: int = 0  # Wh that meterStop lies below the register

    # --- meter values ---
    numeric_values: bool = False
    padded_values: bool = False
    no_unit: bool = False
    unit_names: Mapping[str, str] = field(default_factory=dict)
    kwh: bool = False
    multiplier: int = 0  # 2.x: energies come with this power of ten
    bare_values: bool = False  # value only: neither measurand nor unit, context, location
    no_context: bool = False
    no_transaction_id: bool = False
    samples_connector: int | None = None  # the connectorId it writes into MeterValues
    session_register: bool = False  # samples count from the session's start
    register_zero_every: int = 0  # every n-th sample's register is 0
    register_offset: int = 0  # Wh added to samples only
    only: frozenset[str] = frozenset()  # the only measurands it ever sends
    phases_only: bool = False  # no totals for power
    import_as_export: bool = False
    meter_value_object: bool = False  # an object where a list belongs
    empty_samples: bool = False
    periodic_values: bool = True
    begin_end_values: bool = False  # MeterValues at start and end of a transaction, too
    mixed_contexts: bool = False  # Transaction.Begin beside Sample.Periodic in one bucket

    # --- time ---
    local_time: float | None = None  # hours from UTC, written without a zone
    local_time_as_utc: float | None = None  # hours from UTC, labelled Z
    clock_starts_1970: bool = False  # until the central system has told the time

    # --- status ---
    error_code: str = ""  # written instead of NoError
    evse_zero_status: bool = False  # 2.x: all statuses come for EVSE 0, connector 0
    repeats_status: int = 0  # so many copies of each StatusNotification

    # --- security ---
    strands_on_switch: bool = False  # with another security profile it dials no more until its next start
    no_tls: bool = False  # its TLS does not work
    silent_on_password: bool = False  # applies a new password and never answers
    profile_needs_reboot: bool = False  # 1.6: SecurityProfile is answered with RebootRequired
    forgets_roots: bool = False  # says Accepted and installs nothing

    # --- long jobs: the last status each one reports ---
    firmware_ends: str = "Installed"
    diagnostics_end: str = "Uploaded"
    signed_firmware_ends: str = "Installed"
    log_ends: str = "Uploaded"
    job_seconds: float = 0.0  # between two progress messages
    no_lock: bool = False
    lock_broken: bool = False
