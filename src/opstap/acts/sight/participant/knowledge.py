"""What is good to know: the programme's modules, and the articles of the library, the fitting ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from opstap.acts import clock
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import language, with_page
from opstap.acts.sight.participant.programme import ModuleLine
from opstap.domain.knowledge import Reader, Situation, Told, Topic, articles, found, holds, situations
from opstap.domain.programme.stages import Stage
from opstap.domain.work.spells import Kind, Spell
from opstap.store.models import Participant, Session, User, WorkplaceLink, WorkSpell


@dataclass(frozen=True)
class Module:
    """One module with its text, and a mark where the protocol is not certain of it."""

    title: str
    text: str
    certainty: str


@dataclass(frozen=True)
class Knowledge:
    """The page: articles that fit now, the others by topic, and the programme's modules.

    `situations` and `stage` tell what the choice was made by, so that it is never silent.
    """

    situations: frozenset[Situation]
    stage: Stage | None
    fitting: Sequence[Told]
    topics: Mapping[Topic, Sequence[Told]]
    modules: Sequence[ModuleLine]

    @property
    def count(self) -> int:
        """Count what is on the page."""
        return len(self.fitting) + sum(map(len, self.topics.values())) + len(self.modules)


def knowledge(by: User, words: str = "") -> Knowledge:
    """Give what holds these words (all for none); NotHere when the page is not open to this participant."""
    participant = with_page(by, "knowledge")
    reader = _reader(participant)
    told = found(words, articles(reader))
    topics = {topic: [one for one in told if not one.fits and one.article.topic is topic] for topic in Topic}
    return Knowledge(
        situations=reader.situations,
        stage=reader.stage,
        fitting=[one for one in told if one.fits],
        topics={topic: those for topic, those in topics.items() if those},
        modules=_modules(participant, words),
    )


def article(by: User, article_id: str) -> Told:
    """Open one article; NotHere when there is none for this country, or the page is not open to this participant."""
    for one in articles(_reader(with_page(by, "knowledge"))):
        if one.article.id == article_id:
            return one
    raise NotHere(article_id)


def module(by: User, module_id: str) -> Module:
    """Open one module; NotHere when there is none, or the page is not open to this participant."""
    protocol = protocol_of(with_page(by, "knowledge").study)
    if module_id not in {one.id for one in protocol.programme.modules}:
        raise NotHere(module_id)
    mark = protocol.assumption_on(f"programme.modules.{module_id}")
    return Module(
        title=protocol.text(f"modules.{module_id}.title", language()),
        text=protocol.text(f"modules.{module_id}.text", language()),
        certainty=protocol.text(f"assumptions.{mark.id}", language()) if mark else "",
    )


def _modules(participant: Participant, words: str) -> list[ModuleLine]:
    protocol, spoken = protocol_of(participant.study), language()
    covered: dict[str, date] = {}
    rows = Session.objects.filter(enrolment=participant.enrolment, state="held").order_by("held_on")
    for held_on, covers in rows.values_list("held_on", "modules"):
        covered.update(dict.fromkeys(covers, held_on))
    return [
        ModuleLine(one.id, title, covered.get(one.id))
        for one in protocol.programme.modules
        if holds(
            words, title := protocol.text(f"modules.{one.id}.title", spoken),
            protocol.text(f"modules.{one.id}.text", spoken),
        )
    ]  # fmt: skip


def _reader(participant: Participant) -> Reader:
    """Tell for whom to choose: the latest judgement of a professional, and work as it is on record today.

    What the coach wrote down about work goes before what questionnaires told.
    """
    protocol = protocol_of(participant.study)
    stage = None
    if protocol.programme.stages_of_change:
        judged = Session.objects.filter(enrolment=participant.enrolment, stage__isnull=False, held_on__isnull=False)
        stage = judged.order_by("-held_on", "-pk").values_list("stage", flat=True).first()
    spells: dict[str, list[Spell]] = {"coach": [], "questionnaire": []}
    for row in WorkSpell.objects.filter(participant=participant, start__lte=clock.today()).order_by("start"):
        spells.setdefault(row.source, []).append(
            Spell(
                participant.pseudonym, row.start, row.end, row.contract_hours, row.actual_hours, row.sick_percent,
                Kind(row.kind), row.job, row.source,
            )
        )  # fmt: skip
    let_in = WorkplaceLink.objects.filter(participant=participant, ended_on=None).exists()
    return Reader(
        country=protocol.country,
        language=language(),
        address=protocol.text("address", language()),
        situations=situations(spells["coach"] or spells["questionnaire"], clock.today(), has_workplace=let_in),
        stage=Stage(stage) if stage else None,
    )
