"""Queries on answers: the list, one query with what can be done, and looking over what was handed in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import queries as acts
from opstap.acts.sight import people
from opstap.acts.sight import queries as sight
from opstap.domain.access import Permission, Role
from opstap.web.research import query_forms as ours
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import submit

#: What can be done with a query: the act, the words on the button, and what is said afterwards.
DOINGS: dict[str, tuple[Any, Any, Any]] = {
    "answer": (acts.answer_query, _("Answer"), _("Your answer stands with the query.")),
    "close": (acts.close_query, _("Close"), _("The query is closed.")),
    "reopen": (acts.reopen_query, _("Open again"), _("The query is open again.")),
    "withdraw": (acts.withdraw_query, _("Withdraw"), _("The query was withdrawn.")),
}


def _number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 1


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_GET
def queries(request: HttpRequest) -> HttpResponse:
    """List the queries on answers, those that wait first of all."""
    user = who(request)
    form = ours.narrow(people.places(user, Permission.SEE_QUERIES))(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {"state": "waiting"}
    page = sight.queries(user, number=_number(request), **chosen)
    return render(request, "research/queries.html", {"form": form, "page": page, "query": _query(request)})


@needs(Role.COORDINATOR, Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def query(request: HttpRequest, number: int) -> HttpResponse:
    """Show one query with everything that was said, and take the next step."""
    row, asked = sight.query(who(request), number)
    doing = request.POST.get("doing", "")
    if request.method == "POST" and doing not in DOINGS:
        raise Http404
    act, _said, done = DOINGS.get(doing, (None, "", ""))
    return submit(
        request,
        ours.Say(request.POST if request.method == "POST" else None),
        lambda given: act(by=who(request), query=row, **given),
        template="research/query.html",
        context={"asked": asked, "doings": [(name, DOINGS[name][1]) for name in DOINGS if name in asked.can]},
        done=reverse("research:query", args=[number]),
        said=done,
    )


@needs(Role.DATA_MANAGER)
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """List what was handed in, to look it over."""
    user = who(request)
    form = ours.find(people.places(user, Permission.REVIEW_ANSWERS))(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = sight.review(user, number=_number(request), **chosen)
    return render(request, "research/review.html", {"form": form, "page": page, "query": _query(request)})


@needs(Role.DATA_MANAGER)
@require_GET
def reviewed(request: HttpRequest, number: int) -> HttpResponse:
    """Show what someone handed in, without names and without words of their own."""
    row, whole = sight.reviewed(who(request), number)
    asked = sight.queries_on(who(request), row)
    return render(request, "research/reviewed.html", {"whole": whole, "queries": asked})


@needs(Role.DATA_MANAGER)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, number: int, field: str) -> HttpResponse:
    """Raise a query on one answer, or on a whole questionnaire."""
    row, whole = sight.reviewed(who(request), number)
    questionnaire, _dot, item = field.partition(".")
    sheet = next((one for one in whole.sheets if one.questionnaire.id == questionnaire), None)
    question = whole.question(field)
    if sheet is None or (item and question is None):
        raise Http404
    return submit(
        request,
        ours.Ask(request.POST if request.method == "POST" else None),
        lambda given: acts.raise_query(
            by=who(request), measurement=row, questionnaire=questionnaire, item=item, **given
        ),
        template="research/ask.html",
        context={"whole": whole, "sheet": sheet, "question": question},
        done=lambda query: (
            reverse("research:query", args=[query.pk]) if query else reverse("research:reviewed", args=[number])
        ),
        said=_("The site has been asked."),
    )
