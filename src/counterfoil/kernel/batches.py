"""Large batches: their rows are made by the hundred thousand and hold no cycles."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_batches = 0
_was_enabled = False


@contextmanager
def in_one_go() -> Iterator[None]:
    """Around one bounded batch: the collector of cycles waits until it is done, for it would walk
    over all of the rows again and again and find nothing. May nest, and run in several threads:
    the last one out lets it work again, if it worked before the first came in."""
    global _batches, _was_enabled  # noqa: PLW0603  of this process, as the collector is
    with _lock:
        if not _batches:
            _was_enabled = gc.isenabled()
            gc.disable()
        _batches += 1
    try:
        yield
    finally:
        with _lock:
            _batches -= 1
            if not _batches and _was_enabled:
                gc.enable()
