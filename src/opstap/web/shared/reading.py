"""How someone likes to read: the size of the text, the colours and the language; and the picture for a tab.

The choice is kept in cookies on the device, with or without signing in: it says something about the eyes
of the reader and the device in hand, and nothing about the person that the record should know.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

TEXTS = {"normal": gettext_lazy("Normal"), "large": gettext_lazy("Large"), "larger": gettext_lazy("Larger")}
THEMES = {
    "device": gettext_lazy("As on this device"),
    "light": gettext_lazy("Light"),
    "dark": gettext_lazy("Dark"),
    "contrast": gettext_lazy("Much contrast"),
}
CHOICES = {"text": TEXTS, "theme": THEMES}
YEAR = 365 * 24 * 3600


def choices(request: HttpRequest) -> dict[str, object]:
    """A context processor: `reading.text` and `reading.theme` as chosen, and what there is to choose from."""
    chosen = {name: request.COOKIES.get(cookie(name), "") for name in CHOICES}
    return {
        "reading": {
            name: chosen[name] if chosen[name] in options else next(iter(options)) for name, options in CHOICES.items()
        }
        | {"texts": TEXTS, "themes": THEMES}
    }


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """The picture for a tab, for browsers that ask for it at the root and not where the page says."""
    return HttpResponsePermanentRedirect(static("opstap/mark.svg"))


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to the page it was chosen on; an unknown choice changes nothing."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, options in CHOICES.items():
        if request.POST.get(name) in options:
            keep(response, cookie(name), request.POST[name])
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def cookie(name: str) -> str:
    """The name under which a choice is kept."""
    return f"opstap-{name}"


def keep(response: HttpResponse, name: str, value: str) -> None:
    """Put one choice in the answer, for a year."""
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
