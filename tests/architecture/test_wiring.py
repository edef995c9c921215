"""Everything that happens is wired, everything wired happens, and every job has its handler."""

import ast
from pathlib import Path

from procrastinate.contrib.django import app

import counterfoil
from counterfoil.config.wiring import WIRING

ROOT = Path(counterfoil.__file__).parent


def published():
    """The kinds in `Happened("...")`, `_event("...")` and the `_EVENTS` tables of flows."""
    found = set()
    for path in [*ROOT.glob("flows/**/*.py"), *ROOT.glob("domain/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if _calls(node, "Happened", "_event"):
                found |= _texts(node.args[:1])
            if _names(node, "_EVENTS"):
                found |= _texts(node.value.values)
    return found


def _calls(node, *names):
    function = getattr(node, "func", None)
    return isinstance(function, ast.Name) and function.id in names


def _names(node, name):
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(one, ast.Name) and one.id == name for one in targets)


def _texts(nodes):
    return {one.value for one in nodes if isinstance(one, ast.Constant)}


def test_every_event_is_wired_and_the_reverse():
    assert published() == set(WIRING)


def test_every_job_of_the_wiring_is_a_task():
    app.perform_import_paths()
    jobs = {job for wanted in WIRING.values() for job in wanted}
    assert jobs - set(app.tasks) == set()


def test_every_deferred_job_is_a_task():
    app.perform_import_paths()
    deferred = set()
    for path in [
        *ROOT.glob("flows/**/*.py"),
        *ROOT.glob("domain/*/*.py"),
        *ROOT.glob("infra/*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("defer", "defer_many")
                and len(node.args) > 1
            ):
                deferred |= _texts([node.args[1]])
    assert deferred - set(app.tasks) == set()
    assert "handle_event" in deferred


def test_every_task_begins_with_its_business():
    """By the clock or for one business: nothing runs for whichever business happens to be set."""
    app.perform_import_paths()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("builtin")}
    periodic = {
        registered.task.name for registered in app.periodic_registry.periodic_tasks.values()
    }
    without = [
        name for name, task in ours.items()
        if name not in periodic and not name.startswith("procrastinate")
        and not hasattr(task.func, "__wrapped__")
    ]  # fmt: skip
    assert without == []
