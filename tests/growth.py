"""How the time of a step grows with the length of its text, without a clock that can fail a test.

Both lengths are timed in one run, so a slow or busy machine slows both: four times the text takes
about four times the time where the time grows with the length, sixteen times where with its
square. The collector of garbage, which walks all that other tests have left, is held back.
"""

import gc
import time
from collections.abc import Callable

TIMES = 4
ALLOWED = 10  # between growing with the length (4) and with its square (16)
NOISE = 0.01  # s; less than this cannot be told from nothing
TRIES = 3  # what grows with its square does so each time


def grows_with_length(work: Callable[[str], object], piece: str, letters: int) -> bool:
    """Whether the time of `work` on `letters` characters of repeated `piece` grows with them."""

    def seconds(letters: int) -> float:
        text = piece * max(letters // len(piece), 1)
        started = time.process_time()
        work(text)
        return time.process_time() - started

    def is_proportional() -> bool:
        short = max(seconds(letters // TIMES), NOISE)
        return seconds(letters) < ALLOWED * short

    work(piece)  # what is read and compiled once counts for neither
    gc.disable()
    try:
        return any(is_proportional() for _ in range(TRIES))
    finally:
        gc.enable()
