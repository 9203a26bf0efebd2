"""Reports: the plan fixed beforehand, a report asked for, made apart from any page, and told to those who took part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.dataset import dataset_of
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.stats.dataset import Dataset
from opstap.store.models import FixedPlan, ReportFile, ReportRun, Study, User

#: After so long without an end a report was broken off, and is begun again.
BROKEN_OFF = timedelta(minutes=15)
#: The seed of every report that is asked for in the browser; it stands in the report.
SEED = 1


@act
def fix_plan(*, by: User, study: Study, text: str, digest: str) -> FixedPlan:
    """Fix the plan of analysis as the protocol has it now; Refused when this plan was the last that was fixed.

    `text` is its canonical JSON and `digest` the SHA-256 of that. A later plan stands beside the earlier ones.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    allow(by, Permission.FIX_PLAN, study=study)
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise ValueError("the hash of a plan is that of its text")
    before = plan_of_study(study)
    if before is not None and before.digest == digest:
        raise Refused(_("This plan was fixed before. It did not change since."))
    made = FixedPlan.objects.create(study=study, text=text, digest=digest, by=by, at=clock.now())
    record(Event.PLAN_FIXED, by=by, study=study, plan=made.pk)
    return made


def plan_of_study(study: Study) -> FixedPlan | None:
    """Give the plan by which a report is judged: after unblinding the last that was fixed before it, else the last."""
    plans = FixedPlan.objects.filter(study=study).select_related("by").order_by("-at", "-pk")
    before = plans.filter(at__lt=study.unblinded_at).first() if study.unblinded_at else None
    return before or plans.first()


@act
def ask_report(*, by: User, study: Study, language: str) -> ReportRun:
    """Ask for a report on a study as it is now; Refused while another one is being made."""
    study = Study.objects.select_for_update().select_related("protocol").get(pk=study.pk)
    allow(by, Permission.SEE_REPORT, study=study)
    if language not in protocol_of(study).languages:
        raise Refused(_("This study has no texts in that language."), field="language")
    if ReportRun.objects.filter(study=study, state__in=["asked", "taken"]).exists():
        raise Refused(_("A report is being made already. Wait until it is there."))
    run = ReportRun.objects.create(study=study, language=language, seed=SEED, asked_by=by, asked_at=clock.now())
    record(Event.REPORT_ASKED, by=by, study=study, report=run.pk)
    return run


@dataclass(frozen=True)
class Taken:
    """A report that is to be made now: of which data, by which plan."""

    run: ReportRun
    data: Dataset
    plan: FixedPlan | None


def waiting() -> list[ReportRun]:
    """List the reports that nobody is making, the oldest first: asked for, or broken off half-way."""
    found = ReportRun.objects.filter(state__in=["asked", "taken"]).order_by("pk").select_related("study__protocol")
    return [run for run in found if run.taken_at is None or clock.now() - run.taken_at >= BROKEN_OFF]


@act
def take_report(*, by: Actor, run: ReportRun) -> Taken:
    """Take the data for a report that waits, as whoever asked for it may see them now; Refused when it waits no more.

    The hash of the data is in the audit trail.
    """
    allow(by, Permission.RUN_DUE)
    run = ReportRun.objects.select_for_update().select_related("study__protocol", "asked_by").get(pk=run.pk)
    if run.state not in ("asked", "taken") or (run.taken_at and clock.now() - run.taken_at < BROKEN_OFF):
        raise Refused(_("A report is being made already. Wait until it is there."))
    data = dataset_of(by=run.asked_by, study=run.study)
    run.state, run.taken_at, run.dataset_hash, run.permuted = "taken", clock.now(), data.hash, data.permuted
    run.plan = plan_of_study(run.study)
    run.save(update_fields=["state", "taken_at", "dataset_hash", "permuted", "plan"])
    record(Event.REPORT_RUN, by=run.asked_by, study=run.study, dataset=data.hash, seed=run.seed, report=run.pk)
    return Taken(run, data, run.plan)


@act
def keep_report(*, by: Actor, run: ReportRun, lead: str, summary: str, files: Mapping[str, bytes]) -> ReportRun:
    """Keep a report that was made, with every file; `summary` is the page for those who took part, or empty."""
    run = _being_made(by, run)
    run.state, run.ended_at, run.lead, run.summary = "made", clock.now(), lead, summary
    run.save(update_fields=["state", "ended_at", "lead", "summary"])
    ReportFile.objects.bulk_create(
        ReportFile(run=run, name=name, content=content) for name, content in sorted(files.items())
    )
    record(Event.REPORT_MADE, by=by, study=run.study, report=run.pk)
    return run


@act
def fail_report(*, by: Actor, run: ReportRun, problem: str) -> ReportRun:
    """Keep that a report could not be made, and what the report itself said of it; empty for a fault of ours."""
    run = _being_made(by, run)
    run.state, run.ended_at, run.problem = "failed", clock.now(), problem
    run.save(update_fields=["state", "ended_at", "problem"])
    record(Event.REPORT_FAILED, by=by, study=run.study, report=run.pk)
    return run


def _being_made(by: Actor, run: ReportRun) -> ReportRun:
    allow(by, Permission.RUN_DUE)
    found = ReportRun.objects.select_for_update().select_related("study").get(pk=run.pk)
    if found.state not in ("asked", "taken"):
        raise Refused(_("This report has ended already."))
    return found


@act
def publish_summary(*, by: User, run: ReportRun) -> ReportRun:
    """Show the summary of a report to those who took part; one that was shown before in its language goes.

    Refused where the report has none: while the arms are shuffled, and where it could point to someone.
    """
    run = _to_tell(by, run)
    if not run.summary or run.permuted:
        raise Refused(_("This report has no summary for those who took part."))
    shown = ReportRun.objects.filter(study=run.study, language=run.language, withdrawn_at=None)
    shown.exclude(pk=run.pk).exclude(published_at=None).update(withdrawn_at=clock.now())
    run.published_by, run.published_at, run.withdrawn_at = by, clock.now(), None
    run.save(update_fields=["published_by", "published_at", "withdrawn_at"])
    record(Event.SUMMARY_PUBLISHED, by=by, study=run.study, report=run.pk)
    return run


@act
def withdraw_summary(*, by: User, run: ReportRun) -> ReportRun:
    """Take the summary of a report back; it is kept that it was shown, and until when."""
    run = _to_tell(by, run)
    if run.published_at is None or run.withdrawn_at is not None:
        raise Refused(_("This summary is not shown now."))
    run.withdrawn_at = clock.now()
    run.save(update_fields=["withdrawn_at"])
    record(Event.SUMMARY_WITHDRAWN, by=by, study=run.study, report=run.pk)
    return run


def _to_tell(by: User, run: ReportRun) -> ReportRun:
    allow(by, Permission.PUBLISH_SUMMARY, study=run.study)
    return ReportRun.objects.select_for_update().select_related("study").get(pk=run.pk)


def run_of(by: Actor, number: int, permission: Permission = Permission.SEE_REPORT) -> ReportRun:
    """Open one report, through its study; NotHere for who may not see it."""
    found = ReportRun.objects.select_related("study__protocol", "asked_by", "plan").filter(pk=number).first()
    if found is None:
        raise NotHere(permission)
    allow(by, permission, study=found.study)
    return found
