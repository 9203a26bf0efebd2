"""The marks of forms that were sent: what each asked for was done, and is not done again."""

from __future__ import annotations

from django.db import models


class FormMark(models.Model):
    """One form that did its work. The key is a digest: it tells neither the form nor whose it was."""

    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    objects = models.Manager()

    def __str__(self) -> str:
        return self.key
