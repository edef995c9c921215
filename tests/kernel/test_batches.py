"""The collector waits for a batch, and works again after it."""

import gc
import threading
from collections.abc import Iterator

import pytest

from counterfoil.kernel.batches import in_one_go


@pytest.fixture(autouse=True)
def works_before() -> Iterator[None]:
    was = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was else gc.disable)()


def test_it_waits_and_works_again() -> None:
    with in_one_go():
        assert not gc.isenabled()
        with in_one_go():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_works_again_after_a_failure() -> None:
    with pytest.raises(ValueError, match="no"), in_one_go():
        raise ValueError("no")
    assert gc.isenabled()


def test_who_had_it_off_keeps_it_off() -> None:
    gc.disable()
    with in_one_go():
        pass
    assert not gc.isenabled()


def test_the_last_thread_out_lets_it_work() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with in_one_go():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with in_one_go():
        thread.start()
        assert inside.wait(10)
    assert not gc.isenabled()
    leave.set()
    thread.join(10)
    assert gc.isenabled()
