"""The readiness profile as the care team keeps it: six means from a form, beside their own judgement at a session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.instruments.scoring import RrtwKey, ScoreError, read_rrtw_key
from opstap.domain.programme.stages import means_fit
from opstap.store.models import Participant, Readiness


def institution_key() -> RrtwKey | None:
    """Read the institution's key of the readiness questionnaire from the file in OPSTAP_RRTW_KEY; None without one.

    Refused, with what is wrong, for a file that cannot be read as a key.
    """
    if not settings.RRTW_KEY:
        return None
    try:
        raw = YAML(typ="safe").load(Path(settings.RRTW_KEY).read_text(encoding="utf-8"))
        return read_rrtw_key(raw)
    except (OSError, YAMLError, ScoreError) as error:
        raise Refused(_("The institution's key cannot be used: %(why)s"), why=str(error)) from error


@act
def record_readiness(
    *,
    by: Actor,
    participant: Participant,
    on: date,
    working: bool,
    means: Sequence[float | None],
    by_key: bool = False,
) -> Readiness:
    """Write down the six means of a readiness form (1 to 5, None where items were missing), filled in on a day.

    `by_key` tells that they were computed from the answers with the institution's key, and not copied from a form.
    """
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    if not protocol_of(participant.study).programme.stages_of_change:
        raise NotHere("stages")
    if on > clock.today():
        raise Refused(_("This day has not come yet. Fill in the day of the form."), field="on")
    if not means_fit(means):
        raise Refused(_("A mean lies between 1 and 5. Fill in at least one."), field="means")
    readiness = Readiness.objects.create(
        enrolment=enrolment,
        on=on,
        working=working,
        means=list(means),
        by_key=by_key,
        by=by,  # type: ignore[misc]  # DELIVER is never the system's
        at=clock.now(),
    )
    record(
        Event.READINESS_RECORDED, by=by, study=participant.study, participant=participant.pseudonym,
        readiness=readiness.pk,
    )  # fmt: skip
    return readiness
