"""Seeing whether the information came across: each answer is kept, a wrong one leads back and stops nobody."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import locked
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.consent import unclear
from opstap.domain.events import Event
from opstap.domain.journey import RECRUITMENT
from opstap.domain.protocol.consents import ConsentForm
from opstap.store.models import ComprehensionAnswer, Participant


@act
def check_understanding(*, by: Actor, participant: Participant, kind: str, answers: Mapping[str, str]) -> list[str]:
    """Keep answers to the questions about the information; give the questions whose answer was wrong.

    `answers` are options by question. Refused, naming the question, for one that the form does not have and for an
    option that is not among its own; Refused without any answer. NotNow before the information was given.
    """
    allow(by, Permission.CONSENT, participant=participant)
    participant = locked(participant)
    forms = {form.kind: form for form in protocol_of(participant.study).consents}
    if kind not in forms or (kind == "partner") != (participant.cohort == "partner"):
        raise Refused(_("There is no such form."), field="kind")
    RECRUITMENT.after(participant.state, "include")
    questions = {one.id: one for one in forms[kind].questions}
    if not answers:
        raise Refused(_("Choose an answer."), field=next(iter(questions), ""))
    for question, option in answers.items():
        if question not in questions or option not in questions[question].options:
            raise Refused(_("Choose one of the answers listed."), field=question)
    made = ComprehensionAnswer.objects.bulk_create(
        ComprehensionAnswer(
            participant=participant,
            kind=kind,
            form_version=forms[kind].version,
            question=question,
            option=option,
            right=option == questions[question].right,
            at=clock.now(),
        )
        for question, option in answers.items()
    )
    record(
        Event.CONSENT_UNDERSTOOD, by=by, study=participant.study, participant=participant.pseudonym, kind=kind,
        answers=[one.pk for one in made],
    )  # fmt: skip
    return unclear(made)


def tries_of(participant: Participant, form: ConsentForm) -> list[ComprehensionAnswer]:
    """List someone's answers to the questions of one version of a form, in order of time."""
    rows = ComprehensionAnswer.objects.filter(participant=participant, kind=form.kind, form_version=form.version)
    return list(rows.order_by("pk"))
