"""A few pages that exist only to look at what every page shares."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.template import engines
from django.urls import include, path

from opstap.web.shared import errors

PAGE = """{% extends "base.html" %}{% load i18n opstap %}{% block title %}Today{% endblock %}
{% block main %}<h1>Today</h1>{% pill "warn" "4 days left" %}{{ form }}{% endblock %}
{% block bottombar %}{% include "shared/bottombar.html" %}{% endblock %}"""


TOO_MANY = "36 hours is more than the contract of 32 hours. Fill in 32 or less."


class Hours(forms.Form):
    hours = forms.IntegerField(
        label="Hours per week",
        help_text="The contract is 32 hours.",
        max_value=32,
        error_messages={"max_value": TOO_MANY},
    )
    kind = forms.ChoiceField(label="What work?", widget=forms.RadioSelect, choices=[("own", "Own"), ("other", "Other")])
    agreed = forms.BooleanField(label="We agreed on this")


def page(request):
    form = Hours(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "Saved at 10:42.")
    nav = [{"url": f"/{n}", "label": f"Page {n}", "icon": "home", "current": n == 1, "short": ""} for n in range(1, 7)]
    me = {"name": "Marijke de Wolde", "initials": "MW", "role": "Participant"}
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form, "nav": nav, "me": me}, request))


def forbidden(request):
    raise PermissionDenied


def absent(request):
    raise Http404


def broken(request):
    raise RuntimeError("Marijke's secret")


urlpatterns = [
    path("", include("opstap.web.shared.urls")),
    path("page", page),
    path("forbidden", forbidden),
    path("absent", absent),
    path("broken", broken),
    path("refused", lambda request: HttpResponseNotAllowed(["POST"])),
    path("often", lambda request: HttpResponse(status=429, headers={"Retry-After": "60"})),
]
handler400 = errors.bad_request
handler403 = errors.not_there
handler404 = errors.not_there
handler500 = errors.our_fault
