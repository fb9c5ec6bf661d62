"""The cases of the blocks B, C, E, F and G of OCPP 2.0.1 and 2.1 that have no test, and why.

`OPEN` are still to be written; the reason is what stood in the way so far, of the simulated station or of ours.
"""

from typing import Final

PREPAID: Final = "there are no prepaid accounts at home"
CONTRACT: Final = "contract certificates (Plug & Charge) are not validated yet"

WAITING: Final = {"C_50": CONTRACT, "C_51": CONTRACT, "C_52": CONTRACT}

OPEN: Final = {
    **dict.fromkeys(("C_103", "C_104"), PREPAID),
}
