"""What is a participant's own, written down for someone who uses no screen: by the care team, from paper or a call.

Only for someone of whom staff wrote down that they use no screen; with whoever does, it stays theirs alone. Each such
deed is kept with its channel, and the mark is shown wherever the thing is.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow, standings
from opstap.acts.find import user_of
from opstap.acts.locks import locked
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import TABLE, Permission
from opstap.domain.events import Event
from opstap.store.models import OnBehalf, Participant, User

#: How something came in that is written down for someone.
CHANNELS = ("paper", "telephone")


@act
def choose_paper(*, by: Actor, participant: Participant, no_screen: bool) -> Participant:
    """Write down that someone uses no screen, or does after all.

    Mails that only lead to a screen stop at once; what waits is then printed or called about.
    """
    allow(by, Permission.CHOOSE_PAPER, participant=participant)
    participant = locked(participant)
    participant.no_screen = no_screen
    participant.save(update_fields=["no_screen"])
    record(Event.PAPER_CHOSEN, by=by, study=participant.study, participant=participant.pseudonym)
    return participant


def spoken(by: Actor, permission: Permission, participant: Participant, channel: str) -> User:
    """Let someone do what is a participant's own: the participant, or the care team with a `channel` for them.

    Gives the account whose deed it is: always the participant's. NotHere for anyone else.
    """
    if standings(by, participant=participant, among=TABLE[permission]):
        return by  # type: ignore[return-value]  # a permission of one's own is never the system's
    if not standings(by, participant=participant, among=TABLE[Permission.SPEAK_FOR]):
        raise NotHere(permission)
    if channel not in CHANNELS:
        raise Refused(_("Choose paper or telephone: this is noted for someone else."), field="channel")
    if not Participant.objects.filter(pk=participant.pk, no_screen=True).exists():
        raise Refused(_("This is for the participant to do. If they use no screen, say so on the case page first."))
    return user_of(participant)


def heard(channel: str) -> str:
    """Read how something came in that the care team may write down as well; empty: their own words."""
    if channel and channel not in CHANNELS:
        raise Refused(_("Choose paper or telephone."), field="channel")
    return channel


def keep(by: Actor, participant: Participant, event: Event, thing: int, channel: str) -> None:
    """Keep, within a running act, that this was written down for someone; nothing where they did it themselves.

    Where they do themselves what was written down for them before, the mark goes.
    """
    channel = "" if user_of(participant).pk == by.pk else channel
    if channel or OnBehalf.objects.filter(participant=participant, event=event.value, thing=thing).exists():
        OnBehalf.objects.create(
            participant=participant, event=event.value, thing=thing, channel=channel, at=clock.now(),
            by=by,  # type: ignore[misc]  # never the system
        )  # fmt: skip


Marks = dict[tuple[str, int], str]


def marks_of(participant: Participant) -> Marks:
    """Give the channel of everything that was written down for someone, by event and row. Callers passed a door."""
    rows = OnBehalf.objects.filter(participant=participant).order_by("pk")
    latest = {(row.event, row.thing): row.channel for row in rows}
    return {key: channel for key, channel in latest.items() if channel}
