"""Answers that came on paper or by telephone, and corrections afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opstap.acts import measures
from opstap.acts.refusals import Refused
from opstap.acts.sight.answers import answered
from opstap.domain.access import Permission, Role
from opstap.web.research import forms as ours
from opstap.web.research.acting import refuse
from opstap.web.shared.entering import needs, who
from opstap.web.shared.once import Again, once


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, number: int) -> HttpResponse:
    """Show a whole measurement as one form; save it, and hand it in when asked to.

    A measurement that was handed in is shown with its answers, each of which can be corrected.
    """
    measurement, whole = answered(who(request), number, Permission.ENTER_ANSWERS)
    if whole.state not in ("open", "started") and request.method == "GET":
        return render(request, "research/answered.html", {"whole": whole})
    posted = request.method == "POST"
    form = ours.Whole(whole, request.POST) if posted else ours.Whole(whole)
    if posted and form.is_valid():
        try:
            with once(request):
                given = form.given(whole)
                measures.save_answers(by=who(request), measurement=measurement, answers=given, channel="paper")
                if "submit" in request.POST:
                    measures.submit(by=who(request), measurement=measurement)
        except Again:
            messages.info(request, _("You sent this form twice. It was done once."))
            return redirect("research:participant", whole.pseudonym)
        except Refused as refused:
            refuse(form, refused, {})
        else:
            handed_in = "submit" in request.POST
            messages.success(request, _("The answers were handed in.") if handed_in else _("The answers were saved."))
            return redirect("research:participant", whole.pseudonym)
    context = {"whole": whole, "form": form, "sheets": form.sheets(whole)}
    return render(request, "research/paper.html", context, status=400 if posted else 200)


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: int, field: str) -> HttpResponse:
    """Correct one answer of a measurement that was handed in, with a reason."""
    measurement, whole = answered(who(request), number, Permission.CORRECT_ANSWERS)
    question = whole.question(field)
    if question is None:
        raise Http404
    questionnaire, _dot, item = field.partition(".")
    posted = request.method == "POST"
    make = ours.correction(question)
    form = make(request.POST) if posted else make()
    if posted and form.is_valid():
        try:
            with once(request):
                measures.correct_answer(
                    by=who(request),
                    measurement=measurement,
                    questionnaire=questionnaire,
                    item=item,
                    value=form.cleaned_data["value"],
                    reason=form.cleaned_data["reason"],
                )
        except Again:
            messages.info(request, _("You sent this form twice. It was done once."))
            return redirect("research:answers", number)
        except Refused as refused:
            refuse(form, refused, {field: "value"})
        else:
            messages.success(request, _("The answer was corrected. The old one stays beside it."))
            return redirect("research:answers", number)
    context = {"whole": whole, "form": form, "question": question}
    return render(request, "research/correct.html", context, status=400 if posted else 200)
