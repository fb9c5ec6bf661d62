"""The cases of the blocks B, C, E, F and G of OCPP 2.0.1 and 2.1 that have no test, and why.

`OPEN` are still to be written; the reason is what stood in the way so far, of the simulated station or of ours.
"""

from typing import Final

PAYMENT: Final = "the simulated station has no payment terminal; nothing is settled here"
QUEUE: Final = "the simulated station is not held back from telling its queue while it is asked"
LIMITS: Final = "TransactionEvent is not answered with transaction limits"
RESUME: Final = "the simulated station resumes only after a reset, not after a loss of power"
CONTRACT: Final = "contract certificates (Plug & Charge) are not validated yet"

WAITING: Final = {"C_50": CONTRACT, "C_51": CONTRACT, "C_52": CONTRACT}

OPEN: Final = {
    "B_105": "network connections as variables are not in the simulated station's device model",
    "B_116": "charging profiles across a reset that resumes",
    "C_47": "the simulated station has no user interface to choose all transactions",
    "C_48": "the simulated station has no user interface to choose a transaction",
    **dict.fromkeys(("C_103", "C_104", "C_108", "C_113", "C_117", "C_118", "C_119", "C_120"), PAYMENT),
    **dict.fromkeys(("C_125", "C_126", "C_131", "C_132", "C_133"), PAYMENT),
    "E_22": "the simulated car does not end the power path when it is full",
    **dict.fromkeys(("E_29", "E_31", "E_33"), QUEUE),
    **dict.fromkeys(("E_102", "E_106", "E_107", "E_108", "E_109", "E_110", "E_111"), LIMITS),
    "E_113": RESUME,
    "E_117": RESUME,
    "F_100": "the command to trigger does not carry a customTrigger",
}
