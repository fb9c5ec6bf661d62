"""Where oddities meet the wire: each row changes what a well-behaved station would have written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
import json
from typing import Any

from .clock import moment, stamp
from .oddities import Oddities, Payload

type Sample = dict[str, Any]

METERED = frozenset({"MeterValues", "StopTransaction"})
TIMES = frozenset({"timestamp"})


def samples(payload: Payload) -> Iterator[Sample]:
    """All sampledValue elements of a message."""
    for bucket in (*payload.get("meterValue", ()), *payload.get("transactionData", ())):
        yield from bucket["sampledValue"]


def drop(*names: str) -> Callable[[Payload, Any], None]:
    """Leave these out of every sample."""

    def change(payload: Payload, _: Any) -> None:
        for sample in samples(payload):
            for name in names:
                sample.pop(name, None)

    return change


def _numeric(payload: Payload, _: Any) -> None:
    for sample in samples(payload):
        sample["value"] = json.loads(sample["value"])


def _padded(payload: Payload, _: Any) -> None:
    for sample in samples(payload):
        sample["value"] = f"  {sample['value']}"


def _units(payload: Payload, names: dict[str, str]) -> None:
    for sample in samples(payload):
        if "unit" in sample:
            sample["unit"] = names.get(sample["unit"], sample["unit"])


def _kwh(payload: Payload, _: Any) -> None:
    for sample in samples(payload):
        if sample.get("unit", "Wh") == "Wh" and sample.get("measurand", "Energy").startswith("Energy"):
            sample.update(value=f"{float(sample['value']) / 1000:.3f}", unit="kWh")


def _export(payload: Payload, _: Any) -> None:
    for sample in samples(payload):
        if "measurand" in sample:
            sample["measurand"] = sample["measurand"].replace("Import", "Export")


def _as_object(payload: Payload, _: Any) -> None:
    if "meterValue" in payload:
        payload["meterValue"] = payload["meterValue"][0]


def _empty(payload: Payload, _: Any) -> None:
    for bucket in payload.get("meterValue", ()):
        bucket["sampledValue"] = []


def _begin_too(payload: Payload, _: Any) -> None:
    for bucket in payload.get("meterValue", ()):
        bucket["sampledValue"] += [
            {**s, "context": "Transaction.Begin"} for s in bucket["sampledValue"] if "context" in s
        ]


def _set(name: str) -> Callable[[Payload, Any], None]:
    def change(payload: Payload, value: Any) -> None:
        payload[name] = value

    return change


def remove(name: str) -> Callable[[Payload, Any], None]:
    """Leave this out of the message."""

    def change(payload: Payload, _: Any) -> None:
        payload.pop(name, None)

    return change


def extra(payload: Payload, fields: dict[str, Any]) -> None:
    """Put in more than there is in the schema."""
    payload.update(fields)


def _error_code(payload: Payload, code: str) -> None:
    if payload["errorCode"] == "NoError":
        payload["errorCode"] = code


def _short_stop(payload: Payload, watt_hours: int) -> None:
    payload["meterStop"] -= watt_hours


def local(payload: Payload, hours: float) -> None:
    """Times of a zone, which is not told."""
    zone = timezone(timedelta(hours=hours))
    _times(payload, lambda text: moment(text).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S"))


def local_as_utc(payload: Payload, hours: float) -> None:
    """Times of a zone, told to be UTC."""
    _times(payload, lambda text: stamp(moment(text) + timedelta(hours=hours)))


def _times(node: Any, change: Callable[[str], str]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in TIMES:
                node[key] = change(value)
            else:
                _times(value, change)
    elif isinstance(node, list):
        for element in node:
            _times(element, change)


@dataclass(frozen=True, slots=True)
class Disguise:
    """When `switch` is on, `change` edits requests of these actions (all, when empty) in place."""

    switch: str
    actions: frozenset[str]
    change: Callable[[Payload, Any], None]


ALL: frozenset[str] = frozenset()
DISGUISES: Sequence[Disguise] = (
    Disguise("mixed_contexts", METERED, _begin_too),
    Disguise("kwh", METERED, _kwh),
    Disguise("import_as_export", METERED, _export),
    Disguise("unit_names", METERED, _units),
    Disguise("no_unit", METERED, drop("unit")),
    Disguise("no_context", METERED, drop("context")),
    Disguise("bare_values", METERED, drop("unit", "context", "measurand", "location", "phase")),
    Disguise("padded_values", METERED, _padded),
    Disguise("numeric_values", METERED, _numeric),
    Disguise("empty_samples", METERED, _empty),
    Disguise("no_transaction_id", frozenset({"MeterValues"}), remove("transactionId")),
    Disguise("samples_connector", frozenset({"MeterValues"}), _set("connectorId")),
    Disguise("stop_transaction_id", frozenset({"StopTransaction"}), _set("transactionId")),
    Disguise("stop_tag", frozenset({"StopTransaction"}), _set("idTag")),
    Disguise("meter_stop_short", frozenset({"StopTransaction"}), _short_stop),
    Disguise("error_code", frozenset({"StatusNotification"}), _error_code),
    Disguise("local_time", ALL, local),
    Disguise("local_time_as_utc", ALL, local_as_utc),
    Disguise("meter_value_object", METERED, _as_object),
    Disguise("extra_fields", ALL, extra),
)
WELL_BEHAVED = Oddities()


def disguise(action: str, payload: Payload, oddities: Oddities, rows: Sequence[Disguise] = DISGUISES) -> None:
    """Dress a request up as the brand would write it, in place."""
    for row in rows:
        value = getattr(oddities, row.switch)
        if value != getattr(WELL_BEHAVED, row.switch) and (not row.actions or action in row.actions):
            row.change(payload, value)


def since_1970(payload: Payload, behind: timedelta) -> None:
    """Write every time as a station does whose clock began at 1970 when it booted."""
    _times(payload, lambda text: stamp(max(datetime(1970, 1, 1, tzinfo=UTC), moment(text) - behind)))


def frame_text(frame: list[Any], oddities: Oddities) -> str:
    """Serialise a frame, with the brand's mistakes."""
    if oddities.null_payloads:
        frame = [None if part == {} else part for part in frame]
    if oddities.short_errors and frame[0] == 4:
        frame = frame[:3]
    text = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
    if oddities.nul_bytes:
        text = text.replace('":"', '":"\0', 1)
    if oddities.truncates_results and frame[0] == 3:
        text = text[:-2] if text.endswith("}]") else text[:-1]
    return text
