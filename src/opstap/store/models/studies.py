"""A study runs one pinned version of a protocol, at sites, with an allocation list."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager


class ProtocolVersion(models.Model):
    """A protocol that a study pinned: its name, version and the hash of its content."""

    name = models.CharField(max_length=60)
    version = models.CharField(max_length=30)
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ProtocolContent(models.Model):
    """A pinned protocol, complete with texts and questionnaires; apart, so that it is read only when it is needed."""

    protocol = models.OneToOneField(ProtocolVersion, on_delete=models.PROTECT, related_name="content")
    content = models.JSONField()

    def __str__(self) -> str:
        return f"content {self.pk}"


class Study(models.Model):
    """One running of a programme with its study. `list_hash` commits to the allocation list before inclusion."""

    slug = models.SlugField(unique=True)
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="studies")
    opened_at = models.DateTimeField()
    list_hash = models.CharField(max_length=64, blank=True)
    #: The list was made elsewhere, by a statistician, and read in when the study was opened.
    list_imported = models.BooleanField(default=False)
    unblinded_at = models.DateTimeField(null=True)
    #: Before this the study is a pilot: licensed instruments may show our labels instead of their words.
    live_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.slug


class InstrumentText(models.Model):
    """The licensed words of an instrument in one language, as an institution loaded them; the newest counts.

    Without a study they hold for every study of the house; those of a study go before.
    """

    study = models.ForeignKey(Study, null=True, on_delete=models.PROTECT, related_name="texts")
    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    holder = models.CharField(max_length=200)
    reference = models.CharField(max_length=200)
    valid_until = models.DateField(null=True)
    words = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["study", "instrument"], name="text_of_study")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.language}"


class Site(models.Model):
    """A place where the study runs; its title is in the protocol's texts."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField(max_length=40)

    objects = ScopedManager(study="study")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "code"], name="one_site_per_code")]

    def __str__(self) -> str:
        return self.code


class AllocationRow(models.Model):
    """One line of the concealed list. Once it has a participant, the database refuses to change it.

    In a minimisation the line holds a draw, and its arm is empty until that is used. `levels` are those of the person
    when the lot was drawn.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="allocation_rows")
    stratum = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    arm = models.CharField(max_length=40, blank=True)
    draw = models.CharField(max_length=16, blank=True)
    levels = models.JSONField(null=True)
    participation = models.OneToOneField(
        "store.Participation", null=True, on_delete=models.PROTECT, related_name="allocation"
    )
    allocated_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="study")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "stratum", "number"], name="one_row_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.stratum} {self.number}"
