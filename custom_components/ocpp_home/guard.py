"""The border that mistakes in listeners do not cross."""

from collections.abc import Callable
import logging
from typing import Final

_LOGGER: Final = logging.getLogger(__name__)


def guarded[**P](listener: Callable[P, None]) -> Callable[P, None]:
    """A listener whose mistakes reach the log and nobody else.

    It runs inside whatever told the news: without this border a mistake in one entity would cost a station its answer
    and the other entities their states, and one in a plan would leave the fuses to themselves.
    """

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            listener(*args, **kwargs)
        except Exception:  # a mistake here must cost neither the station its answer nor other entities their states
            _LOGGER.exception("What was told could not be taken over")

    return call
