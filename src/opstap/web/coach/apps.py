"""Makes the pages, their templates and their words known to Django."""

from django.apps import AppConfig


class CoachConfig(AppConfig):
    """The pages of a therapist or coach: the people they look after, one case, sessions and plans."""

    name = "opstap.web.coach"
    label = "coach"
