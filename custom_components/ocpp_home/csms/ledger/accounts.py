"""An account as the text of a column: it is read and written whole, together with its transaction."""

from datetime import date
import json

from ..model.account import Account, Day


def text_of(account: Account) -> str:
    """The account as it is stored."""
    days = [[day.day.isoformat(), day.energy, day.cost, day.sun] for day in account.days]
    return json.dumps([account.currency, days], separators=(",", ":"))


def account_of(text: str) -> Account | None:
    """A stored account; None when a damaged file makes it unreadable, for it can be settled anew."""
    try:
        currency, days = json.loads(text)
        settled = [Day(date.fromisoformat(day), int(wh), _whole(cost), _whole(sun)) for day, wh, cost, sun in days]
        return Account(tuple(settled), None if currency is None else str(currency))
    except ValueError, TypeError:
        return None


def _whole(value: int | None) -> int | None:
    return None if value is None else int(value)
