"""Cases of the blocks A, L, M, N and O that wait, and for what; and the cases of all blocks that are still open."""

from typing import Final

UPLOADS: Final = (
    "whoever sends a log shows that he may by an address that nobody can guess; no login is asked beside it"
)

WAITING: Final = {
    "N_102": UPLOADS,
    "N_102_2": UPLOADS,
    "O_101": "no card says which language its holder reads, so a station is told none (language1)",
}
