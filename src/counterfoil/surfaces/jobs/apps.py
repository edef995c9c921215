"""Registers the jobs, so that procrastinate finds them."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs."""

    name = "counterfoil.surfaces.jobs"
    label = "jobs"
