"""Makes the pages, their templates and their words known to Django."""

from django.apps import AppConfig


class ResearchConfig(AppConfig):
    """The pages of the study: referring, screening, consent, the lot, follow-up, the report."""

    name = "opstap.web.research"
    label = "research"
