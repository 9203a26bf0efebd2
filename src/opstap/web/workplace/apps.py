"""Makes the pages, their templates and their words known to Django."""

from django.apps import AppConfig


class WorkplaceConfig(AppConfig):
    """The pages of a supervisor or HR adviser: hours and agreements, and nothing about health."""

    name = "opstap.web.workplace"
    label = "workplace"
