"""Cold start of the demo from an empty folder, and the memory of each of its processes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.pages import free_port

DEADLINE_SECONDS = 300


def main() -> None:
    """Prints seconds to ready (seeding and restart) and resident megabytes by process."""
    folder = Path(tempfile.mkdtemp(prefix="bench-demo-", dir="/tmp"))
    folder.rmdir()
    try:
        for what in ("first start, with two years of history", "start again"):
            seconds, memory = start_once(folder)
            print(f"{what:<40}{seconds:6.1f} s", flush=True)
        for name, megabytes in memory:
            print(f"  {name:<38}{megabytes:6.0f} MB")
        print(f"  {'together':<38}{sum(one for _, one in memory):6.0f} MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_once(folder: Path) -> tuple[float, list[tuple[str, float]]]:
    """Starts the demo, waits until it is ready, weighs it, stops it."""
    port = free_port()
    command = [sys.executable, "-m", "counterfoil.cli.main", "demo"]
    began = time.perf_counter()
    demo = subprocess.Popen(
        [*command, "--port", str(port), "--data", str(folder)], stdout=subprocess.DEVNULL
    )
    try:
        wait_until_ready(port, demo)
        seconds = time.perf_counter() - began
        time.sleep(3)
        return seconds, weigh(demo.pid)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=60)


def wait_until_ready(port: int, demo: subprocess.Popen[bytes]) -> None:
    """Waits for /readyz; gives up when the demo ends or time is up."""
    deadline = time.perf_counter() + DEADLINE_SECONDS
    while time.perf_counter() < deadline and demo.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=2)
            return
        time.sleep(0.1)
    raise SystemExit("the demo did not get ready")


def weigh(root: int) -> list[tuple[str, float]]:
    """Proportional set size (shared pages counted once) of a process and all below it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    family = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        if not more:
            break
        family |= more
    weights: dict[str, float] = {}
    for pid in family:
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            size = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
            name = named(words)
            weights[name] = weights.get(name, 0) + size / 1024
    return sorted(weights.items(), key=lambda one: -one[1])


def named(words: list[str]) -> str:
    """Which part of the demo a command line is."""
    line = " ".join(words)
    parts = {
        "lifeline": "lifelines",
        "postgres": "PostgreSQL",
        "counterfoil_sandbox": "sandbox gateway",
        "granian": "web",
        "worker": "worker",
        "demo": "supervisor",
    }
    return next((name for mark, name in parts.items() if mark in line), os.path.basename(words[0]))
