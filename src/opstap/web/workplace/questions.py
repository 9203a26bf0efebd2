"""What the workplace is asked: about talks and agreements at work, under the neutral name, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from opstap.acts.protocols import protocol_of
from opstap.acts.sight import workplace as sight
from opstap.acts.sight.progress import language
from opstap.domain.access import Role
from opstap.web.shared import questions as shared
from opstap.web.shared.entering import needs, who
from opstap.web.shared.whole import Whole


def _place(pseudonym: str, number: int, alias: str) -> shared.Place:
    # Neither the wave nor the name of the programme: both could tell what it is about.
    return shared.Place(
        eyebrow=alias,
        page=reverse("workplace:questions", args=[pseudonym, number]),
        check=reverse("workplace:check_questions", args=[pseudonym, number]),
        home=reverse("workplace:worker", args=[pseudonym]),
    )


@require_http_methods(["GET", "POST"])
@needs(Role.WORKPLACE)
def questions(request: HttpRequest, pseudonym: str, number: int) -> HttpResponse:
    """Fill in what the workplace is asked."""
    measurement, whole = sight.questions(who(request), pseudonym, number)
    alias = protocol_of(measurement.participant.study).workplace_alias(language())
    return shared.fill(request, measurement, whole, Whole, _place(pseudonym, number, alias))


@require_http_methods(["GET", "POST"])
@needs(Role.WORKPLACE)
def check(request: HttpRequest, pseudonym: str, number: int) -> HttpResponse:
    """Look the answers over and hand them in."""
    measurement, whole = sight.questions(who(request), pseudonym, number)
    alias = protocol_of(measurement.participant.study).workplace_alias(language())
    return shared.check(request, measurement, whole, _place(pseudonym, number, alias))
