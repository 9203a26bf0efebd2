"""What can be done on the page of a goal, for the participant and the care team alike: one form for each act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from opstap.acts import goals
from opstap.acts.words import LONGEST
from opstap.web.shared.entering import who
from opstap.web.shared.submitting import attempt

NEEDED = _("Write something here; one sentence is enough.")
TOO_LONG = _("This text is too long. Make it 1000 characters or fewer.")
ZERO_TO_TEN = _("Fill in a whole number from 0 to 10.")


def own_words(label: Any, *, required: bool = True, rows: int = 2, help_text: Any = "") -> forms.CharField:
    """Make a field for someone's own words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": NEEDED, "max_length": TOO_LONG},
    )


def zero_to_ten(label: Any) -> forms.IntegerField:
    """Make a field for a number from 0 to 10."""
    said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), ZERO_TO_TEN)
    return forms.IntegerField(label=label, min_value=0, max_value=10, error_messages=said)


class SetGoal(forms.Form):
    """A goal in own words."""

    text = own_words(_("The goal, in own words"), rows=3)
    importance = zero_to_ten(_("How important is it, from 0 to 10?"))
    confidence = zero_to_ten(_("How sure is it that this will work, from 0 to 10?"))


class AddStep(forms.Form):
    """A step."""

    text = own_words(_("A step towards it"))


class AddObstacle(forms.Form):
    """Something in the way."""

    text = own_words(_("What stands in the way"))
    tried = own_words(_("What was tried, where something was"), required=False)


class Tried(forms.Form):
    """What was tried against an obstacle."""

    obstacle = forms.IntegerField(widget=forms.HiddenInput)
    tried = own_words(_("What was tried, and how it went"))


class Close(forms.Form):
    """The end of a goal."""

    reached = forms.TypedChoiceField(
        label=_("How it ended"),
        choices=[("yes", _("Reached, or far enough")), ("no", _("Let go; something else matters now"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    text = own_words(_("A word about it"), required=False)


FORMS: dict[str, type[forms.Form]] = {"step": AddStep, "obstacle": AddObstacle, "tried": Tried, "close": Close}
SAID = {
    "step": _("The step has been added."),
    "obstacle": _("Written down what stands in the way."),
    "tried": _("Written down what was tried."),
    "close": _("The goal has been closed."),
    "done": _("The step is done."),
    "undo": _("The step is open again."),
    "review": _("The review has been written down."),
}


def work_on(
    request: HttpRequest, goal: Any, forms_given: dict[str, forms.Form], more: dict[str, Callable[..., Any]]
) -> bool:
    """Do what was asked on the page of a goal (POST `what`); True when it was done, False when a form says why not.

    `forms_given` holds the page's forms, each with its own name as prefix; `more` the acts beyond those of everyone.
    """
    what, by = request.POST.get("what", ""), who(request)
    acts: dict[str, Callable[..., Any]] = {
        "step": lambda given: goals.add_goal_step(by=by, goal=goal, **given),
        "obstacle": lambda given: goals.add_obstacle(by=by, goal=goal, **given),
        "tried": lambda given: goals.write_tried(by=by, goal=goal, **given),
        "close": lambda given: goals.close_goal(by=by, goal=goal, **given),
        **more,
    }
    number = request.POST.get("step", "")
    if what in ("done", "undo") and number.isdecimal() and len(number) < 16:
        return attempt(
            request,
            lambda: goals.mark_goal_step(by=by, goal=goal, step=int(number), done=what == "done"),
            said=SAID[what],
        )
    if what not in acts:
        raise Http404
    form = forms_given[what]
    return form.is_valid() and attempt(request, lambda: acts[what](form.cleaned_data), said=SAID[what], form=form)


def bound(request: HttpRequest, kinds: dict[str, type[forms.Form]], **given: Any) -> dict[str, forms.Form]:
    """Make a page's forms, the one that was sent filled with what was typed."""
    sent = request.POST.get("what") if request.method == "POST" else None
    return {
        name: kind(request.POST if name == sent else None, prefix=name, **given.get(name, {}))
        for name, kind in kinds.items()
    }
