"""What became of a mail after it was handed over: what a mail server tells, and what a coordinator finds out."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM, Actor, System, allow
from opstap.acts.mailing import TO_OTHERS
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import Identity, Mail

#: What a delivery report can say (RFC 3464, 2.3.3), and the state of the mail after it. A delay settles nothing.
ACTIONS = {"delivered": "arrived", "relayed": "arrived", "expanded": "arrived", "failed": "bounced", "delayed": ""}


@act
def report_mail(*, by: System = SYSTEM, message_id: UUID, action: str) -> Mail:
    """Write down what a mail server reported of one mail; a failure keeps further mail from that address.

    NotHere for a mail that is not ours; Refused for an action that no report can name.
    """
    allow(by, Permission.REPORT_MAIL)
    if action not in ACTIONS:
        raise Refused(_("A delivery report says delivered, relayed, expanded, delayed or failed."), field="action")
    with scopes_disabled():
        mail = Mail.objects.select_for_update(of=("self",)).select_related("participant__study").filter(
            message_id=message_id
        ).first()  # fmt: skip
        if mail is None:
            raise NotHere("mail")
        state = ACTIONS[action]
        if state:
            mail.state, mail.told_at = state, clock.now()
            mail.save(update_fields=["state", "told_at"])
        if state == "bounced" and mail.kind not in TO_OTHERS:
            Identity.objects.filter(participant=mail.participant_id).update(bounced_at=clock.now())
        record(
            Event.MAIL_REPORTED, by=by, study=mail.participant.study, participant=mail.participant.pseudonym,
            mail=mail.pk, action=action,
        )  # fmt: skip
    return mail


@act
def settle_mail(*, by: Actor, mail: Mail, arrived: bool) -> Mail:
    """Settle a mail of which nobody knew whether it went: the reader has it, or they have not.

    Nothing is sent by this. A new link is sent with `send_link`, knowingly.
    """
    allow(by, Permission.SETTLE_MAIL, participant=mail.participant)
    mail = Mail.objects.select_for_update(of=("self",)).select_related("participant__study").get(pk=mail.pk)
    if mail.state != "unknown":
        raise Refused(_("Of this mail it is known what became of it."))
    mail.state, mail.told_at = "arrived" if arrived else "lost", clock.now()
    mail.save(update_fields=["state", "told_at"])
    record(
        Event.MAIL_SETTLED, by=by, study=mail.participant.study, participant=mail.participant.pseudonym, mail=mail.pk
    )
    return mail
