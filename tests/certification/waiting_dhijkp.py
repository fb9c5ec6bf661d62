"""Cases of the blocks D, H, I, J, K, P, Q, R and S that wait, and for what."""

from typing import Final

WAITING: Final = {
    "I_109": "no driver is given a tariff of his own when he is authorized",
}
