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
    B_01 B_02 B_06 B_07 B_08 B_09 B_10 B_12 B_13 B_14 B_18 B_20 B_21 B_22 B_25 B_26 B_27 B_30 B_31 B_42 B_44 B_58
    B_100 B_103 B_104 B_105 B_116
    C_02 C_06 C_07 C_08 C_20 C_37 C_38 C_39 C_40 C_43 C_47 C_48 C_49 C_50 C_51 C_52 C_103 C_104 C_108 C_113 C_117
    C_118 C_119 C_120 C_125 C_126 C_131 C_132 C_133
    E_01 E_02 E_03 E_04 E_07 E_08 E_09 E_10 E_11 E_12 E_14 E_15 E_16 E_17 E_19 E_20 E_21 E_22 E_26 E_29 E_30 E_31
    E_33 E_34 E_38 E_39 E_53 E_102 E_106 E_107 E_108 E_109 E_110 E_111 E_113 E_117
    F_01 F_02 F_03 F_04 F_06 F_11 F_12 F_13 F_14 F_15 F_18 F_20 F_23 F_24 F_27 F_100
    G_03 G_04 G_05 G_06 G_07 G_08 G_11 G_14 G_17 G_20 G_01
    I_01 I_02 I_101 I_102 I_105 I_106 I_109 I_110 I_113 I_114 I_115 I_122
    K_100 K_101 K_102 K_104 K_106 K_109 K_113 K_114 K_115 K_117 K_118 K_121 K_126
    N_01 N_02 N_03 N_05 N_08 N_09 N_16 N_17 N_18 N_21 N_24 N_25 N_27 N_28 N_29 N_30 N_31 N_32 N_34 N_35 N_36 N_44
    N_46 N_47 N_48 N_49 N_50 N_60 N_62 N_63 N_100 N_104 N_105 N_107
    O_01 O_02 O_03 O_04 O_05 O_06 O_07 O_08 O_09 O_10 O_11 O_12 O_13 O_14 O_17 O_18 O_19 O_25 O_26 O_27 O_28
    O_100
    Q_102 Q_103 Q_107 Q_108 Q_109 Q_110 Q_111 Q_112 Q_117 Q_120 Q_121 Q_124
    R_107 R_108
    S_102 S_103
"""
"""Cases that neither have a test nor wait for anything: they are still to be written."""
