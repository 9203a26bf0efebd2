"""The pages of a study: how far it is, who takes part, one participant, referring, what there is to analyse."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import find, recruitment
from opstap.acts import partners as partner_acts
from opstap.acts.clock import today
from opstap.acts.refusals import NotHere
from opstap.acts.sight import partners as partners_sight
from opstap.acts.sight import people
from opstap.acts.sight import recruitment as recruitment_sight
from opstap.acts.sight.alerts import waiting as waiting_alerts
from opstap.acts.sight.journey import journey
from opstap.acts.sight.progress import progress as progress_of
from opstap.acts.sight.queries import open_queries
from opstap.acts.words import Contact
from opstap.domain.access import Permission, Role
from opstap.domain.protocol.model import OWNERS
from opstap.web.research import figures, words
from opstap.web.research import forms as ours
from opstap.web.research.acting import DOINGS
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import submit


@needs(Role.COORDINATOR)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """Show how far each study is."""
    waiting = open_queries(who(request))
    drawn = [figures.draw(study, today(), waiting[study.slug]) for study in progress_of(who(request))]
    context = {"studies": drawn, "today": today(), "alerts": waiting_alerts(who(request))}
    return render(request, "research/progress.html", context)


@needs(Role.COORDINATOR)
@require_GET
def participants(request: HttpRequest) -> HttpResponse:
    """List who was referred, fifty to a page."""
    user = who(request)
    form = ours.search(people.places(user, Permission.SEE_PROGRESS), people.STATES)(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    asked = request.GET.get("page", "")
    page = people.participants(user, number=int(asked) if asked.isdecimal() else 1, **chosen)
    query = request.GET.copy()
    query.pop("page", None)
    lines = [(line, _state(line)) for line in page.lines]
    context = {"form": form, "page": page, "lines": lines, "query": query.urlencode()}
    return render(request, "research/participants.html", context)


def _state(line: people.Person) -> tuple[str, object]:
    return words.PARTICIPATION[line.participation] if line.participation else words.RECRUITMENT[line.recruitment]


@needs(Role.COORDINATOR)
@require_GET
def participant(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show one participant's whole way, and the one thing to do next."""
    one = journey(who(request), pseudonym)
    late = next((measured for measured in one.measurements if measured.late and measured.respondent in OWNERS), None)
    beside = [(name, doing) for name, doing in DOINGS.items() if name in one.can and name != one.next]
    context = {
        "one": one,
        "next": DOINGS.get(one.next),
        "late": late,
        "happened": words.happened(one),
        "beside": beside,
        "waiting": {kind: day for kind, day in one.consent_from.items() if f"consent-{kind}" not in one.can},
    }
    return render(request, "research/participant.html", context)


@needs(Role.REFERRER, Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest) -> HttpResponse:
    """Refer someone, and see which of one's own referrals were taken up."""
    user = who(request)
    places = people.places(user, Permission.REFER)
    said = _("Thank you. The study team takes it from here. The referral is known as %(pseudonym)s.")
    return submit(
        request,
        ours.refer(places)(request.POST if request.method == "POST" else None),
        lambda given: _refer(request, given),
        template="research/refer.html",
        context={"referrals": [(one, words.REFERRAL[one.state]) for one in people.referrals(user)]},
        done=reverse("research:refer"),
        said=lambda pseudonym: said % {"pseudonym": pseudonym},
    )


def _refer(request: HttpRequest, given: dict[str, str]) -> str:
    site, contact = _place(given)
    return recruitment.refer(by=who(request), site=site, contact=contact, language=given["language"]).pseudonym


def _place(given: dict[str, str]) -> tuple[Any, Contact]:
    slug, _slash, code = given["site"].partition("/")
    site = find.sites_of(find.study_named(slug)).get(code)
    if site is None:
        raise NotHere(code)
    return site, Contact(given["name"], given["email"], given["phone"])


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """Show the partners' cohort, and take up a partner who comes alone."""
    user = who(request)
    drawn = partners_sight.partners(user)
    known = {study.slug for study in drawn}
    places = [one for one in people.places(user, Permission.ENROL_PARTNER) if one.key.partition("/")[0] in known]
    if not places:
        raise NotHere("partners")
    return submit(
        request,
        ours.refer(places)(request.POST if request.method == "POST" else None),
        lambda given: _enrol_partner(request, given),
        template="research/partners.html",
        context={"studies": drawn},
        done=reverse("research:partners"),
        said=lambda pseudonym: _("Taken up as %(pseudonym)s. Give the information next.") % {"pseudonym": pseudonym},
    )


def _enrol_partner(request: HttpRequest, given: dict[str, str]) -> str:
    site, contact = _place(given)
    made = partner_acts.enrol_partner(by=who(request), site=site, contact=contact, language=given["language"])
    return made.pseudonym


@needs(Role.COORDINATOR)
@require_GET
def recruiting(request: HttpRequest) -> HttpResponse:
    """Show who came how far, per site and month, against the plan, and when the target is reached."""
    studies = recruitment_sight.recruitment(who(request))
    drawn = [(study, [words.FUNNEL[step] for step in study.steps]) for study in studies]
    return render(request, "research/recruitment.html", {"studies": drawn, "today": today()})


@needs(Role.COORDINATOR)
@require_GET
def screening(request: HttpRequest) -> HttpResponse:
    """List every screening with what each criterion said, fifty to a page."""
    outcome, asked = request.GET.get("outcome", ""), request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
    page = recruitment_sight.screening_log(who(request), outcome=outcome, number=number)
    context = {"page": page, "outcome": outcome, "outcomes": words.OUTCOMES, "query": f"outcome={outcome}"}
    return render(request, "research/screening.html", context)
