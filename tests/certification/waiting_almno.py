"""Cases of the blocks A, L, M, N and O that wait, and for what; and the cases of all blocks that are still open."""

from typing import Final

PASSWORD: Final = "a password is taken note of and kept secret, but not checked yet"
AUTHORITY: Final = "certificate signing requests are refused: there is no certificate authority yet"
CONTRACTS: Final = "there is no pool of contract certificates to ask; a car is told so"

WAITING: Final = {
    "A_01": PASSWORD,
    "A_02": PASSWORD,
    "A_03": PASSWORD,
    "A_09": PASSWORD,
    "A_10": PASSWORD,
    "A_11": AUTHORITY,
    "A_12": AUTHORITY,
    "A_13": AUTHORITY,
    "A_14": AUTHORITY,
    "M_24": "nobody is asked about revocations yet; a station is told so",
    "M_26": CONTRACTS,
    "M_28": CONTRACTS,
    "M_100": CONTRACTS,
    "N_102": "the central system receives no logs itself, so nobody has to prove who they are to it",
    "N_102_2": "the central system receives no logs itself, so nobody has to prove who they are to it",
    "O_101": "no card says which language its holder reads, so a station is told none (language1)",
}
