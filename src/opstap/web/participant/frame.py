"""What every page of a participant begins with: their own record, their language, their form of address."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from opstap.acts.sight.participant import Own, own
from opstap.acts.sight.participant.record import own_marks
from opstap.domain.access import Role
from opstap.web.shared.entering import CODE, needs

#: On pages for someone who came by link only, or who is filling in: no menu and no name, only the page.
BARE: Mapping[str, Any] = {"nav": [], "me": None}


def mine(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view a participant's own: only they get in, and it speaks their language unless they chose another."""

    @functools.wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        spoken = signed_in(request).language
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and translation.check_for_language(spoken):
            translation.activate(spoken)
            request.LANGUAGE_CODE = translation.get_language()
        request.own = own(signed_in(request))  # type: ignore[attr-defined]  # kept for the page
        return view(request, *args, **kwargs)

    return needs(Role.PARTICIPANT)(speaking)


def signed_in(request: HttpRequest) -> Any:
    """Give the account of who signed in; `mine` lets nobody else through."""
    return request.user


def reader(request: HttpRequest) -> Own:
    """Give who reads."""
    own: Own = request.own  # type: ignore[attr-defined]  # kept there by `mine`
    return own


def page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a participant's page."""
    own = reader(request)
    return render(
        request,
        f"participant/{name}.html",
        {"own": own, "address": own.address, "with_code": with_code(request), "marks": _marks(request), **context},
        status=status,
    )


def _marks(request: HttpRequest) -> Any:
    """Give how things came in that were written down for the reader; asked for only where a page shows it."""
    return SimpleLazyObject(lambda: own_marks(signed_in(request)))


def with_code(request: HttpRequest) -> bool:
    """Tell whether the personal code was given in this visit."""
    return bool(request.session.get(CODE))
