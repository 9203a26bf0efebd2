"""What someone sees when a page cannot be given: plain words, and a way on.

Set in the root URL configuration: `handler400 = errors.bad_request` and so on. "Not there" and "not yours"
are one answer, page and status alike, so that nobody learns from it what exists.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404 and handler403: this page does not exist, or not for you."""
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400: the browser sent something that we cannot read."""
    return render(request, "400.html", status=400)


def our_fault(request: HttpRequest) -> HttpResponse:
    """handler500: drawn without the request, since that may be what broke."""
    try:
        return HttpResponse(loader.render_to_string("500.html"), status=500)
    except Exception:
        return HttpResponse(_("Something went wrong on our side."), status=500, content_type="text/plain")


def form_grew_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the form was open too long, or cookies are off."""
    return render(request, "403_csrf.html", status=403)


class PlainRefusals:
    """Middleware: gives the empty answers 405 and 429 a page that says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the page answer; where it refuses without words, give them."""
        response = self.get_response(request)
        if response.status_code not in (405, 429) or response.streaming or response.content:
            return response
        page = render(request, f"{response.status_code}.html", status=response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response:
                page[name] = response[name]
        return page
