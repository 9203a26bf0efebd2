"""Coming in: which studies exist for who came in, how far their sign-in reaches, and the frame around each page.

Staff and workplaces need a second step (one-time code or passkey). A participant who came by a mailed link reaches
the one questionnaire it was sent for; with their personal code they reach everything that is theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from opstap.acts import doors
from opstap.acts.doors import User
from opstap.acts.refusals import NotHere, Refused, SharingEnded
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.web.shared.menu import menu, person

#: In the session: the measurement that a mailed link opened, and whether the personal code was given since.
LINK, CODE = "opstap_link", "opstap_code"

#: What may be reached by everyone, signed in or not, before any second step.
_OPEN = ("/accounts/", "/reading/", "/favicon.ico", "/static/", "/link/", "/demo/", "/healthz", "/calendar/", "/join/")
#: Of the account pages, the one that a participant has a use for: they have no password and no one-time codes.
_SIGN_OUT = "/accounts/logout/"


class EnteringMiddleware:
    """Opens the doors of the studies someone belongs to, and turns refusals into plain answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside the studies of the person who came in."""
        request.roles = set()  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        held = doors.ties_of(request.user)
        request.roles = doors.roles_of(request.user, held)  # type: ignore[attr-defined]
        elsewhere = self._detour(request)
        if elsewhere is not None:
            return elsewhere
        with doors.entering(request.user, held):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            return response

    def _detour(self, request: HttpRequest) -> HttpResponseBase | None:
        in_accounts = request.path.startswith("/accounts/") and not request.path.startswith(_SIGN_OUT)
        if in_accounts and Role.PARTICIPANT in request.roles:  # type: ignore[attr-defined]
            return render(request, "404.html", status=404)
        if request.path.startswith(_OPEN) or request.path == "/":
            return None
        if Role.PARTICIPANT in request.roles:  # type: ignore[attr-defined]
            if request.session.get(CODE) or request.path.startswith(reverse("participant:code")):
                return None
            measurement = request.session.get(LINK)
            if measurement and request.path.startswith(reverse("participant:questionnaire", args=[measurement])):
                return None
            return redirect(f"{reverse('participant:code')}?next={request.path}")
        if not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal: not there (404), no longer shared (410), not now (409), not like this (400)."""
        if isinstance(error, SharingEnded):
            return render(request, "410.html", status=410)
        if isinstance(error, NotHere):
            return render(request, "404.html", status=404)
        if isinstance(error, NotNow):
            return render(request, "409.html", status=409)
        if isinstance(error, Refused):
            return render(request, "400.html", {"message": str(error)}, status=400)
        return None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every page its menu and the name of who is signed in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"nav": [], "me": None}
    by_link_only = LINK in request.session and not request.session.get(CODE)
    if by_link_only and Role.PARTICIPANT in request.roles:  # type: ignore[attr-defined]
        # Whoever holds the link need not be who it was sent to: no name, and no way to anything else.
        return {"nav": [], "me": None}
    # Asked for only where a page shows them.
    return {"nav": SimpleLazyObject(lambda: menu(request)), "me": SimpleLazyObject(lambda: person(request))}


def who(request: HttpRequest) -> User:
    """Give the account of who signed in, on a page that `needs` a role."""
    return cast("User", request.user)


def needs(*roles: Role) -> Callable[[Any], Any]:
    """Let only people in one of these roles into a page; anyone else is told that it is not there.

    A coarse gate before the door: what they find inside is decided by `acts.doors`.
    """

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect(f"{reverse('account_login')}?next={request.path}")
            if request.roles.isdisjoint(roles):  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        gate.__name__, gate.__doc__ = view.__name__, view.__doc__
        gate.roles = roles  # type: ignore[attr-defined]
        return gate

    return wrap
