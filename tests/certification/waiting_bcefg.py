"""The cases of the blocks B, C, E, F and G of OCPP 2.0.1 and 2.1 that have no test, and why.

`OPEN` are still to be written; the reason is what stood in the way so far, of the simulated station or of ours.
"""

from typing import Final

PREPAID: Final = "there are no prepaid accounts at home"
QUEUE: Final = "the simulated station is not held back from telling its queue while it is asked"
LIMITS: Final = "TransactionEvent is not answered with transaction limits"
RESUME: Final = "the simulated station resumes only after a reset, not after a loss of power"
CONTRACT: Final = "contract certificates (Plug & Charge) are not validated yet"

WAITING: Final = {"C_50": CONTRACT, "C_51": CONTRACT, "C_52": CONTRACT}

OPEN: Final = {
    "C_47": "the simulated station has no user interface to choose all transactions",
    "C_48": "the simulated station has no user interface to choose a transaction",
    **dict.fromkeys(("C_103", "C_104"), PREPAID),
    "E_22": "the simulated car does not end the power path when it is full",
    **dict.fromkeys(("E_29", "E_31", "E_33"), QUEUE),
    **dict.fromkeys(("E_102", "E_106", "E_107", "E_108", "E_109", "E_110", "E_111"), LIMITS),
    "E_113": RESUME,
    "E_117": RESUME,
}
