"""The pages of a trial: how the lot is drawn, the flow of participants, what was delivered, and data to take along."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from opstap.acts import find
from opstap.acts.dataset import flow_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight import delivered as sight_delivered
from opstap.acts.sight import lot as sight_lot
from opstap.acts.sight.dataset import exportable, flowing
from opstap.domain.access import Role
from opstap.exchange.export import FORMS
from opstap.jobs.export import export, zipped
from opstap.web.shared.entering import needs, who

METHODS = {
    "simple": _("Each lot is drawn by itself."),
    "permuted_blocks": _("Lots are drawn in blocks of varying size, so that the groups stay about as large."),
    "minimisation": _("Each lot goes, most likely but never surely, to the group that keeps the groups alike."),
}
#: The parts of a page that a dimension of the process evaluation points to.
PARTS = {
    "reach": _("Reach"),
    "dose": _("Dose"),
    "fidelity": _("As planned"),
    "tailoring": _("Made to measure"),
    "workplace": _("Contact with the workplace"),
}
OWN = {
    "goals": _("set goals in their own words"),
    "plan": _("agreed a plan for work"),
    "stage": _("had their stage of change judged"),
}
FORMATS = {"csv": _("Comma-separated (CSV)"), "sav": _("SPSS"), "dta": _("Stata")}
PROFESSIONS = {"therapist": _("Occupational therapist"), "coach": _("Coach"), "": _("Someone who stood in")}


@needs(Role.COORDINATOR, Role.REFERRER, Role.ANALYST, Role.DATA_MANAGER)
@require_GET
def lot(request: HttpRequest) -> HttpResponse:
    """Show how the lot is drawn, what was committed to, and to whom it may be known: how alike the arms are."""
    found = [(one, METHODS[one.method]) for one in sight_lot.lots(who(request))]
    return render(request, "research/lot.html", {"lots": found})


@needs(Role.COORDINATOR, Role.ANALYST, Role.DATA_MANAGER)
@require_GET
def flow(request: HttpRequest) -> HttpResponse:
    """Draw the flow of participants of each study, with its counts as a table and as files."""
    charts = [
        (study, protocol_of(study).title(_language(study)), *_chart(request, study)) for study in flowing(who(request))
    ]
    return render(request, "research/flow.html", {"charts": charts})


@needs(Role.COORDINATOR, Role.ANALYST, Role.DATA_MANAGER)
@require_GET
def flow_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Give the flow of one study as a file: the figure (svg) or its counts (csv)."""
    if form not in ("svg", "csv"):
        raise Http404
    chart, _pooled = _chart(request, find.study_named(slug))
    content = chart.alone if form == "svg" else chart.counts.to_csv(index=False, lineterminator="\n")
    kind = {"svg": "image/svg+xml", "csv": "text/csv; charset=utf-8"}[form]
    return _file(content.encode(), kind, f"{slug}-flow.{form}")


def _chart(request: HttpRequest, study: Any) -> tuple[Any, bool]:
    # The figures bring pandas along: only these pages pay for it.
    from opstap.reports.flow_chart import flow_chart

    data, pooled = flow_of(by=who(request), study=study)
    return flow_chart(protocol_of(study), data, language=_language(study), pooled=pooled), pooled


def _language(study: Any) -> str:
    return get_language() or str(protocol_of(study).languages[0])


@needs(Role.COORDINATOR, Role.ANALYST, Role.DATA_MANAGER)
@require_GET
def delivered(request: HttpRequest) -> HttpResponse:
    """Show what was delivered of the programme beside what was planned."""
    context = {
        "studies": sight_delivered.deliveries(who(request)),
        "parts": PARTS,
        "own": OWN,
        "professions": PROFESSIONS,
    }
    return render(request, "research/delivered.html", context)


@needs(Role.ANALYST, Role.DATA_MANAGER)
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """List the studies whose data someone may take along."""
    return render(request, "research/exports.html", {"studies": exportable(who(request)), "formats": FORMATS})


@needs(Role.ANALYST, Role.DATA_MANAGER)
@require_POST
def export_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Take a study's data along as one archive; that it was taken is in the audit trail."""
    known = next((one for one in FORMS if one == form), None)
    if known is None:
        raise Http404
    study = find.study_named(slug)
    return _file(zipped(export(who(request), study, known, _language(study))), "application/zip", f"{slug}-{form}.zip")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
