"""What a therapist or coach is asked about someone they look after: one short page, apart from all others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from opstap.acts.sight import around_questions as sight
from opstap.acts.sight.answers import Answered
from opstap.domain.access import Role
from opstap.web.shared import questions as shared
from opstap.web.shared.entering import needs, who
from opstap.web.shared.whole import Whole


def _place(pseudonym: str, number: int, whole: Answered) -> shared.Place:
    return shared.Place(
        eyebrow=f"{pseudonym} · {whole.wave}",
        page=reverse("coach:questions", args=[pseudonym, number]),
        check=reverse("coach:check_questions", args=[pseudonym, number]),
        home=reverse("coach:case", args=[pseudonym]),
        look="work",
    )


@require_http_methods(["GET", "POST"])
@needs(Role.THERAPIST, Role.COACH)
def questions(request: HttpRequest, pseudonym: str, number: int) -> HttpResponse:
    """Fill in what one's own place is asked."""
    measurement, whole = sight.of_care(who(request), pseudonym, number)
    return shared.fill(request, measurement, whole, Whole, _place(pseudonym, number, whole))


@require_http_methods(["GET", "POST"])
@needs(Role.THERAPIST, Role.COACH)
def check(request: HttpRequest, pseudonym: str, number: int) -> HttpResponse:
    """Look the answers over and hand them in."""
    measurement, whole = sight.of_care(who(request), pseudonym, number)
    return shared.check(request, measurement, whole, _place(pseudonym, number, whole))
