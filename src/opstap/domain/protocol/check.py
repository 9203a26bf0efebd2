"""What a protocol must satisfy across its parts: names that exist, windows that can be, phases without a circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from opstap.domain.months import add_months
from opstap.domain.protocol.model import Protocol, Wave

Place = tuple[Any, ...]
Fault = tuple[Place, str]


def cross_check(protocol: Protocol) -> Iterator[Fault]:
    """List every fault between the parts of a protocol, each with its place."""
    yield from _doubles(protocol)
    yield from _phases(protocol)
    yield from _arms(protocol)
    yield from _eligibility(protocol)
    yield from _waves(protocol)
    yield from _outcomes(protocol)
    yield from _marks(protocol)


def _doubles(protocol: Protocol) -> Iterator[Fault]:
    lists: dict[Place, list[str]] = {
        ("sources",): [one.id for one in protocol.sources],
        ("sites",): list(protocol.sites),
        ("programme", "modules"): [one.id for one in protocol.programme.modules],
        ("programme", "phases"): [one.id for one in protocol.programme.phases],
        ("study", "arms"): [one.id for one in protocol.study.arms],
        ("study", "waves"): [one.id for one in protocol.study.waves],
        ("study", "outcomes"): [one.id for one in protocol.study.outcomes],
        ("study", "analyses"): [one.id for one in protocol.study.analyses],
        ("study", "eligibility", "versions"): [one.id for one in protocol.study.eligibility.versions],
        ("consents",): [one.kind for one in protocol.consents],
        ("assumptions",): [one.id for one in protocol.assumptions],
    }
    for place, ids in lists.items():
        for one, times in Counter(ids).items():
            if times > 1:
                yield (
                    (*place, len(ids) - 1 - ids[::-1].index(one)),
                    f"{one} stands twice: give each its own id",
                )
    kinds = Counter(kind.id for phase in protocol.programme.phases for kind in phase.sessions)
    for one, times in kinds.items():
        if times > 1:
            yield ("programme", "phases"), f"session {one} stands twice: give each its own id"


def _phases(protocol: Protocol) -> Iterator[Fault]:
    programme = protocol.programme
    phase_ids = {phase.id for phase in programme.phases}
    module_ids = {module.id for module in programme.modules}
    source_ids = {source.id for source in protocol.sources}
    for number, module in enumerate(programme.modules):
        if module.source is not None and module.source not in source_ids:
            yield ("programme", "modules", number, "source"), f"no source {module.source} in `sources`"
    for number, phase in enumerate(programme.phases):
        place: Place = ("programme", "phases", number)
        for position, before in enumerate(phase.after):
            if before not in phase_ids:
                yield (*place, "after", position), f"no phase {before}"
        for position, kind in enumerate(phase.sessions):
            for which, module_id in enumerate(kind.modules):
                if module_id not in module_ids:
                    yield (*place, "sessions", position, "modules", which), f"no module {module_id}"
            for which, profession in enumerate(kind.professions):
                if profession not in programme.professions:
                    yield (
                        (*place, "sessions", position, "professions", which),
                        f"{profession} does not work in this programme: add it to `programme.professions`",
                    )
    circle = _circle(protocol)
    if circle:
        number = [phase.id for phase in programme.phases].index(circle[0])
        yield (
            ("programme", "phases", number, "after"),
            f"the phases go in a circle: {' → '.join([*circle, circle[0]])}; take one `after` out",
        )
    least = sum(kind.least for phase in programme.phases for kind in phase.sessions)
    most = programme.limits.sessions
    if most is not None and least > most:
        yield (
            ("programme", "limits", "sessions"),
            f"the phases need {least} sessions, more than the limit of {most}",
        )


def _circle(protocol: Protocol) -> list[str]:
    """Find a circle of phases, as the ids along it; empty when there is none."""
    after = {phase.id: phase.after for phase in protocol.programme.phases}
    done: set[str] = set()
    for start in after:
        trail: list[str] = []
        here: str | None = start
        while here is not None and here not in done:
            if here in trail:
                return trail[trail.index(here) :]
            trail.append(here)
            here = next((one for one in after.get(here, []) if one in after and one not in done), None)
            if here is None:
                done.add(trail.pop())
                here = trail.pop() if trail else None
    return []


def _arms(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    arms = {arm.id for arm in study.arms}
    for number, arm in enumerate(study.arms):
        if arm.opens and not arm.programme:
            yield (
                ("study", "arms", number, "opens"),
                "an arm without the programme cannot open the programme's pages: empty `opens`",
            )
    if study.design == "randomised":
        if study.allocation is None:
            yield ("study", "design"), "a randomised study needs `allocation`"
        if len(study.arms) < 2:
            yield ("study", "arms"), "a randomised study needs at least two arms"
    elif study.allocation is not None:
        yield ("study", "allocation"), "a single-arm study has no allocation: take it out"
    elif len(study.arms) != 1:
        yield ("study", "arms"), "a single-arm study has exactly one arm"
    if study.allocation is not None and set(study.allocation.ratio) != arms:
        yield ("study", "allocation", "ratio"), f"give a weight to each arm: {', '.join(sorted(arms))}"
    if protocol.programme.entry == "by_allocation" and study.allocation is None:
        yield ("programme", "entry"), "`by_allocation` needs a randomised study"
    kinds = {form.kind for form in protocol.consents}
    for kind in ("programme", "study"):
        if kind not in kinds:
            yield ("consents",), f"a consent for the {kind} is needed: each stands by itself"


def _eligibility(protocol: Protocol) -> Iterator[Fault]:
    eligibility = protocol.study.eligibility
    base: Place = ("study", "eligibility")
    if eligibility.default not in {version.id for version in eligibility.versions}:
        yield (*base, "default"), f"no version {eligibility.default}"
    for name, kind in eligibility.inputs.items():
        if kind in ("choice", "choices") and not eligibility.choices.get(name):
            yield (*base, "inputs", name), "list its possible answers under `choices`"
    for name in eligibility.choices:
        if name not in eligibility.inputs:
            yield (*base, "choices", name), "no such input"
    wanted = {
        "age": {"date"}, "true": {"yes_no"}, "months_since": {"date"}, "any_of": {"choices"},
        "one_of": {"choice"}, "number": {"number"}, "lasts": {"date", "date_or_permanent"},
    }  # fmt: skip
    for number, version in enumerate(eligibility.versions):
        for position, criterion in enumerate(version.criteria):
            place = (*base, "versions", number, "criteria", position)
            for name in criterion.needs:
                asked = eligibility.inputs.get(name)
                if asked is None:
                    yield place, f"{criterion.id} looks at {name}, which is no input"
                elif criterion.rule in wanted and asked not in wanted[criterion.rule]:
                    yield place, f"rule {criterion.rule} cannot look at {name}, a {asked}"
            if criterion.rule in ("any_of", "one_of") and not set(criterion.among) <= set(
                eligibility.choices.get(criterion.of, [])
            ):
                yield (*place, "among"), f"not all of these are choices of {criterion.of}"
            if criterion.least is not None and criterion.most is not None and criterion.least > criterion.most:
                yield (*place, "least"), f"least {criterion.least:g} lies above most {criterion.most:g}"


def _waves(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    last: dict[str, Wave] = {}
    for number, wave in enumerate(study.waves):
        place: Place = ("study", "waves", number)
        if wave.anchor == "allocation" and study.allocation is None:
            yield (*place, "anchor"), "this study has no allocation to count from"
        if wave.months == 0 and wave.opens_days_before > 0:
            yield (*place, "opens_days_before"), "the window opens before its anchor has happened: make it 0"
        late = [days for days in wave.reminders_after_days if not 0 < days <= wave.closes_days_after]
        if late:
            yield (
                (*place, "reminders_after_days"),
                f"a reminder after {late[0]} days falls outside the window of {wave.closes_days_after} days",
            )
        previous = last.get(wave.anchor)
        if previous is not None:
            if wave.months <= previous.months:
                yield (
                    (*place, "months"),
                    f"{wave.id} must come later than {previous.id} ({previous.months} months)",
                )
            elif _overlap(previous, wave):
                yield (
                    (*place, "opens_days_before"),
                    f"the window opens before that of {previous.id} has closed: shorten one of them",
                )
        last[wave.anchor] = wave


def _overlap(earlier: Wave, later: Wave) -> bool:
    # Counted from a day without clipping; 28 days is the shortest month, so no real calendar is kinder.
    day = date(2026, 1, 1)
    closes = add_months(day, earlier.months) + timedelta(days=earlier.closes_days_after)
    return add_months(day, later.months) - timedelta(days=later.opens_days_before) <= closes


def _outcomes(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    waves = {wave.id: wave for wave in study.waves}
    outcomes = {outcome.id for outcome in study.outcomes}
    asked = {one for wave in study.waves for ids in wave.asks.values() for one in ids}
    for number, outcome in enumerate(study.outcomes):
        place: Place = ("study", "outcomes", number)
        for position, wave_id in enumerate(outcome.waves):
            if wave_id not in waves:
                yield (*place, "waves", position), f"no wave {wave_id}"
        kind, _, rest = outcome.variable.partition(".")
        if kind == "item":
            questionnaire_id, _, item_id = rest.partition(".")
            if questionnaire_id not in asked:
                yield (*place, "variable"), f"questionnaire {questionnaire_id} is asked at no wave"
            elif questionnaire_id in protocol.questionnaires:
                known = {item.id for item in protocol.questionnaires[questionnaire_id].items}
                if item_id not in known:
                    yield (*place, "variable"), f"{questionnaire_id} has no item {item_id}"
    if not any(outcome.role == "primary" for outcome in study.outcomes):
        yield ("study", "outcomes"), "name at least one primary outcome"
    for number, analysis in enumerate(study.analyses):
        if analysis.outcome not in outcomes:
            yield ("study", "analyses", number, "outcome"), f"no outcome {analysis.outcome}"
        if analysis.method in ("gee", "mmrm") and study.design == "single_arm" and "arm" in str(analysis.options):
            yield ("study", "analyses", number, "options"), "a single-arm study has no arm to compare"


def _marks(protocol: Protocol) -> Iterator[Fault]:
    """Each assumption must stand on a value that exists, so that its mark can be shown there."""
    content = protocol.model_dump(by_alias=True)
    for number, assumption in enumerate(protocol.assumptions):
        node: Any = content
        for part in assumption.about.split("."):
            if isinstance(node, dict):
                node = node.get(part)
            elif isinstance(node, list):
                named = {one.get("id", one.get("kind")): one for one in node if isinstance(one, dict)}
                node = named.get(part, part if part in node else None)
            else:
                node = None
            if node is None:
                yield (
                    ("assumptions", number, "about"),
                    f"nothing stands at {assumption.about}: {part} is not there",
                )
                break
