"""What must not be lost: transactions, their readings and what was learned, durable before the answer leaves."""

from .ledger import Ledger
from .store import SetAside, Terms

__all__ = ["Ledger", "SetAside", "Terms"]
