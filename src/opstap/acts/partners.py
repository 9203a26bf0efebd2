"""The partners' cohort: a partner has a record, a consent and measurements of their own, beside a patient or alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts.act import act, record
from opstap.acts.consents import agrees_to
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import locked
from opstap.acts.protocols import protocol_of
from opstap.acts.recruitment import KnownAlready, new_person
from opstap.acts.refusals import Refused
from opstap.acts.words import Contact
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import RECRUITMENT
from opstap.store.models import Participant, Site


@act
def enrol_partner(
    *, by: Actor, site: Site, contact: Contact, of: Participant | None = None, language: str = "nl"
) -> Participant:
    """Take a partner up, beside a patient (`of`) who lets us ask, or alone; the information and consent come next.

    Refused where the study has no cohort of partners, when the patient does not agree (any longer) that a partner is
    asked or has one in the study already, and without an e-mail address of the partner's own: whoever reads a mailbox
    could otherwise open the other's questions.
    """
    allow(by, Permission.ENROL_PARTNER, study=site.study)
    if not any(form.kind == "partner" for form in protocol_of(site.study).consents):
        raise Refused(_("This study has no cohort of partners."))
    if of is not None:
        allow(by, Permission.ENROL_PARTNER, participant=of)
        of = locked(of)
        if of.study_id != site.study_id or of.cohort != "patient":
            raise Refused(_("A partner stands beside a patient of the same study."))
        if not agrees_to(of, "study", "partner"):
            raise Refused(_("This person has not agreed that a partner is asked."))
        if Participant.objects.filter(paired=of).exists():
            raise Refused(_("There is a partner beside this person already."))
    try:
        partner = new_person(
            by=by, site=site, contact=contact, language=language, cohort="partner", paired=of,
            state=RECRUITMENT.after(RECRUITMENT.start, "screen_eligible"),
        )  # fmt: skip
    except KnownAlready:
        raise Refused(
            _("This e-mail address is someone else's in this study. A partner needs an address of their own."),
            field="email",
        ) from None
    record(Event.PARTNER_ENROLLED, by=by, study=site.study, participant=partner.pseudonym, site=site.code)
    return partner
