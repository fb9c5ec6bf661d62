"""What the owner should know, as repairs: each appears and disappears with its cause."""

from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOCUMENTATION, DOMAIN
from .csms.ledger.store import SetAside
from .csms.model.event import Notice
from .csms.model.station import Station
from .words import tame

WHOLE_STATION: Final = "-"


class Row(NamedTuple):
    """How a kind of notice is shown."""

    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING
    fixable: bool = False


KINDS: Final[dict[str, Row]] = {
    "boot_loop": Row(),
    "certificate_not_signed": Row(fixable=True),
    "certificate_not_taken": Row(fixable=True),
    "clock_wrong": Row(),
    "fail_safe_unsupported": Row(),
    "identity_contested": Row(),
    "limit_ignored": Row(),
    "limit_refused": Row(),
    "list_full": Row(),
    "list_refused": Row(),
    "not_controllable": Row(ir.IssueSeverity.ERROR),
    "reboot_required": Row(fixable=True),
    "reservation_refused": Row(),
    "safe_limit_refused": Row(),
    "security_event": Row(ir.IssueSeverity.ERROR, fixable=True),
    "wrong_credentials": Row(ir.IssueSeverity.ERROR),
}
OTHER: Final = "other"
TLS: Final = frozenset({"certificate_unusable", "certificate_ending", "tls_port_taken"})
"""What can be wrong with the encryption."""
PRICE_ODD: Final = "price_not_understood"
PRICE_GONE: Final = "price_entity_gone"
PRICE_NONE: Final = "price_not_in_dashboard"
PRICE: Final = frozenset({PRICE_ODD, PRICE_GONE, PRICE_NONE})
"""What can be wrong where the price is to be read."""


class NoticeBoard:
    """Mirrors the notices of one station to the issue registry."""

    def __init__(self, hass: HomeAssistant, entry_id: str, subentry_id: str, station: Station) -> None:
        """Begin with nothing shown."""
        self.hass = hass
        self.entry_id = entry_id
        self.subentry_id = subentry_id
        self.station = station
        self._shown: dict[tuple[str, int], Notice] = {}

    @callback
    def update(self, title: str) -> None:
        """Show what is new or different, remove what was withdrawn; `title` is how the owner calls the station."""
        notices = self.station.notices
        if self._shown == notices:
            return
        for key in self._shown.keys() - notices.keys():
            ir.async_delete_issue(self.hass, DOMAIN, self._issue_id(*key))
        for key, notice in notices.items():
            if self._shown.get(key) != notice:
                self._show(notice, title)
        self._shown = dict(notices)

    @callback
    def clear(self) -> None:
        """Remove all that is shown."""
        for key in self._shown:
            ir.async_delete_issue(self.hass, DOMAIN, self._issue_id(*key))
        self._shown = {}

    def _show(self, notice: Notice, title: str) -> None:
        row = KINDS.get(notice.kind, Row())
        key = notice.kind if notice.kind in KINDS else OTHER
        evse = str(notice.evse) if notice.evse else WHOLE_STATION
        words = {"station": title, "evse": evse, "kind": notice.kind, **notice.data}
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue_id(notice.kind, notice.evse),
            data={"entry_id": self.entry_id, "station": self.station.name, "kind": notice.kind},
            is_fixable=row.fixable,
            is_persistent=False,
            learn_more_url=f"{DOCUMENTATION}/troubleshooting.md#{key}",
            severity=row.severity,
            translation_key=key,
            translation_placeholders={name: tame(word) for name, word in words.items()},
        )

    def _issue_id(self, kind: str, evse: int) -> str:
        return f"{self.subentry_id}_{kind}_{evse}"


@callback
def show_ledger_trouble(hass: HomeAssistant, entry_id: str, trouble: str | None) -> None:
    """Show that records cannot be written, or that they can again (None)."""
    _show_trouble(hass, entry_id, "ledger_failed", trouble, ir.IssueSeverity.CRITICAL)


@callback
def show_tls_trouble(hass: HomeAssistant, entry_id: str, kind: str, reason: str | None) -> None:
    """Show what is wrong with the encryption, one of TLS, and why; or that it is no longer (None)."""
    _show_trouble(hass, entry_id, kind, None if reason is None else tame(reason), ir.IssueSeverity.ERROR)


def _show_trouble(
    hass: HomeAssistant, entry_id: str, kind: str, reason: str | None, severity: ir.IssueSeverity
) -> None:
    """Show a trouble of a hub with its reason, or no longer (None)."""
    issue_id = f"{entry_id}_{kind}"
    if reason is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        is_persistent=False,
        learn_more_url=f"{DOCUMENTATION}/troubleshooting.md#{kind}",
        severity=severity,
        translation_key=kind,
        translation_placeholders={"reason": reason},
    )


@callback
def show_price_trouble(hass: HomeAssistant, entry_id: str, kind: str | None, **words: str) -> None:
    """Show why no price is told, one of PRICE, or that all is well (None)."""
    for other in PRICE - {kind}:
        ir.async_delete_issue(hass, DOMAIN, f"{entry_id}_{other}")
    if kind is not None:
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"{entry_id}_{kind}",
            is_fixable=False,
            is_persistent=False,
            learn_more_url=f"{DOCUMENTATION}/troubleshooting.md#{kind}",
            severity=ir.IssueSeverity.WARNING,
            translation_key=kind,
            translation_placeholders={name: tame(word) for name, word in words.items()},
        )


@callback
def show_set_aside(hass: HomeAssistant, set_aside: SetAside) -> None:
    """Show that the records could not be used and new ones were begun, until the owner has read it."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"ledger_set_aside_{set_aside.path.name}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=f"ledger_{set_aside.kind}",
        translation_placeholders={"path": str(set_aside.path), "reason": set_aside.reason},
    )
