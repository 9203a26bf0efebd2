"""The shape of a protocol: a programme, the study around it, and the words for both.

A programme is data. Every rule that differs between programmes stands here as a field, so that the next
programme is a new folder and no line of code. Ids are stable and language-free; all words are in `texts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from opstap.domain.instruments.model import Check, Misplaced, Questionnaire, Shape
from opstap.domain.protocol.allocation import Allocation
from opstap.domain.protocol.consents import ConsentForm
from opstap.domain.protocol.economics import Economics
from opstap.domain.protocol.eligibility import MOST_MONTHS, Criterion, InputKind
from opstap.domain.protocol.monitoring import Monitoring
from opstap.domain.protocol.responder import Responder

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

RESPONDENTS = ("participant", "partner", "therapist", "coach", "workplace")
Respondent = Literal["participant", "partner", "therapist", "coach", "workplace"]
#: Those who answer for themselves, each in a record of their own, by what they are in the study.
OWN_RESPONDENT = {"patient": "participant", "partner": "partner"}
OWNERS = tuple(OWN_RESPONDENT.values())
#: The people around a participant who are asked about the programme, where it is given.
AROUND = ("therapist", "coach", "workplace")
Profession = Literal["therapist", "coach"]
#: The roles that a protocol may keep the arm from, until the study is unblinded.
Blindable = Literal["analyst", "data_manager", "coordinator", "referrer", "steward"]
#: The participant's pages that an arm may open. All else on the participant's side is open to everyone.
Page = Literal["plan", "sessions", "knowledge", "energy", "goals", "clock", "search"]


#: What can follow `work.` in an outcome's variable: the outcomes at a wave, then those of a person.
WORK_VARIABLES = (
    "hours_per_week",
    "percent_of_contract",
    "employed",
    "at_work",
    "status",
    "sick_days_past_6_months",
    "first_sick_day",
    "first_sustained_return",
    "days_to_return",
    "return_kind",
    "first_full_return",
    "days_to_full_return",
)


class Source(Shape):
    """A published document that the protocol answers to."""

    id: Id
    citation: str
    url: str | None = None


class Assumption(Shape):
    """A value that stands in the file although no source settles it; pages and reports show the mark.

    `about` is the dotted place of the value in this file; `certainty` is U (uncertain), NF (not found) or
    M (general knowledge). The words are `assumptions.<id>`.
    """

    id: Id
    about: str
    certainty: Literal["U", "NF", "M"]


class Module(Shape):
    """A part of the content that a session can cover."""

    id: Id
    source: Id | None = None


class SessionKind(Shape):
    """A kind of session within a phase: who holds it, how often, what it may cover."""

    id: Id
    professions: list[Profession] = Field(min_length=1)
    modules: list[Id] = []
    least: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _bounds(self) -> SessionKind:
        if self.most is not None and self.least > self.most:
            raise Misplaced(("least",), f"at least {self.least} sessions but at most {self.most}: lower `least`")
        return self


class Phase(Shape):
    """A step of the programme; `after` names the phases that come before it."""

    id: Id
    after: list[Id] = []
    sessions: list[SessionKind] = []
    makes_plan: bool = False


class Limits(Shape):
    """The most that the programme gives: sessions in all, months from its start. None: no published limit."""

    sessions: int | None = Field(default=None, ge=1)
    months: int | None = Field(default=None, ge=1)


class Aftercare(Shape):
    """Contacts after the guidance: so many weeks after the day from which they count.

    `since` is `resumption` (the first day worked, as far as it is known, else the day of closing) or `closing`.
    """

    since: Literal["resumption", "closing"]
    weeks: list[Annotated[int, Field(ge=1, le=520)]] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Aftercare:
        if self.weeks != sorted(set(self.weeks)):
            raise Misplaced(("weeks",), "name each week once, in rising order")
        return self


class Closing(Shape):
    """How the programme ends: aftercare, and the questionnaire that asks what people thought of it."""

    aftercare: Aftercare | None = None
    satisfaction: str | None = None


class Programme(Shape):
    """What is delivered: phases with sessions and modules, by whom, within which limits.

    `entry`: `open` starts on enrolment; `by_allocation` waits for the lot (a trial's programme is not given
    outside the arm that opens it).
    """

    entry: Literal["open", "by_allocation"]
    limits: Limits = Limits()
    professions: list[Profession] = Field(min_length=1)
    stages_of_change: bool = False
    modules: list[Module] = Field(min_length=1)
    phases: list[Phase] = Field(min_length=1)
    closing: Closing = Closing()


class EligibilityVersion(Shape):
    """One published version of the criteria."""

    id: Id
    source: Id | None = None
    criteria: list[Criterion] = Field(min_length=1)


class Eligibility(Shape):
    """The questions asked at screening, and the criteria in each published version."""

    default: Id
    inputs: dict[Id, InputKind]
    choices: dict[Id, list[str]] = {}
    versions: list[EligibilityVersion] = Field(min_length=1)

    def version(self, version_id: str | None) -> EligibilityVersion:
        """Find a version of the criteria, the default one for None; KeyError names the known ones."""
        wanted = version_id or self.default
        for version in self.versions:
            if version.id == wanted:
                return version
        raise KeyError(f"{wanted}: known versions are {', '.join(v.id for v in self.versions)}")


class Arm(Shape):
    """One arm: whether it opens the programme, and which of the participant's pages.

    `opens_later` are pages that stay closed until the care team opens them for someone whose situation has changed:
    who came in with a job, and has none to go back to any more.
    """

    id: Id
    programme: bool
    opens: list[Page] = []
    opens_later: list[Literal["search"]] = []


class Wave(Shape):
    """A measurement: when it falls due after its anchor, how long it is open, who is asked what.

    Days are calendar days around the due date (anchor + `months`). A questionnaire about the programme is asked
    where the programme was given: `only_in_arms` names its arms; without an entry every arm is asked.
    """

    id: Id
    anchor: Literal["consent", "enrolment", "allocation", "first_session", "programme_end"]
    months: int = Field(ge=0, le=MOST_MONTHS)
    opens_days_before: int = Field(default=0, ge=0, le=3660)
    closes_days_after: int = Field(ge=0, le=3660)
    reminders_after_days: list[int] = []
    asks: dict[Respondent, list[str]]
    only_in_arms: dict[str, list[Id]] = {}

    def questionnaires(self, respondent: Respondent, arm: str | None) -> list[str]:
        """List what a respondent is asked at this wave about a participant in an arm (None: not allocated yet)."""
        return [one for one in self.asks.get(respondent, []) if arm in self.only_in_arms.get(one, [arm])]


class Sending(Shape):
    """The hours in which mail may reach someone, on their own clock: from the hour `first` until before `last`.

    Never at night or on a public holiday, whatever stands here; Sundays only where `sundays` says so. The hours are
    this product's proposal: no source settles them.
    """

    first: int = Field(default=9, ge=6, le=20)
    last: int = Field(default=19, ge=7, le=22)
    sundays: bool = False

    @model_validator(mode="after")
    def _day(self) -> Sending:
        if self.first >= self.last:
            raise Misplaced(("last",), f"mail may go from {self.first} until {self.last}: make `last` the later hour")
        return self


class Estimand(Shape):
    """What an outcome means (ICH E9(R1)): each strategy for each intercurrent event, and the summary.

    Population and variable are words: `outcomes.<id>.population` and `outcomes.<id>.variable`.
    """

    summary: Literal["mean_difference", "odds_ratio", "mean_change", "proportion", "time_to_event", "median"]
    intercurrent: dict[
        Literal["death", "recurrence", "contract_end", "retirement", "stopped_programme"],
        Literal["while_alive", "treatment_policy", "composite", "hypothetical", "principal_stratum"],
    ]


class Outcome(Shape):
    """One outcome: its variable, at which waves, from which source, with its estimand.

    `variable` is a name that the dataset builder knows: `work.<field>` (domain/work), `score.<column>`
    (a questionnaire's score) or `item.<questionnaire>.<item>`.
    """

    id: Id
    role: Literal["primary", "secondary", "exploratory"]
    variable: str = Field(pattern=r"^(work|score|item)\.[a-z0-9_.-]+$")
    waves: list[Id]
    respondent: Respondent = "participant"
    source: Literal["questionnaire", "coach", "workplace", "register"] = "questionnaire"
    estimand: Estimand


class Analysis(Shape):
    """One analysis of the plan, executed as written.

    `options` are the method's own settings: `formula` in the names `value` (the outcome), `base` (the same at the
    first wave), `arm`, `visit` and `site`; `visits`, `from` and `to` name waves; `items` names items of the
    outcome's questionnaire that are shown beside one another; the rest are named as on the command line. The plan of
    `cost_effectiveness` stands in `study.economics`.
    """

    id: Id
    outcome: Id
    method: Literal[
        "gee", "mmrm", "kaplan_meier", "proportions", "paired_change", "likert", "summary",
        "reference_based", "competing_risks", "cox", "cost_effectiveness",
    ]  # fmt: skip
    options: dict[str, Any] = {}


class ProcessDimension(Shape):
    """One dimension of the process evaluation, with its topics and where each is measured."""

    id: Id
    topics: list[Id] = []


class ProcessEvaluation(Shape):
    """The framework of the process evaluation."""

    framework: Literal["re_aim_tailoring", "linnan_steckler"]
    dimensions: list[ProcessDimension]


class Recruitment(Shape):
    """How people come in: in how many months the target is planned (None: no plan), and whether by themselves.

    `partners` is how many partners are wanted beside them; None where there is no cohort of partners, or no number.

    `non_participants` are the questions to who does not take part, each with its possible answers; they are asked only
    where someone agrees, and kept without a name. The words are `non_participants.<question>`.
    """

    months: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    self_referral: bool = False
    partners: int | None = Field(default=None, ge=1)
    non_participants: dict[Id, list[Id]] = {}


class Study(Shape):
    """The study around the programme."""

    design: Literal["randomised", "single_arm"]
    registration: str | None = None
    target: int = Field(ge=1)
    arms: list[Arm] = Field(min_length=1)
    allocation: Allocation | None = None
    blinded: list[Blindable] = []
    eligibility: Eligibility
    non_participation_reasons: list[Id] = Field(min_length=1)
    recruitment: Recruitment = Recruitment()
    monitoring: Monitoring = Monitoring()
    waves: list[Wave] = Field(min_length=1)
    sending: Sending = Sending()
    responder: Responder | None = None
    outcomes: list[Outcome] = Field(min_length=1)
    analyses: list[Analysis] = Field(min_length=1)
    baseline: list[str] = []
    checks: list[Check] = []
    process: ProcessEvaluation | None = None
    economics: Economics | None = None

    def arm(self, arm_id: str) -> Arm:
        """Find an arm by its id; KeyError when there is none."""
        return _one(self.arms, arm_id)

    def wave(self, wave_id: str) -> Wave:
        """Find a wave by its id; KeyError when there is none."""
        return _one(self.waves, wave_id)

    def outcome(self, outcome_id: str) -> Outcome:
        """Find an outcome by its id; KeyError when there is none."""
        return _one(self.outcomes, outcome_id)


class Protocol(Shape):
    """A programme and its study, complete with questionnaires and words."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    country: Literal["nl", "be"]
    languages: list[Literal["nl", "en", "fr"]] = Field(min_length=1)
    sources: list[Source] = []
    sites: list[Id] = Field(min_length=1)
    programme: Programme
    consents: list[ConsentForm] = Field(min_length=1)
    study: Study
    assumptions: list[Assumption] = []
    texts: dict[str, dict[str, Any]] = {}
    questionnaires: dict[str, Questionnaire] = {}

    def text(self, key: str, language: str) -> str:
        """Give the words at a dotted key in a language, else in the protocol's first language.

        KeyError when the key exists in neither: a checked protocol has every key it needs.
        """
        for candidate in (language, self.languages[0]):
            found: Any = self.texts.get(candidate, {})
            for part in key.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if isinstance(found, str):
                return found.strip()
        raise KeyError(key)

    def title(self, language: str) -> str:
        """Give the protocol's title."""
        return self.text("title", language)

    def workplace_alias(self, language: str) -> str:
        """Give the neutral name under which a workplace knows the programme: it discloses no diagnosis."""
        return self.text("workplace_alias", language)

    def consent(self, kind: str) -> ConsentForm:
        """Give the consent form in force for the programme or the study; KeyError when there is none."""
        for form in self.consents:
            if form.kind == kind:
                return form
        raise KeyError(kind)

    def phase(self, phase_id: str) -> Phase:
        """Find a phase by its id; KeyError when there is none."""
        return _one(self.programme.phases, phase_id)

    @cached_property
    def phase_order(self) -> list[str]:
        """Order the phases so that each comes after those it follows; equal ones stay as written.

        CycleError (a ValueError) when they go in a circle: a checked protocol has none.
        """
        sorter = TopologicalSorter({phase.id: () for phase in self.programme.phases})
        for phase in self.programme.phases:
            sorter.add(phase.id, *phase.after)
        return list(sorter.static_order())

    @cached_property
    def session_kinds(self) -> dict[str, tuple[Phase, SessionKind]]:
        """Find a kind of session and its phase by the kind's id."""
        return {kind.id: (phase, kind) for phase in self.programme.phases for kind in phase.sessions}

    def assumption_on(self, place: str) -> Assumption | None:
        """Find the mark on a value, by its dotted place, when it is an assumption."""
        for assumption in self.assumptions:
            if place == assumption.about or place.startswith(assumption.about + "."):
                return assumption
        return None

    def opens(self, arm_id: str | None, page: str, *, in_programme: bool) -> bool:
        """Tell whether a participant may open one of the programme's pages.

        In the study the arm decides; outside it, being in the programme does (`in_programme`).
        """
        return in_programme and (arm_id is None or page in self.study.arm(arm_id).opens)

    def opens_later(self, arm_id: str | None, page: str, *, in_programme: bool) -> bool:
        """Tell whether a page can be opened for a participant once their situation has changed."""
        arms = self.study.arms if arm_id is None else [self.study.arm(arm_id)]
        return in_programme and any(page in arm.opens_later for arm in arms)

    def needed_texts(self) -> Iterator[str]:
        """List every dotted key of the words that each language must have."""
        yield from ("title", "short_title", "summary", "workplace_alias", "address")
        for site in self.sites:
            yield f"sites.{site}"
        for module in self.programme.modules:
            yield from (f"modules.{module.id}.title", f"modules.{module.id}.text")
        for phase in self.programme.phases:
            yield from (f"phases.{phase.id}.title", f"phases.{phase.id}.text")
            for kind in phase.sessions:
                yield f"sessions.{kind.id}"
        for form in self.consents:
            yield from form.text_keys()
        for arm in self.study.arms:
            yield from (f"arms.{arm.id}.title", f"arms.{arm.id}.text")
        for name in self.study.eligibility.inputs:
            yield f"eligibility.inputs.{name}"
        for name, values in self.study.eligibility.choices.items():
            yield from (f"eligibility.choices.{name}.{value}" for value in values)
        for version in self.study.eligibility.versions:
            yield f"eligibility.versions.{version.id}"
            yield from (f"eligibility.criteria.{criterion.id}" for criterion in version.criteria)
        yield from (f"non_participation.{reason}" for reason in self.study.non_participation_reasons)
        for question, options in self.study.recruitment.non_participants.items():
            yield f"non_participants.{question}.title"
            yield from (f"non_participants.{question}.options.{option}" for option in options)
        yield from (f"deviations.{deviation.id}" for deviation in self.study.monitoring.deviations)
        for wave in self.study.waves:
            yield f"waves.{wave.id}"
        for outcome in self.study.outcomes:
            yield from (f"outcomes.{outcome.id}.{part}" for part in ("title", "population", "variable"))
        for analysis in self.study.analyses:
            yield f"analyses.{analysis.id}"
        for check in self.study.checks:
            yield f"checks.{check.id}"
        if self.study.economics is not None:
            yield from self.study.economics.text_keys()
        if self.study.process is not None:
            for dimension in self.study.process.dimensions:
                yield f"process.{dimension.id}.title"
                yield from (f"process.{dimension.id}.topics.{topic}" for topic in dimension.topics)
        yield from (f"assumptions.{assumption.id}" for assumption in self.assumptions)


def _one(things: list[Any], wanted: str) -> Any:
    for thing in things:
        if thing.id == wanted:
            return thing
    raise KeyError(wanted)
