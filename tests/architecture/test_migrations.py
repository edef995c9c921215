"""The migrations say what the models say, and run on an empty database."""

from io import StringIO

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("counterfoil")}


def test_no_change_of_a_model_lacks_its_migration():
    loader = MigrationLoader(None)
    wanted = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = wanted.changes(graph=loader.graph)
    assert {
        label: [str(one) for migration in found for one in migration.operations]
        for label, found in changes.items()
        if label in OURS
    } == {}


def test_nothing_is_left_to_apply(database):
    output = StringIO()
    call_command("migrate", plan=True, skip_checks=True, stdout=output)
    assert "No planned migration operations" in output.getvalue()
    connection.close()


def test_system_checks_are_silent():
    output = StringIO()
    call_command("check", stdout=output, stderr=output)
    assert "no issues" in output.getvalue()
