"""A study that asks the PHQ-9 first, with somebody who acts on its ninth question on weekdays from nine to five."""

import pytest

from opstap.acts import clock, consents
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.domain.protocol.load import library
from opstap.domain.protocol.responder import Responder
from opstap.store.models import Participant
from tests import world as worlds
from tests.world import World

#: The item of the study's consent under which such an answer is passed on here.
ITEM = "later_contact"


def with_phq_9(monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    """Have worlds of this name open such a study."""
    phq = next(one for one in library() if one.id == "phq-9")
    own = load(name)
    waves = [
        wave.model_copy(update={"asks": {**wave.asks, "participant": ["phq-9", *wave.asks["participant"]]}})
        for wave in own.study.waves
    ]
    responder = Responder(role="coordinator", consent=ITEM, days=[1, 2, 3, 4, 5], first=9, last=17)
    study = own.study.model_copy(update={"waves": waves, "responder": responder})
    changed = own.model_copy(update={"study": study, "questionnaires": {**own.questionnaires, "phq-9": phq}})
    monkeypatch.setattr(worlds, "load", lambda _name: changed)
    return name


def someone(world: World, *, agreed: bool = True) -> Participant:
    """Make someone in the study, who did or did not agree that alarming answers are passed on."""
    if agreed:
        return world.consented()
    participant = world.enrolled()
    world.later(days=8)
    items = [item.id for item in load(world.name).consent("study").items if item.id != ITEM]
    with clock.at(world.moment):
        consents.record_consent(
            by=world.person(Role.COORDINATOR), participant=participant, kind="study", items=items, channel="paper"
        )
    return world.fresh(participant)
