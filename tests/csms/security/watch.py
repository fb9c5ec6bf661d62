"""A clock for whoever counts the seconds between two tries."""


class Watch:
    """It stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now
