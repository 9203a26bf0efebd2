"""The care team among themselves: who stands in for whom, and what one passes on to another."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow, standings
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission, Relation, Role, Standing
from opstap.domain.events import Event
from opstap.domain.journey import NotNow
from opstap.store.models import Cover, HandOver, Participant, Study, User

#: The longest absence that a stand-in covers; who stays away longer hands their participants over for good.
MOST_DAYS = 92
CARERS = (Role.THERAPIST, Role.COACH)


@act
def arrange_cover(*, by: Actor, study: Study, stand_in: User, since: date, until: date) -> Cover:
    """Let a colleague of the same profession look after one's participants in a study while one is away.

    Both days are included. The stand-in finds the same records, and each opening is shown to the participant.
    """
    allow(by, Permission.ARRANGE_COVER, study=study)
    assert isinstance(by, User)  # ARRANGE_COVER is never the system's
    mine, theirs = _professions(by, study), _professions(stand_in, study)
    if stand_in == by or not mine & theirs:
        raise Refused(_("Choose a colleague with the same work in this study."), field="stand_in")
    if since < clock.today():
        raise Refused(_("This day has passed. Begin today or later."), field="since")
    if until < since:
        raise Refused(_("The last day lies before the first."), field="until")
    if until > since + timedelta(days=MOST_DAYS):
        raise Refused(
            _("This is longer than %(days)s days. Ask the coordinator to give the participants to someone else."),
            field="until",
            days=MOST_DAYS,
        )
    if Cover.objects.filter(study=study, user=by, since__lte=until, until__gte=since).exists():
        raise Refused(_("There is a stand-in for these days already. End that first."), field="since")
    cover = Cover.objects.create(study=study, user=by, stand_in=stand_in, since=since, until=until)
    record(Event.COVER_ARRANGED, by=by, study=study, user=stand_in.pk, cover=cover.pk)
    return cover


def _professions(user: User, study: Study) -> set[Role]:
    held = standings(user, study=study)
    return {role for role in CARERS if Standing(role, Relation.STUDY) in held}


@act
def end_cover(*, by: Actor, cover: Cover) -> Cover:
    """End a stand-in's time now, or before it began; only who was to be away may."""
    allow(by, Permission.ARRANGE_COVER, study=cover.study)
    cover = Cover.objects.select_for_update().select_related("study").get(pk=cover.pk)
    if cover.user_id != by.pk or cover.until < clock.today():
        raise NotNow("cover", "over", "end", [])
    cover.until = clock.today() - timedelta(days=1)
    cover.save(update_fields=["until"])
    record(Event.COVER_ENDED, by=by, study=cover.study, user=cover.stand_in_id, cover=cover.pk)
    return cover


@act
def hand_over(*, by: Actor, participant: Participant, to: User, note: str) -> HandOver:
    """Pass on to a colleague who looks after the same person what they should know and do next."""
    allow(by, Permission.DELIVER, participant=participant)
    linked = {Standing(role, Relation.LINKED) for role in CARERS}
    if to == by or not standings(to, participant=participant, among=linked):
        raise Refused(_("Choose a colleague who looks after this person too."), field="to")
    if not note.strip():
        raise Refused(_("Write down what your colleague should know."), field="note")
    made = HandOver.objects.create(
        participant=participant,
        by=by,  # type: ignore[misc]  # DELIVER is never the system's
        to=to,
        words_sealed=words.seal(participant, note) or b"",
        at=clock.now(),
    )
    record(
        Event.HANDED_OVER, by=by, study=participant.study, participant=participant.pseudonym, user=to.pk,
        hand_over=made.pk,
    )  # fmt: skip
    return made


@act
def take_over(*, by: Actor, hand_over: HandOver) -> HandOver:
    """Say that what was passed on has been read and taken up; only the one it was meant for can."""
    participant = hand_over.participant
    allow(by, Permission.DELIVER, participant=participant)
    fresh = HandOver.objects.select_for_update().get(pk=hand_over.pk)
    if fresh.to_id != by.pk or fresh.taken_at is not None:
        raise NotNow("hand-over", "taken", "take", [])
    fresh.taken_at = clock.now()
    fresh.save(update_fields=["taken_at"])
    record(Event.TAKEN_OVER, by=by, study=participant.study, participant=participant.pseudonym, hand_over=fresh.pk)
    return fresh
