"""Answers that came on paper or by telephone, and corrections afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import measures
from opstap.acts.sight.answers import alarming, answered
from opstap.acts.sight.queries import queries_on, query
from opstap.domain.access import Permission, Role
from opstap.web.research import forms as ours
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import submit
from opstap.web.shared.whole import Whole


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, number: int) -> HttpResponse:
    """Show a whole measurement as one form; save it, and hand it in when asked to.

    A measurement that is not open is shown with its answers; of one handed in, each can be corrected.
    """
    measurement, whole = answered(who(request), number, Permission.ENTER_ANSWERS)
    late = whole.state == "missed" and "late" in request.GET
    if whole.state not in ("open", "started") and request.method == "GET" and not late:
        asked = queries_on(who(request), measurement)
        return render(request, "research/answered.html", {"whole": whole, "queries": asked})
    form = Whole(whole, request.POST if request.method == "POST" else None)

    person = reverse("research:participant", args=[whole.pseudonym])
    on = {"onward": person}

    def act(_given: dict[str, Any]) -> str:
        by = who(request)
        given = form.given(whole)
        measures.save_answers(by=by, measurement=measurement, answers=given, **form.came_in())
        if alarming(whole, given):
            messages.warning(request, _("There is an answer here after which this person must be called today."))
        if "submit" not in request.POST:
            return _("The answers were saved.")
        if answered(by, number, Permission.ENTER_ANSWERS)[1].missing:
            on["onward"] = reverse("research:gaps", args=[number])
            return _("The answers were saved. There are questions without an answer.")
        measures.submit(by=by, measurement=measurement)
        return _("The answers were handed in.")

    return submit(
        request,
        form,
        act,
        template="research/paper.html",
        context={"whole": whole, "sheets": form.sheets(whole), "how": form.how()},
        done=lambda _result: on["onward"],
        said=str,
    )


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def gaps(request: HttpRequest, number: int) -> HttpResponse:
    """Say of each question that was left empty on paper why there is no answer, and hand in."""
    measurement, whole = answered(who(request), number, Permission.ENTER_ANSWERS)
    if not whole.missing or whole.state != "started":
        return redirect("research:answers", number)

    def act(given: dict[str, str]) -> None:
        why: dict[str, dict[str, str]] = {}
        for name, reason in given.items():
            questionnaire, _dot, item = name.partition(".")
            why.setdefault(questionnaire, {})[item] = reason
        measures.submit(by=who(request), measurement=measurement, gaps=why)

    return submit(
        request,
        ours.gaps(whole)(request.POST if request.method == "POST" else None),
        act,
        template="research/gaps.html",
        context={"whole": whole},
        done=reverse("research:participant", args=[whole.pseudonym]),
        said=_("The answers were handed in."),
    )


@needs(Role.COORDINATOR)
@require_GET
def on_paper(request: HttpRequest, number: int) -> HttpResponse:
    """Draw a whole measurement empty, to be printed and filled in by hand."""
    row, whole = answered(who(request), number, Permission.ENTER_ANSWERS, theirs=True)
    with translation.override(row.participant.language):
        return render(request, "research/blank.html", {"whole": whole})


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: int, field: str) -> HttpResponse:
    """Correct one answer of a measurement that was handed in, with a reason; in answer to a query, if one is named."""
    measurement, whole = answered(who(request), number, Permission.CORRECT_ANSWERS)
    question = whole.question(field)
    if question is None:
        raise Http404
    questionnaire, _dot, item = field.partition(".")
    asked = request.GET.get("query", "")
    about = query(who(request), int(asked))[0] if asked.isdecimal() and len(asked) < 9 else None
    return submit(
        request,
        ours.correction(question)(request.POST if request.method == "POST" else None),
        lambda given: measures.correct_answer(
            by=who(request), measurement=measurement, questionnaire=questionnaire, item=item, query=about, **given
        ),
        template="research/correct.html",
        context={"whole": whole, "question": question},
        done=reverse("research:query", args=[about.pk]) if about else reverse("research:answers", args=[number]),
        said=_("The answer was corrected. The old one stays beside it."),
        fields={field: "value"},
    )
