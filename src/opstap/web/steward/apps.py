"""Makes the pages, their templates and their words known to Django."""

from django.apps import AppConfig


class StewardConfig(AppConfig):
    """The pages of the steward: people and roles, the audit trail, the protocols in force."""

    name = "opstap.web.steward"
    label = "steward"
