"""Doing what a form asks once, however often it is sent: in the same transaction as what it does.

A mark stands in the database, so that it holds over several processes; and together with what was done, so that a
server that stops half-way leaves both or neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, transaction

from opstap.acts import clock
from opstap.store.models import FormMark

#: A form that lies open longer than someone stays signed in is not sent again.
KEPT = timedelta(days=2)


class DoneBefore(Exception):
    """What this form asks was done when it was sent before."""


@contextmanager
def once(key: str) -> Iterator[None]:
    """Do what is inside once for each key; DoneBefore when it was done. An error inside leaves no mark.

    Of two at the same moment the second waits for the first.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                FormMark.objects.create(key=key, at=clock.now())
        except IntegrityError:
            raise DoneBefore from None
        yield


def forget() -> int:
    """Drop the marks of forms that nobody can send again; gives how many."""
    dropped, _each = FormMark.objects.filter(at__lt=clock.now() - KEPT).delete()
    return dropped
