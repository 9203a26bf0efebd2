"""Reports in the browser: the plan fixed, a report asked for and read, two compared, a summary told."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from opstap.acts import clock, find, reporting
from opstap.acts.protocols import protocol_of
from opstap.acts.sight import dataset
from opstap.acts.sight import reports as sight
from opstap.acts.veil import MOST as MOST_VEILED
from opstap.acts.veil import unveil, veil
from opstap.domain.access import Permission, Role
from opstap.jobs import export
from opstap.jobs import report as job
from opstap.web.shared.alone import page_alone
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press

KINDS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
}
#: What is read in the browser; the rest is kept as a file.
READ = ("html", "pdf", "svg")
LANGUAGES = {"nl": _("Dutch"), "en": _("English"), "fr": _("French")}
STATES = {
    "asked": ("todo", _("waiting")),
    "taken": ("todo", _("being made")),
    "made": ("good", _("made")),
    "failed": ("warn", _("not made")),
}
#: How often the page of a report that is being made looks again, in seconds.
AGAIN = 3
#: How many differences between two reports are shown.
MOST = 200


@needs(Role.ANALYST)
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """List the studies that one may analyse, with what is in each."""
    return render(request, "research/report.html", {"studies": dataset.datasets(who(request))})


@needs(Role.ANALYST)
@require_GET
def of_study(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the plan and the reports of a study, and let another be asked for."""
    from opstap.reports import plan_of

    found = sight.reports_of(who(request), find.study_named(slug))
    now = plan_of(protocol_of(found.study)).digest
    context = {
        "reports": found,
        "lines": [(line, STATES[line.state], LANGUAGES.get(line.language, line.language)) for line in found.lines],
        "languages": [(one, LANGUAGES.get(one, one)) for one in found.languages],
        "plan_now": now,
        "changed": found.planned is not None and found.planned.digest != now,
    }
    return render(request, "research/reports.html", context)


@needs(Role.ANALYST)
@require_POST
def fix_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Fix the plan of analysis as the protocol has it now."""
    from opstap.reports import plan_of

    study = find.study_named(slug)
    sight.reports_of(who(request), study)
    plan = plan_of(protocol_of(study))
    return press(
        request,
        lambda: reporting.fix_plan(by=who(request), study=study, text=plan.text, digest=plan.digest),
        done=reverse("research:reports", args=[slug]),
        said=_("The plan is fixed. Every report from now on says what was done otherwise."),
    )


@needs(Role.ANALYST)
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a report, and let it be made by a process of its own."""
    study = find.study_named(slug)

    def act() -> None:
        reporting.ask_report(by=who(request), study=study, language=request.POST.get("language", ""))
        transaction.on_commit(job.begin)

    return press(
        request,
        act,
        done=reverse("research:reports", args=[slug]),
        said=_("The report is being made. It stands below as soon as it is there; you can close this page."),
    )


@needs(Role.ANALYST)
@require_GET
def run(request: HttpRequest, number: int) -> HttpResponse:
    """Show how far a report is, or what it found and where to read it."""
    study, line, files = sight.report(who(request), number)
    busy = line.state in ("asked", "taken")
    usual = sight.usual_seconds(study)
    passed = max(0, int((clock.now() - line.asked_at).total_seconds()))
    context = {
        "study": study,
        "title": protocol_of(study).title(line.language),
        "line": line,
        "state": STATES[line.state],
        "language": LANGUAGES.get(line.language, line.language),
        "busy": busy,
        "passed": passed,
        "usual": usual,
        "share": min(95, round(100 * passed / usual)) if usual else None,
        "tables": [name for name in files if name.startswith("tables/")],
        "figures": [name for name in files if name.startswith("figures/")],
        "whole": [name for name in files if "/" not in name],
    }
    response = render(request, "research/report_run.html", context)
    if busy:
        response.headers["Refresh"] = str(AGAIN)
    return response


@needs(Role.ANALYST)
@require_GET
def read(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Give one file of a report, as it was made."""
    return _file(sight.file_of(who(request), number, name), name)


@needs(Role.ANALYST)
@require_GET
def whole(request: HttpRequest, number: int) -> HttpResponse:
    """Give every file of a report as one archive."""
    study, _line, _names = sight.report(who(request), number)
    headers = {"Content-Disposition": f'attachment; filename="{study.slug}-report.zip"'}
    content = export.zipped(sight.files_of(who(request), number))
    return HttpResponse(content, content_type="application/zip", headers=headers)


@needs(Role.ANALYST)
@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show which numbers two reports of a study give differently, and from which data, plan and versions each came."""
    from opstap.reports.comparing import differences

    user = who(request)
    found = sight.reports_of(user, find.study_named(slug))
    chosen = [_chosen(request.GET.get(name, "")) for name in ("first", "second")]
    lines = [next((line for line in found.made if line.number == number), None) for number in chosen]
    first, second = lines
    choices = [(str(veil(line.number)), line) for line in found.made]
    context: dict[str, Any] = {
        "reports": found, "choices": choices, "first": first, "second": second, "most": f":{MOST}",
        "chosen": [str(veil(line.number)) if line else "" for line in lines],
    }  # fmt: skip
    if first is not None and second is not None:
        for part in ("provenance", "results"):
            both = (sight.file_of(user, one.number, f"{part}.json") for one in (first, second))
            context[part] = differences(*both)
    return render(request, "research/compare.html", context)


@needs(Role.COORDINATOR)
@require_GET
def summaries(request: HttpRequest) -> HttpResponse:
    """List the summaries that those who took part can be shown, and which of them they see now."""
    found = [(one, LANGUAGES.get(one.language, one.language)) for one in sight.tellable(who(request))]
    return render(request, "research/summaries.html", {"summaries": found})


@needs(Role.COORDINATOR)
@require_GET
def summary(request: HttpRequest, number: int) -> HttpResponse:
    """Read a summary as those who took part would."""
    return _file(sight.summary(who(request), number).encode(), "summary.html")


@needs(Role.COORDINATOR)
@require_POST
def tell(request: HttpRequest, number: int, doing: str) -> HttpResponse:
    """Show a summary to those who took part, or take it back."""
    acts = {
        "show": (reporting.publish_summary, _("Everyone who took part can read it now.")),
        "back": (reporting.withdraw_summary, _("It is not shown any more.")),
    }
    if doing not in acts:
        raise Http404
    user = who(request)
    row = reporting.run_of(user, number, Permission.PUBLISH_SUMMARY)
    act, said = acts[doing]
    return press(request, lambda: act(by=user, run=row), done=reverse("research:summaries"), said=said)


def _file(content: bytes, name: str) -> HttpResponse:
    kind = name.rpartition(".")[2]
    if kind == "html":
        return page_alone(content.decode())
    shown = "inline" if kind in READ else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name.rpartition("/")[2]}"'}
    return HttpResponse(content, content_type=KINDS.get(kind, "application/octet-stream"), headers=headers)


def _chosen(said: str) -> int | None:
    return unveil(int(said)) if said.isdecimal() and len(said) < 16 and int(said) <= MOST_VEILED else None
