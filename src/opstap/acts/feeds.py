"""A private address for one's calendar program: hard to guess, seen once, and ended at any moment."""

from __future__ import annotations

import hashlib
import secrets

from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import allow, care_studies
from opstap.acts.refusals import NotHere
from opstap.domain.access import Permission, Role
from opstap.domain.events import Event
from opstap.store.models import CalendarFeed, Grant, Identity, Participant, Study, User


def feed_hash(token: str) -> str:
    """Hash a feed's token: only the hash is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def has_feed(by: User) -> bool:
    """Tell whether someone has a feed now."""
    return CalendarFeed.objects.filter(user=by, ended_at=None).exists()


@act
def make_feed(*, by: User) -> str:
    """Make a feed and give its token, this once; a feed that was there before stops working."""
    study = _may_keep(by)
    CalendarFeed.objects.filter(user=by, ended_at=None).update(ended_at=clock.now())
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, token_hash=feed_hash(token), made_at=clock.now())
    record(Event.FEED_MADE, by=by, study=study, feed=feed.pk)
    return token


@act
def end_feed(*, by: User) -> int:
    """End one's feed: its address gives nothing from now on. Tells how many were ended."""
    study = _may_keep(by)
    ended = CalendarFeed.objects.filter(user=by, ended_at=None).update(ended_at=clock.now())
    record(Event.FEED_ENDED, by=by, study=study)
    return ended


def feed_user(token: str) -> User:
    """Give whose feed this is; NotHere for one that was ended, or never was."""
    with scopes_disabled():
        feed = CalendarFeed.objects.select_related("user").filter(token_hash=feed_hash(token), ended_at=None).first()
    if feed is None or not feed.user.is_active:
        raise NotHere("feed")
    return feed.user


def _may_keep(by: User) -> Study:
    participant: Participant | None = None
    own = Identity.objects.select_related("participant__study").filter(user=by).first()
    if own is not None:
        participant = own.participant
    study = participant.study if participant else Study.objects.filter(pk__in=_working_in(by)).order_by("pk").first()
    allow(by, Permission.KEEP_FEED, study=study, participant=participant)
    assert study is not None  # allowed through a role in it
    return study


def _working_in(by: User) -> set[int]:
    """List the studies in which someone works on the care team, or is someone's workplace."""
    grants = Grant.objects.filter(user=by, role=Role.WORKPLACE, revoked_at=None, study__isnull=False)
    return care_studies(by) | set(grants.values_list("study_id", flat=True))
