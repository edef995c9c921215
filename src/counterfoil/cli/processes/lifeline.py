"""Runs one command that must not outlive its owner: the owner holds a pipe, and its end is ours.

Started as `python lifeline.py FD [options] -- command ...`. FD is the read end of a pipe whose
write end the owner alone holds. When the owner closes it, or dies in any way (kill -9 too), the
command gets a polite signal, then, after some grace, it and its process group are killed.
Only the standard library is used here, so that each watcher stays a few megabytes small.
"""

import argparse
import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
WATCHED_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def die_with_watcher(polite: signal.Signals) -> Callable[[], None] | None:
    """Gives what the child calls before exec so that it also survives no killed watcher (Linux)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(polite))

    return ask_kernel


def start(options: argparse.Namespace, polite: signal.Signals) -> subprocess.Popen[bytes]:
    """Starts the command in a process group of its own, under the account that was asked for."""
    account: dict[str, object] = {}
    if options.user:
        uid, gid = (int(part) for part in options.user.split(":"))
        account = {"user": uid, "group": gid, "extra_groups": []}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        options.command,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=die_with_watcher(polite),  # noqa: PLW1509 - the watcher has one thread only.
        **account,
    )


def wait_for_end(fd: int, child: subprocess.Popen[bytes]) -> None:
    """Returns when the owner's pipe closed, we were told to stop, or the child ended."""
    awake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    while child.poll() is None:
        ready, _, _ = select.select([fd, awake], [], [])
        if fd in ready and not os.read(fd, 64):
            return
        if awake in ready:
            arrived = os.read(awake, 64)
            if any(number != signal.SIGCHLD for number in arrived):
                return


def end(child: subprocess.Popen[bytes], polite: signal.Signals, grace: float) -> None:
    """Asks the child to end, waits for the grace, then kills it and what is left of its group."""
    if child.poll() is None:
        child.send_signal(polite)
    deadline = time.monotonic() + grace
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # Nothing may be left of it.
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def main(arguments: list[str]) -> int:
    """Runs the command until it or its owner ends; gives the command's exit code."""
    parser = argparse.ArgumentParser(prog="lifeline")
    parser.add_argument("fd", type=int)
    parser.add_argument("--signal", default="TERM", help="polite signal, without SIG")
    parser.add_argument("--grace", type=float, default=10.0, help="seconds before the kill")
    parser.add_argument("--user", help="UID:GID that runs the command")
    cut = arguments.index("--")
    options = parser.parse_args(arguments[:cut])
    options.command = arguments[cut + 1 :]
    polite = signal.Signals[f"SIG{options.signal}"]
    for number in WATCHED_SIGNALS:
        signal.signal(number, lambda _number, _frame: None)
    child = start(options, polite)
    wait_for_end(options.fd, child)
    end(child, polite, options.grace)
    code = child.returncode
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
