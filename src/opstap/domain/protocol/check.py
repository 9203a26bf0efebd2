"""What a protocol must satisfy across its parts: names that exist, windows that can be, phases without a circle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any

from opstap.domain.instruments.scoring import columns
from opstap.domain.months import add_months
from opstap.domain.protocol.check_economics import economics_faults
from opstap.domain.protocol.economics import FIXED
from opstap.domain.protocol.eligibility import RULES
from opstap.domain.protocol.model import WORK_VARIABLES, Outcome, Phase, Protocol, Wave

#: What an analysis cannot do without, by its method.
NEEDED = {"reference_based": ("visits",), "competing_risks": ("competing", "at"), "cox": ("formula",)}
#: Methods that compare arms, whatever their options.
COMPARING = ("reference_based",)
#: What the entries of an option may be, and of which method's option that is said.
CHOICES = {
    "methods": ["mar", "jr", "cr", "cir"],
    "covariates": ["base", "site"],
    "competing": ["death", "recurrence", "contract_end", "retirement"],
}
FITS = {("reference_based", "methods"), ("reference_based", "covariates"), ("competing_risks", "competing")}
#: The levels of a stratum, joined, are its name.
LONGEST_STRATUM = 80
Place = tuple[Any, ...]
Fault = tuple[Place, str]


def cross_check(protocol: Protocol) -> Iterator[Fault]:
    """List every fault between the parts of a protocol, each with its place."""
    yield from _doubles(protocol)
    yield from _phases(protocol)
    yield from _arms(protocol)
    yield from _consents(protocol)
    yield from _eligibility(protocol)
    yield from _waves(protocol)
    yield from _responder(protocol)
    yield from _outcomes(protocol)
    yield from _analyses(protocol)
    yield from _checks(protocol)
    yield from _monitoring(protocol)
    yield from economics_faults(protocol)
    yield from _marks(protocol)


def _doubles(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    named: dict[Place, list[Any]] = {
        ("sources",): protocol.sources,
        ("consents",): protocol.consents,
        ("programme", "modules"): protocol.programme.modules,
        ("programme", "phases"): protocol.programme.phases,
        ("study", "arms"): study.arms,
        ("study", "eligibility", "versions"): study.eligibility.versions,
        ("study", "waves"): study.waves,
        ("study", "outcomes"): study.outcomes,
        ("study", "analyses"): study.analyses,
        ("study", "checks"): study.checks,
        ("study", "monitoring", "deviations"): study.monitoring.deviations,
        ("assumptions",): protocol.assumptions,
    }
    for number, form in enumerate(protocol.consents):
        named["consents", number, "items"] = form.items
        named["consents", number, "questions"] = form.questions
    for number, version in enumerate(study.eligibility.versions):
        named["study", "eligibility", "versions", number, "criteria"] = version.criteria
    if study.process is not None:
        named["study", "process", "dimensions"] = study.process.dimensions
    if study.economics is not None:
        for kind in ("effects", *FIXED):
            named["study", "economics", kind] = getattr(study.economics, kind)
    for place, things in named.items():
        key = "kind" if place == ("consents",) else "id"
        ids = [((*place, number, key), getattr(thing, key)) for number, thing in enumerate(things)]
        yield from _twice(ids)
    plain: dict[Place, list[str]] = {
        ("sites",): protocol.sites,
        ("study", "non_participation_reasons"): study.non_participation_reasons,
    }
    for question, options in study.recruitment.non_participants.items():
        plain["study", "recruitment", "non_participants", question] = options
    for place, names in plain.items():
        yield from _twice([((*place, number), name) for number, name in enumerate(names)])
    # Sessions are known by their own id in every phase.
    yield from _twice(
        [
            (("programme", "phases", number, "sessions", position, "id"), kind.id)
            for number, phase in enumerate(protocol.programme.phases)
            for position, kind in enumerate(phase.sessions)
        ]
    )


def _twice(ids: list[tuple[Place, str]]) -> Iterator[Fault]:
    times: Counter[str] = Counter()
    for place, name in ids:
        times[name] += 1
        if times[name] == 2:
            yield place, f"{name} stands twice: give each its own id"


def _phases(protocol: Protocol) -> Iterator[Fault]:
    programme = protocol.programme
    phase_ids = {phase.id for phase in programme.phases}
    module_ids = {module.id for module in programme.modules}
    source_ids = {source.id for source in protocol.sources}
    for number, module in enumerate(programme.modules):
        if module.source is not None and module.source not in source_ids:
            yield ("programme", "modules", number, "source"), f"no source {module.source}: add it to `sources`"
    for number, phase in enumerate(programme.phases):
        place: Place = ("programme", "phases", number)
        for position, before in enumerate(phase.after):
            if before not in phase_ids:
                yield (*place, "after", position), f"no phase {before}: name one of {', '.join(sorted(phase_ids))}"
        for position, kind in enumerate(phase.sessions):
            for which, module_id in enumerate(kind.modules):
                if module_id not in module_ids:
                    yield (
                        (*place, "sessions", position, "modules", which),
                        f"no module {module_id}: add it to `programme.modules` or mend its spelling",
                    )
            for which, profession in enumerate(kind.professions):
                if profession not in programme.professions:
                    yield (
                        (*place, "sessions", position, "professions", which),
                        f"{profession} does not work in this programme: add it to `programme.professions`",
                    )
    wanted = programme.closing.satisfaction
    if wanted is not None and not any(wanted in wave.asks.get("participant", []) for wave in protocol.study.waves):
        yield (
            ("programme", "closing", "satisfaction"),
            f"the participant is asked no {wanted} at any wave: name a questionnaire of theirs",
        )
    yield from _circle(programme.phases)
    least = sum(kind.least for phase in programme.phases for kind in phase.sessions)
    most = programme.limits.sessions
    if most is not None and least > most:
        yield (
            ("programme", "limits", "sessions"),
            f"the phases need {least} sessions, more than the limit of {most}: raise it or lower a `least`",
        )


def _circle(phases: list[Phase]) -> Iterator[Fault]:
    try:
        TopologicalSorter({phase.id: phase.after for phase in phases}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        number = [phase.id for phase in phases].index(circle[-1])
        yield (
            ("programme", "phases", number, "after"),
            f"the phases go in a circle: {' → '.join(circle)}; take one `after` out",
        )


def _arms(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    arms = {arm.id for arm in study.arms}
    for number, arm in enumerate(study.arms):
        for name in ("opens", "opens_later"):
            if getattr(arm, name) and not arm.programme:
                yield (
                    ("study", "arms", number, name),
                    f"an arm without the programme cannot open the programme's pages: empty `{name}`",
                )
        for page in sorted({*arm.opens} & {*arm.opens_later}):
            yield ("study", "arms", number, "opens_later"), f"{page} is open from the start: take it out of one of both"
    if study.design == "randomised":
        if study.allocation is None:
            yield ("study", "design"), "a randomised study needs `allocation`"
        if len(study.arms) < 2:
            yield ("study", "arms"), "a randomised study needs at least two arms"
    else:
        if study.allocation is not None:
            yield ("study", "allocation"), "a single-arm study has no allocation: take it out"
        if len(study.arms) != 1:
            yield ("study", "arms"), "a single-arm study has exactly one arm: keep one"
    if study.allocation is not None and set(study.allocation.ratio) != arms:
        yield ("study", "allocation", "ratio"), f"give a weight to each arm: {', '.join(sorted(arms))}"
    if protocol.programme.entry == "by_allocation" and study.allocation is None:
        yield ("programme", "entry"), "`by_allocation` needs a randomised study: write `open`"
    yield from _factors(protocol)


def _factors(protocol: Protocol) -> Iterator[Fault]:
    """A stratum or factor has levels that are known beforehand, and its lists have names that fit the database."""
    plan, eligibility = protocol.study.allocation, protocol.study.eligibility
    if plan is None:
        return
    place: Place = ("study", "allocation", "strata")
    named: list[tuple[Place, str]] = [((*place, number), one) for number, one in enumerate(plan.strata)]
    yield from _twice(named)
    if plan.minimisation is not None:
        named = [(("study", "allocation", "minimisation", "factors", one), one) for one in plan.minimisation.factors]
    for where, factor in named:
        if factor != "site" and eligibility.inputs.get(factor) not in ("choice", "yes_no"):
            yield where, f"{factor} has no levels: name `site`, or an answer at screening that is a choice or yes_no"
    levels = {"site": protocol.sites, **eligibility.choices}
    longest = [max(map(len, levels.get(factor, ["yes"])), default=0) for factor in plan.strata]
    if sum(longest) + len(longest) > LONGEST_STRATUM:
        yield place, f"the name of a stratum would be longer than {LONGEST_STRATUM} characters: use fewer or shorter"


def _consents(protocol: Protocol) -> Iterator[Fault]:
    kinds = {form.kind for form in protocol.consents}
    needed = ["programme", "study"]
    if any("partner" in wave.asks for wave in protocol.study.waves):
        needed.append("partner")
    for kind in needed:
        if kind not in kinds:
            yield ("consents",), f"a consent of kind {kind} is needed, each by itself: add it"


def _eligibility(protocol: Protocol) -> Iterator[Fault]:
    eligibility = protocol.study.eligibility
    sources = {source.id for source in protocol.sources}
    base: Place = ("study", "eligibility")
    if "not_eligible" not in protocol.study.non_participation_reasons:
        yield (
            ("study", "non_participation_reasons"),
            "add not_eligible: who does not meet a criterion is kept with this reason",
        )
    known = [version.id for version in eligibility.versions]
    if eligibility.default not in known:
        yield (*base, "default"), f"no version {eligibility.default}: name one of {', '.join(known)}"
    for name, kind in eligibility.inputs.items():
        if kind in ("choice", "choices") and not eligibility.choices.get(name):
            yield (*base, "inputs", name), "list its possible answers under `choices`"
    for name in eligibility.choices:
        if name not in eligibility.inputs:
            yield (*base, "choices", name), "no such input: add it to `inputs` or take it out"
    for number, version in enumerate(eligibility.versions):
        if version.source is not None and version.source not in sources:
            yield (*base, "versions", number, "source"), f"no source {version.source}: add it to `sources`"
        for position, criterion in enumerate(version.criteria):
            place = (*base, "versions", number, "criteria", position)
            for name in criterion.needs:
                asked = eligibility.inputs.get(name)
                if asked is None:
                    yield place, f"{criterion.id} looks at {name}, which is no input: add it to `inputs`"
                elif asked not in RULES[criterion.rule][0]:
                    yield place, f"rule {criterion.rule} cannot look at {name}, a {asked}: choose another rule"
            unknown = [one for one in criterion.among if one not in eligibility.choices.get(criterion.of, [])]
            if unknown:
                yield (*place, "among"), f"{', '.join(unknown)}: no such choice of {criterion.of}; mend the spelling"


def _waves(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    arms = {arm.id for arm in study.arms}
    last: dict[str, Wave] = {}
    for number, wave in enumerate(study.waves):
        place: Place = ("study", "waves", number)
        if wave.anchor == "allocation" and study.allocation is None:
            yield (*place, "anchor"), "this study has no allocation to count from: choose another anchor"
        if wave.opens_days_before > wave.months * 28:
            yield (*place, "opens_days_before"), "the window opens before its anchor has happened: lower it"
        late = [days for days in wave.reminders_after_days if not 0 < days <= wave.closes_days_after]
        if late:
            yield (
                (*place, "reminders_after_days"),
                f"a reminder after {late[0]} days falls outside the window of {wave.closes_days_after} days: move it",
            )
        for respondent, ids in wave.asks.items():
            for position, name in enumerate(ids):
                questionnaire = protocol.questionnaires.get(name)
                alarming = [item.id for item in questionnaire.items if item.alarming] if questionnaire else []
                if alarming and (study.responder is None or respondent != "participant"):
                    yield (
                        (*place, "asks", respondent, position),
                        f"{name} has an answer after which somebody must act at once ({', '.join(alarming)}): name "
                        "who does, and when, under study.responder (for participants only), or ask one without it, "
                        "such as phq-8 for phq-9",
                    )
        asked = {one for ids in wave.asks.values() for one in ids}
        for one, only in wave.only_in_arms.items():
            if one not in asked:
                yield (*place, "only_in_arms", one), f"{one} is not asked at {wave.id}: add it to `asks` or take it out"
            for position, arm in enumerate(only):
                if arm not in arms:
                    yield (
                        (*place, "only_in_arms", one, position),
                        f"no arm {arm}: name one of {', '.join(sorted(arms))}",
                    )
        previous = last.get(wave.anchor)
        if previous is not None:
            if wave.months <= previous.months:
                yield (
                    (*place, "months"),
                    f"{wave.id} must come later than {previous.id} ({previous.months} months): raise it",
                )
            elif _overlap(previous, wave):
                yield (
                    (*place, "opens_days_before"),
                    f"the window opens before that of {previous.id} has closed: shorten one of them",
                )
        last[wave.anchor] = wave


def _responder(protocol: Protocol) -> Iterator[Fault]:
    responder = protocol.study.responder
    forms = [form for form in protocol.consents if form.kind == "study"]
    if responder is not None and responder.consent not in {item.id for form in forms for item in form.items}:
        yield (
            ("study", "responder", "consent"),
            f"no item {responder.consent} in the study's consent: add it, so that people agree before anyone is told",
        )


def _overlap(earlier: Wave, later: Wave) -> bool:
    # Months differ in length: two windows may touch from one starting day and not from another, so try each day
    # of four years.
    starts = (date(2024, 1, 1) + timedelta(days=number) for number in range(1461))
    return any(
        add_months(start, later.months) - timedelta(days=later.opens_days_before)
        <= add_months(start, earlier.months) + timedelta(days=earlier.closes_days_after)
        for start in starts
    )


def _outcomes(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    waves = [wave.id for wave in study.waves]
    for number, outcome in enumerate(study.outcomes):
        place: Place = ("study", "outcomes", number)
        yield from _known(outcome.waves, waves, (*place, "waves"), "wave")
        asked = {
            one for wave in study.waves if wave.id in outcome.waves for one in wave.asks.get(outcome.respondent, [])
        }
        fault = _variable(protocol, outcome.variable, asked)
        if fault:
            yield (*place, "variable"), fault
    everything = {one for wave in study.waves for ids in wave.asks.values() for one in ids}
    wanted: list[tuple[Place, str]] = [(("study", "baseline", n), one) for n, one in enumerate(study.baseline)]
    if study.economics is not None:
        plan, base = study.economics, ("study", "economics")
        wanted += [((*base, "covariates", n), one) for n, one in enumerate(plan.covariates) if one != "site"]
        groups = enumerate(plan.subgroups)
        wanted += [((*base, "subgroups", n, "variable"), one.variable) for n, one in groups if one.variable != "site"]
    for place, variable in wanted:
        fault = _variable(protocol, variable, everything)
        if fault:
            yield place, fault
    if not any(outcome.role == "primary" for outcome in study.outcomes):
        yield ("study", "outcomes"), "name at least one primary outcome: write `role: primary`"


def _known(names: list[str], known: list[str], place: Place, what: str) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name not in known:
            yield (*place, position), f"no {what} {name}: name one of {', '.join(known)}"


def _variable(protocol: Protocol, variable: str, asked: set[str]) -> str | None:
    """Tell what is wrong with a variable, given the questionnaires that are asked where it is wanted."""
    kind, _, rest = variable.partition(".")
    loaded = protocol.questionnaires
    if kind == "work":
        return None if rest in WORK_VARIABLES else f"no work outcome {rest}: name one of {', '.join(WORK_VARIABLES)}"
    if kind == "score":
        rules = {loaded[one].score for one in asked if one in loaded}
        known = sorted(column for rule in rules if rule for column in columns(rule))
        return None if rest in known else f"no score {rest} is asked here: known are {', '.join(known) or 'none'}"
    questionnaire_id, _, item_id = rest.partition(".")
    if questionnaire_id not in asked:
        return f"questionnaire {questionnaire_id} is not asked here: name one of {', '.join(sorted(asked)) or 'none'}"
    if questionnaire_id in loaded and item_id not in loaded[questionnaire_id].values:
        return f"{questionnaire_id} has no item {item_id}: mend its spelling"
    return None


def _analyses(protocol: Protocol) -> Iterator[Fault]:
    study = protocol.study
    waves = [wave.id for wave in study.waves]
    outcomes = {outcome.id: outcome for outcome in study.outcomes}
    for number, analysis in enumerate(study.analyses):
        place: Place = ("study", "analyses", number)
        options = analysis.options
        outcome = outcomes.get(analysis.outcome)
        if outcome is None:
            yield (*place, "outcome"), f"no outcome {analysis.outcome}: name one of {', '.join(outcomes)}"
            continue
        if study.design == "single_arm" and (
            options.get("by") == "arm" or re.search(r"\barm\b", str(options.get("formula", "")))
        ):
            yield (*place, "options"), "a single-arm study has no arm to compare: take `arm` out"
        for name in ("from", "to"):
            if name in options and options[name] not in waves:
                yield (*place, "options", name), f"no wave {options[name]}: name one of {', '.join(waves)}"
        for option in NEEDED.get(analysis.method, ()):
            if option not in options:
                yield (*place, "options"), f"{analysis.method} needs `{option}`: add it"
        if analysis.method in COMPARING and study.design == "single_arm":
            yield (*place, "method"), f"a single-arm study has no arm to compare: take this {analysis.method} out"
        for name, choices in CHOICES.items():
            if (analysis.method, name) in FITS and isinstance(options.get(name), list):
                yield from _known(options[name], choices, (*place, "options", name), name)
        for name, known, what in (("visits", waves, "wave"), ("items", _items_beside(protocol, outcome), "item")):
            listed = options.get(name, [])
            if not isinstance(listed, list):
                yield (*place, "options", name), f"{listed} is no list: write [{listed}]"
            else:
                yield from _known(listed, known, (*place, "options", name), what)


def _items_beside(protocol: Protocol, outcome: Outcome) -> list[str]:
    """List the items of the questionnaire that an `item.` outcome is taken from; empty for the other kinds."""
    questionnaire = protocol.questionnaires.get(outcome.variable.split(".")[1])
    return [item.id for item in questionnaire.items] if questionnaire else []


def _checks(protocol: Protocol) -> Iterator[Fault]:
    """A check across questionnaires names each answer as `questionnaire.item`."""
    known = {
        f"{questionnaire.id}.{name}": kind
        for questionnaire in protocol.questionnaires.values()
        for name, kind in questionnaire.comparable.items()
    }
    waves = [wave.id for wave in protocol.study.waves]
    for number, check in enumerate(protocol.study.checks):
        yield from _known(check.waves, waves, ("study", "checks", number, "waves"), "wave")
        for part, fault in check.faults(known):
            yield ("study", "checks", number, part), fault


def _monitoring(protocol: Protocol) -> Iterator[Fault]:
    """What is watched must be asked of participants, and what is compared must be a number asked in every arm."""
    watched, base = protocol.study.monitoring, ("study", "monitoring")
    asked = {one for wave in protocol.study.waves for one in wave.asks.get("participant", [])}
    for number, report in enumerate(watched.own_reports):
        questionnaire, item = report.place
        loaded = protocol.questionnaires.get(questionnaire)
        known = {one.id: one for one in loaded.items} if loaded and questionnaire in asked else {}
        if item not in known:
            yield (*base, "own_reports", number, "item"), f"{report.item} is not asked of participants: mend it"
        elif set(report.codes) - set(known[item].all_codes):
            yield (*base, "own_reports", number, "codes"), f"{report.item} has other codes: name some of its own"
        elif report.words is not None and report.words not in known:
            yield (*base, "own_reports", number, "words"), f"{questionnaire} has no item {report.words}: mend it"
    in_some_arms = {one for wave in protocol.study.waves for one in wave.only_in_arms}
    for number, name in enumerate(watched.compares):
        questionnaire, _, item = name.partition(".")
        loaded = protocol.questionnaires.get(questionnaire)
        kinds = {one.id: one.kind for one in loaded.items} if loaded and questionnaire in asked else {}
        if kinds.get(item) != "number":
            yield (*base, "compares", number), f"{name} is no number asked of participants: mend it"
        elif questionnaire in in_some_arms:
            yield (*base, "compares", number), f"{name} is asked in some arms only, and would tell them: take it out"


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
                    f"nothing stands at {assumption.about}: {part} is not there; mend the place",
                )
                break
