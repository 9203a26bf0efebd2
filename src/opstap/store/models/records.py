"""A participant by pseudonym, and the two records that stand apart: in the programme, in the study."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.studies import AllocationRow, ProtocolVersion, Site, Study


class Participant(models.Model):
    """Someone who was referred. `state` follows the recruitment machine.

    `cohort`: a patient, or someone's partner, who has a record, a consent and measurements of their own. `paired` is
    the patient beside a partner; None for a partner who came alone. What becomes of the one changes nothing of the
    other.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="participants")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="participants")
    pseudonym = models.CharField(max_length=16, unique=True)
    cohort = models.CharField(max_length=8, default="patient")
    paired = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="partner")
    state = models.CharField(max_length=20)
    language = models.CharField(max_length=2, default="nl")
    #: Where they stay, for the hours of mail; empty: the time zone of the programme's country.
    time_zone = models.CharField(max_length=40, blank=True)
    referred_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="referrals")
    referred_on = models.DateField()
    informed_on = models.DateField(null=True)
    #: Uses no screen: staff print and call, and no mail goes that only leads to a screen.
    no_screen = models.BooleanField(default=False)

    objects = ScopedManager(study="study")

    class Meta:
        indexes = [
            models.Index(fields=["study", "state", "referred_on"]),
            # People in the order of their sites, so that counting by site needs no sorting.
            models.Index(name="participant_by_site", fields=["study", "cohort", "site", "informed_on", "referred_on"]),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class Screening(models.Model):
    """The answers at one screening, the version of the criteria, and what each criterion said."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="screenings")
    criteria_version = models.CharField(max_length=40)
    answers = models.JSONField()
    verdicts = models.JSONField()
    eligible = models.BooleanField(null=True)
    on = models.DateField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"screening {self.pk}"


class NonParticipation(models.Model):
    """Why someone does not take part; kept, since who is missing is part of the result.

    `details` are the answers to the protocol's few questions, there only for who agreed that they are kept.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="non_participations")
    reason = models.CharField(max_length=40)
    on = models.DateField()
    details = models.JSONField(default=dict)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return self.reason


class Consent(models.Model):
    """One decision on one form: agreed, refused or withdrawn. Rows are added, never changed (by trigger)."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12)
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="+")
    form_version = models.CharField(max_length=30)
    text_hash = models.CharField(max_length=64)
    decision = models.CharField(max_length=10)
    items = models.JSONField()
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"{self.kind} {self.decision}"


class Enrolment(models.Model):
    """The programme record: its own legal basis, retention, start and end."""

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="enrolment")
    state = models.CharField(max_length=12)
    phase = models.CharField(max_length=40, blank=True)
    legal_basis = models.CharField(max_length=120)
    retention_years = models.PositiveSmallIntegerField()
    agreed_on = models.DateField()
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class Participation(models.Model):
    """The study record: its own legal basis, retention, start and end."""

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="participation")
    state = models.CharField(max_length=14)
    legal_basis = models.CharField(max_length=120)
    retention_years = models.PositiveSmallIntegerField()
    consented_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)
    #: When the answers were erased, at the wish of someone who left.
    erased_on = models.DateField(null=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"participation {self.pk}"

    @property
    def arm(self) -> str | None:
        """Give the allocated arm; None before the lot, and in a study of one arm."""
        try:
            return self.allocation.arm
        except AllocationRow.DoesNotExist:
            return None


class LifeEvent(models.Model):
    """Something after which an outcome means something else: death, recurrence, end of contract, retirement."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="life_events")
    kind = models.CharField(max_length=20)
    on = models.DateField()

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return self.kind


class WorkSpell(models.Model):
    """A stretch of days with the same contract, hours and sick leave, from one source. Dates are inclusive."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="spells")
    source = models.CharField(max_length=14)
    job = models.CharField(max_length=20, default="1")
    start = models.DateField()
    end = models.DateField(null=True)
    contract_hours = models.FloatField()
    actual_hours = models.FloatField()
    sick_percent = models.FloatField()
    kind = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["participant", "source", "start"])]

    def __str__(self) -> str:
        return f"spell {self.pk}"
