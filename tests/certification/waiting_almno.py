"""Cases of the blocks A, L, M, N and O that wait, and for what; and the cases of all blocks that are still open."""

from typing import Final

PASSWORD: Final = "a password is taken note of and kept secret, but not checked yet"
TLS: Final = "TLS is not served yet"
AUTHORITY: Final = "certificate signing requests are refused: there is no certificate authority yet"
CONTRACTS: Final = "there is no pool of contract certificates to ask; a car is told so"

WAITING: Final = {
    "A_01": PASSWORD,
    "A_02": PASSWORD,
    "A_03": PASSWORD,
    "A_04": TLS,
    "A_06": TLS,
    "A_07": TLS,
    "A_08": TLS,
    "A_09": PASSWORD,
    "A_10": PASSWORD,
    "A_11": AUTHORITY,
    "A_12": AUTHORITY,
    "A_13": AUTHORITY,
    "A_14": AUTHORITY,
    "A_19": "a profile is raised variable by variable: what it demands is not enforced yet",
    "M_24": "nobody is asked about revocations yet; a station is told so",
    "M_26": CONTRACTS,
    "M_28": CONTRACTS,
    "M_100": CONTRACTS,
    "N_102": "the central system receives no logs itself, so nobody has to prove who they are to it",
    "N_102_2": "the central system receives no logs itself, so nobody has to prove who they are to it",
    "O_101": "a message is sent in one language, so there is no choice for the driver's",
}

OPEN: Final = """
    B_02 B_30 B_31 B_105 B_116
    C_47 C_48 C_50 C_51 C_52 C_103 C_104 C_108 C_113 C_117 C_118 C_119 C_120 C_125 C_126 C_131 C_132 C_133
    E_22 E_29 E_31 E_33 E_38 E_102 E_106 E_107 E_108 E_109 E_110 E_111 E_113 E_117
    F_100
"""
"""Cases that neither have a test nor wait for anything: they are still to be written."""
