"""Alarming answers: whoever gives one is shown where to turn at once, and the responder is told, as was agreed.

The mail says only that something waits; who it is about and what was answered is read after signing in.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.instruments.model import Answers, Questionnaire
from opstap.store.models import Alert, Consent, Grant, Mail, Measurement, Participant


def look(measurement: Measurement, questionnaire: Questionnaire, typed: Answers) -> list[Alert]:
    """Tell the responder of alarming answers just given, within the act that saves them; each question once.

    Gives the new alerts, for the event that the act leaves.
    """
    alarming = [item.id for item in questionnaire.items if item.id in typed and item.alarms(typed[item.id])]
    if not alarming or not passes_on(measurement.participant):
        return []
    raised = []
    for item in alarming:
        alert, new = Alert.objects.get_or_create(
            measurement=measurement, questionnaire=questionnaire.id, item=item, defaults={"raised_at": clock.now()}
        )
        if new:
            _tell(alert, measurement.participant)
            raised.append(alert)
    return raised


def passes_on(participant: Participant) -> bool:
    """Tell whether alarming answers of someone are passed on: the study has a responder, and they agreed to it."""
    responder = protocol_of(participant.study).study.responder
    if responder is None:
        return False
    last = Consent.objects.filter(participant=participant, kind="study").order_by("-pk").first()
    return last is not None and last.decision == "agreed" and bool(last.items.get(responder.consent))


@act
def take_alert(*, by: Actor, alert: Alert, done: str) -> Alert:
    """Write down what was done after an alarming answer; Refused when a colleague did so before, and without words."""
    participant = alert.measurement.participant
    allow(by, Permission.TAKE_ALERT, participant=participant)
    done = words.checked(done, field="done")
    fresh = Alert.objects.select_for_update().get(pk=alert.pk)
    if fresh.taken_at is not None:
        raise Refused(_("A colleague has taken this up. What they did stands below."))
    fresh.taken_by, fresh.taken_at = by, clock.now()  # type: ignore[assignment]  # TAKE_ALERT is never the system's
    fresh.done_sealed = words.seal(participant, done)
    fresh.save(update_fields=["taken_by", "taken_at", "done_sealed"])
    record(Event.ALERT_TAKEN, by=by, study=participant.study, participant=participant.pseudonym, alert=alert.pk)
    return fresh


def _tell(alert: Alert, participant: Participant) -> None:
    """Leave a mail for each responder of the site; its words say nothing of what, or of whom."""
    responder = protocol_of(participant.study).study.responder
    assert responder is not None  # asked by `passes_on`
    grants = Grant.objects.select_related("user").filter(
        Q(site=None) | Q(site=participant.site_id), role=responder.role, study=participant.study, revoked_at=None
    )
    readers = {grant.user_id: grant.user for grant in grants.order_by("pk") if grant.user.is_active}
    Mail.objects.bulk_create(
        Mail(
            key=f"alert:{alert.pk}:{reader.pk}",
            participant=participant,
            kind="alert",
            sealed=words.seal(participant, json.dumps(_content(reader.email, reader.language))) or b"",
            made_at=clock.now(),
        )
        for reader in readers.values()
    )


def _content(address: str, language: str) -> dict[str, str]:
    with translation.override(language):
        said = gettext("Someone gave an answer after which you are to call them today. Sign in to see who it is.")
        return {
            "to": address,
            "subject": gettext("Opstap needs you today"),
            "text": f"{said}\n\n{settings.SITE_ADDRESS}/study/alerts/",
        }
