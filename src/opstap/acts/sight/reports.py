"""What is seen of reports: those of a study, one of them with its files, and what those who took part are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opstap.acts import doors
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.reporting import plan_of_study, run_of
from opstap.acts.sight.participant.pages import language
from opstap.acts.sight.reach import reaches
from opstap.domain.access import Permission
from opstap.store.models import ReportFile, ReportRun, Study, User

#: How many reports of a study are listed; the newest.
LISTED = 50


@dataclass(frozen=True)
class Line:
    """One report in a list. `took` is how long it took, once it has ended."""

    number: int
    state: str
    language: str
    asked_by: str
    asked_at: datetime
    took: timedelta | None
    dataset: str
    permuted: bool
    lead: str
    problem: str
    published: bool


@dataclass(frozen=True)
class Planned:
    """The plan by which reports are judged: when it was fixed and by whom, and whether that was before unblinding."""

    digest: str
    at: datetime
    by: str
    before_unblinding: bool


@dataclass(frozen=True)
class Reports:
    """A study with its reports, the newest first; `digest` is that of the plan as the protocol has it now."""

    study: Study
    title: str
    languages: tuple[str, ...]
    planned: Planned | None
    lines: tuple[Line, ...]

    @property
    def made(self) -> list[Line]:
        """List those that can be read."""
        return [line for line in self.lines if line.state == "made"]

    @property
    def busy(self) -> bool:
        """Tell whether one is being made."""
        return any(line.state in ("asked", "taken") for line in self.lines)


def reports_of(by: Actor, study: Study) -> Reports:
    """Give the reports of a study; NotHere for who may not see them."""
    allow(by, Permission.SEE_REPORT, study=study)
    protocol, plan = protocol_of(study), plan_of_study(study)
    rows = ReportRun.objects.filter(study=study).select_related("asked_by").defer("summary").order_by("-pk")[:LISTED]
    return Reports(
        study=study,
        title=protocol.title(language()),
        languages=tuple(protocol.languages),
        planned=Planned(plan.digest, plan.at, plan.by.name, study.unblinded_at is None or plan.at < study.unblinded_at)
        if plan
        else None,
        lines=tuple(_line(row) for row in rows),
    )


def report(by: Actor, number: int) -> tuple[Study, Line, list[str]]:
    """Give one report: its study, how it stands, and the names of its files."""
    run = run_of(by, number)
    return (
        run.study,
        _line(run),
        list(ReportFile.objects.filter(run=run).order_by("name").values_list("name", flat=True)),
    )


def usual_seconds(study: Study) -> int | None:
    """Give how long the last report of a study took, in seconds; None when there was none. Callers passed a door."""
    last = ReportRun.objects.filter(study=study, state="made").defer("summary").order_by("-pk").first()
    return round((last.ended_at - last.taken_at).total_seconds()) if last and last.ended_at and last.taken_at else None


def file_of(by: Actor, number: int, name: str) -> bytes:
    """Give one file of a report; NotHere when it has none of that name."""
    found = ReportFile.objects.filter(run=run_of(by, number), name=name).first()
    if found is None:
        raise NotHere(name)
    return bytes(found.content)


def files_of(by: Actor, number: int) -> dict[str, bytes]:
    """Give every file of a report by its name."""
    return {row.name: bytes(row.content) for row in ReportFile.objects.filter(run=run_of(by, number)).order_by("name")}


@dataclass(frozen=True)
class Tellable:
    """A summary that can be told: of which report, and since when it is shown, if it is."""

    number: int
    study: str
    language: str
    ended_at: datetime | None
    shown_since: datetime | None


def tellable(by: User) -> list[Tellable]:
    """List the summaries that someone may show to those who took part, the newest of each study and language first."""
    studies = [one.study for one in reaches(by, Permission.PUBLISH_SUMMARY)]
    rows = (
        ReportRun.objects.filter(study__in=studies, state="made", permuted=False)
        .exclude(summary="")
        .select_related("study__protocol")
        .order_by("study__slug", "language", "-pk")
    )
    found: list[Tellable] = []
    seen: set[tuple[int, str]] = set()
    for row in rows.defer("summary"):
        shown = row.published_at if row.withdrawn_at is None else None
        newest = (row.study_id, row.language) not in seen
        seen.add((row.study_id, row.language))
        if newest or shown:
            title = protocol_of(row.study).title(language())
            found.append(Tellable(row.pk, title, row.language, row.ended_at, shown))
    return found


def summary(by: User, number: int) -> str:
    """Give the summary of a report, for who may show it."""
    run = run_of(by, number, Permission.PUBLISH_SUMMARY)
    if not run.summary or run.permuted:
        raise NotHere(number)
    return run.summary


def own_summary(by: User) -> str | None:
    """Give the summary that is shown to someone who took part, in their language where there is one; None for none."""
    own = doors.own_record(by)
    shown = ReportRun.objects.filter(study=own.study, withdrawn_at=None).exclude(published_at=None).order_by("-pk")
    texts: Mapping[str, Any] = {row.language: row.summary for row in reversed(shown)}
    return texts.get(by.language) or next(iter(texts.values()), None)


def has_summary(by: User) -> bool:
    """Tell whether something is told to someone who took part."""
    own = doors.own_record(by)
    return ReportRun.objects.filter(study=own.study, withdrawn_at=None).exclude(published_at=None).exists()


def _line(row: ReportRun) -> Line:
    return Line(
        number=row.pk,
        state=row.state,
        language=row.language,
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        took=row.ended_at - row.taken_at if row.ended_at and row.taken_at else None,
        dataset=row.dataset_hash,
        permuted=row.permuted,
        lead=row.lead,
        problem=row.problem,
        published=row.published_at is not None and row.withdrawn_at is None,
    )
