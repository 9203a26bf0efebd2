"""Makes the pages, their templates and their words known to Django."""

from django.apps import AppConfig


class ParticipantConfig(AppConfig):
    """The pages of a participant: today, questionnaires, consent, plan, who looked."""

    name = "opstap.web.participant"
    label = "participant"
