"""The pages of the steward: people and roles, the audit trail, the protocols in force."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import find
from opstap.acts import people as acts
from opstap.acts.sight import house
from opstap.domain.access import Role
from opstap.web.shared.entering import needs, who
from opstap.web.shared.menu import title_of
from opstap.web.shared.submitting import press, submit
from opstap.web.shared.welcome import welcome
from opstap.web.steward import forms as ours
from opstap.web.steward.sentences import REASONS, details, sentence


@needs(Role.STEWARD)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List accounts by name, fifty to a page. A name is searched for by POST: it has no place in an address."""
    asked = request.POST.get("page", "")
    search = request.POST.get("search", "")[:120]
    page = house.accounts(who(request), search=search, number=int(asked) if asked.isdecimal() else 1)
    lines = [(line, [_said(given) for given in line.roles]) for line in page.lines]
    return render(request, "steward/people.html", {"page": page, "lines": lines, "search": search})


def _said(given: house.Given) -> str:
    return ", ".join(part for part in (str(title_of(Role(given.role))), given.study, given.site) if part)


@needs(Role.STEWARD)
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    return submit(
        request,
        ours.Account(request.POST if request.method == "POST" else None),
        lambda given: acts.make_account(by=who(request), **given),
        template="steward/make.html",
        context={},
        done=lambda made: reverse("steward:person", args=[made.pk]) if made else reverse("steward:people"),
        said=_welcome,
    )


def _welcome(made: Any) -> str:
    if welcome(made, "account"):
        said = _("The account was made. %(name)s got a mail with a link to choose a password. Now give a role.")
    else:
        said = _("The account was made, but no mail could be sent. Ask %(name)s to choose a password at “Sign in”.")
    return said % {"name": made.name}


@needs(Role.STEWARD)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Show one account with its roles, and give it another."""
    user, account = house.account(who(request), number)
    form = ours.role(house.wheres(who(request)))
    return submit(
        request,
        form(request.POST if request.method == "POST" else None),
        lambda given: _grant(request, user, given["role"], given["where"]),
        template="steward/person.html",
        context={"account": account, "roles": [(given, _said(given)) for given in account.roles]},
        done=reverse("steward:person", args=[number]),
        said=_("The role was given."),
        fields={"study": "where", "site": "where"},
    )


def _grant(request: HttpRequest, user: Any, role: str, where: str) -> None:
    slug, _slash, code = where.partition("/")
    study = find.study_named(slug) if slug else None
    site = find.sites_of(study).get(code) if study and code else None
    acts.grant_role(by=who(request), user=user, role=Role(role), study=study, site=site)


@needs(Role.STEWARD)
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Take a role back."""
    grant = house.grant_numbered(who(request), number)
    return press(
        request,
        lambda: acts.revoke_role(by=who(request), grant=grant),
        done=reverse("steward:person", args=[grant.user_id]),
        said=_("The role was taken back."),
    )


@needs(Role.STEWARD)
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Show what happened, newest first, a hundred to a page."""
    return _trail(request, None)


@needs(Role.STEWARD)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain and say whether it is whole."""
    return _trail(request, *house.verify_chain(who(request)))


def _trail(request: HttpRequest, verdict: Any, counted: bool = False) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in ("study", "name")}
    before = request.GET.get("before", "")
    drawn = house.events(who(request), before=int(before) if before.isdecimal() else None, **chosen)
    reason = REASONS[verdict.reason] % {"number": verdict.first_broken} if verdict and not verdict.intact else ""
    query = urlencode({name: value for name, value in chosen.items() if value})
    context = {
        "trail": drawn,
        "lines": [(event, sentence(event), details(event)) for event in drawn.events],
        "form": ours.narrow(drawn.studies)(request.GET or None),
        "verdict": verdict,
        "counted": counted,
        "reason": reason,
        "query": query,
        "later": bool(before),
    }
    return render(request, "steward/trail.html", context)


@needs(Role.STEWARD)
@require_GET
def protocols(request: HttpRequest) -> HttpResponse:
    """List the studies with the protocol that each pinned."""
    return render(request, "steward/protocols.html", {"studies": house.pinned(who(request))})
