"""One's own data: how to be reached, what was decided, who looked, who at work is let in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import doors, plans, recruitment
from opstap.acts.doors import User
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import reports
from opstap.acts.sight.participant import record as sight
from opstap.acts.sight.participant.pages import with_page
from opstap.acts.words import Contact
from opstap.web.participant.frame import mine, page, reader, signed_in
from opstap.web.participant.said import say
from opstap.web.participant.views.around import ShareForm
from opstap.web.shared.alone import page_alone
from opstap.web.shared.around import FUNCTIONS
from opstap.web.shared.once import Again, once
from opstap.web.shared.submitting import TWICE
from opstap.web.shared.welcome import welcome

NO_ADDRESS = gettext_lazy("This is not an e-mail address. Write it like name@example.org.")


class ContactForm(forms.Form):
    """Who someone is and how to reach them. What may be filled in is for the act to say."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=400)
    email = forms.CharField(
        label=gettext_lazy("E-mail address"), required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone number"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class InviteForm(forms.Form):
    """Someone at work to let in."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, error_messages={"required": gettext_lazy("Fill in a name.")}
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address at work"),
        error_messages={"required": NO_ADDRESS, "invalid": NO_ADDRESS},
    )
    function = forms.ChoiceField(
        label=gettext_lazy("In what function"), choices=[(one.value, word) for one, word in FUNCTIONS.items()]
    )
    items = ShareForm.base_fields["items"]


@mine
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show one's own data on one page."""
    user = signed_in(request)
    return page(request, "record", record=sight.record(user), told=reports.has_summary(user))


@mine
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """Tell what came out of the study, once that is shown to those who took part."""
    told = reports.own_summary(signed_in(request))
    if told is None:
        raise NotHere("results")
    return page_alone(told)


@mine
@require_GET
def looked(request: HttpRequest) -> HttpResponse:
    """List who looked, a page at a time."""
    wanted = request.GET.get("page", "1")
    looks = sight.looks(signed_in(request), int(wanted) if wanted.isdecimal() and len(wanted) < 7 else 1)
    return page(request, "looked", looks=looks)


@mine
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Change one's own name, e-mail address and telephone number."""
    known = sight.record(signed_in(request)).contact
    before = {"name": known.name, "email": known.email, "phone": known.phone}
    form = ContactForm(request.POST or None, initial=before)
    if request.method == "GET":
        return page(request, "contact", form=form)
    if form.is_valid():
        if form.cleaned_data == before:
            messages.info(request, _("Nothing was different; it stays as it is."))
            return redirect("participant:record")
        try:
            recruitment.change_contact(
                by=signed_in(request),
                participant=doors.own_record(signed_in(request)),
                contact=Contact(**form.cleaned_data),
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, say(reader(request).address, "Your details are saved."))
            return redirect("participant:record")
    return page(request, "contact", 400, form=form)


@mine
@require_http_methods(["GET", "POST"])
def workplace(request: HttpRequest) -> HttpResponse:
    """Let someone at work in; only where there is a plan that they could see."""
    participant = with_page(signed_in(request), "plan")
    form = InviteForm(request.POST or None)
    if request.method == "GET":
        return page(request, "workplace", form=form)
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            with once(request):
                link = plans.invite_workplace(by=signed_in(request), participant=participant, **given)
        except Again:
            messages.info(request, TWICE)
            return redirect("participant:work")
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            _told(request, link.user)
            return redirect("participant:work")
    return page(request, "workplace", 400, form=form)


def _told(request: HttpRequest, supervisor: User) -> None:
    """Mail who was let in, and say so; without a mail the participant has to tell them."""
    worker = sight.record(signed_in(request)).contact.name
    address = reader(request).address
    if welcome(supervisor, "shared", worker=worker):
        said = say(address, "%(name)s gets a mail and can now see your hours and agreements.", name=supervisor.name)
        messages.success(request, said)
    else:
        said = say(
            address,
            "%(name)s can now see your hours and agreements. The mail could not be sent: tell them yourself.",
            name=supervisor.name,
        )
        messages.warning(request, said)


@mine
@require_POST
def end_workplace(request: HttpRequest, pk: int) -> HttpResponse:
    """End at once what someone at work may see."""
    participant, link = sight.workplace_link(signed_in(request), pk)
    if link is None:
        raise NotHere(pk)
    address = reader(request).address
    try:
        plans.end_workplace(by=signed_in(request), participant=participant, link=link)
    except Refused:
        messages.info(request, say(address, "You had already ended this."))
        return page(request, "record", 409, record=sight.record(signed_in(request)))
    messages.success(request, say(address, "Ended. This person no longer sees anything of yours."))
    return redirect("participant:record")
