"""What participant and care team do alike on the pages of looking for new work: the forms of a trial placement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, placements
from opstap.acts.sight.search import PlacementView, WishesView
from opstap.domain.search import Topic, Wishes
from opstap.web.shared.entering import who
from opstap.web.shared.search_forms import Count, Evaluate, Permitted
from opstap.web.shared.submitting import attempt

SAID = {
    "permission": _("The permission has been written down."),
    "evaluate": _("Written down how it went."),
    "count": _("It counts as work now, on the days of the placement."),
    "drop": _("The placement has been ended."),
}


def placement_forms(request: HttpRequest, seen: PlacementView) -> dict[str, forms.Form]:
    """Make the forms that fit where a placement stands, the one that was sent filled with what was typed."""
    sent = request.POST.get("what") if request.method == "POST" else None

    def data(name: str) -> Any:
        return request.POST if name == sent else None

    made: dict[str, forms.Form] = {}
    if seen.moves:
        made["permission"] = Permitted(
            data("permission"), prefix="permission", moves=seen.moves, initial={"on": clock.today()}
        )
    if seen.stage != "coming":
        made["evaluate"] = Evaluate(data("evaluate"), prefix="evaluate")
    if seen.can_count:
        proposed = seen.kind.work.value if seen.kind else ""
        made["count"] = Count(data("count"), prefix="count", initial={"kind": proposed, "contract_hours": 0})
    return made


def work_on_placement(request: HttpRequest, placement: Any, made: dict[str, forms.Form]) -> bool:
    """Do what was asked on the page of a placement (POST `what`); False when a form says why not."""
    what, by = request.POST.get("what", ""), who(request)
    acts: dict[str, Callable[..., Any]] = {
        "permission": placements.write_permission,
        "evaluate": placements.evaluate_placement,
        "count": placements.count_placement,
    }
    if what == "drop":
        return attempt(request, lambda: placements.drop_placement(by=by, placement=placement), said=SAID[what])
    if what not in made:
        raise Http404
    form = made[what]
    return form.is_valid() and attempt(
        request,
        lambda: acts[what](by=by, placement=placement, **form.cleaned_data),
        said=SAID[what],
        form=form,
    )


def filled(wishes: Wishes) -> dict[str, Any]:
    """Give wishes as the form begins with them."""
    return {
        **{topic.value: wishes.words.get(topic, "") for topic in Topic},
        "hours_least": wishes.hours_least,
        "hours_most": wishes.hours_most,
        "days": list(wishes.days),
        "travel": wishes.travel,
    }


def has_numbers(seen: WishesView | None) -> bool:
    """Tell whether hours, days or a journey were filled in."""
    if seen is None:
        return False
    wishes = seen.wishes
    return bool(wishes.days) or any(one is not None for one in (wishes.hours_least, wishes.hours_most, wishes.travel))
