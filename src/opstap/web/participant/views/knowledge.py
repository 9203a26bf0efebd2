"""What is good to know: articles that fit first, a search, and the programme's modules."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts.sight.participant import knowledge as sight
from opstap.web.participant.frame import mine, page, signed_in
from opstap.web.participant.words import SITUATIONS, TOPICS

#: More is no search: the field takes no more, and neither does the page.
LONGEST = 100


@mine
@require_http_methods(["GET", "POST"])
def knowledge(request: HttpRequest) -> HttpResponse:
    """List what is good to know. Words searched for can be personal: they are posted, and stand in no address."""
    words = " ".join(request.POST.get("q", "")[:LONGEST].split())
    known = sight.knowledge(signed_in(request), words)
    return page(
        request,
        "knowledge",
        known=known,
        topics=[(topic, TOPICS[topic], told) for topic, told in known.topics.items()],
        situations=[said for one, said in SITUATIONS.items() if one in known.situations],
        q=words,
        longest=LONGEST,
    )


@mine
@require_GET
def article(request: HttpRequest, article: str) -> HttpResponse:
    """Show one article, with its date and sources."""
    told = sight.article(signed_in(request), article)
    return page(request, "article", told=told, article=told.article, topic=TOPICS[told.article.topic])


@mine
@require_GET
def module(request: HttpRequest, module: str) -> HttpResponse:
    """Show one module."""
    return page(request, "module", module=sight.module(signed_in(request), module))
