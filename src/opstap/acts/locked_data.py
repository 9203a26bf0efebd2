"""Whether the data of a person or a study are locked: asked of every act that would change them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.acts.refusals import Refused
from opstap.store.models import Study, StudyLock
from opstap.store.standing import locks_on


def refuse(study: Study, pseudonym: Any) -> None:
    """Refuse a change to the data of a locked study, or of a person whose data are locked."""
    whole, one = locks_on(study.pk, pseudonym)
    if whole:
        raise Refused(_("The data of this study are locked. Nothing changes unless they are opened, with a reason."))
    if one:
        raise Refused(_("The data of this person are locked. The data manager can open them, with a reason."))


def lock_of(study: Study) -> StudyLock | None:
    """Give the lock that a study's data are under now."""
    return StudyLock.objects.filter(study=study, opened_at=None).defer("content").first()
