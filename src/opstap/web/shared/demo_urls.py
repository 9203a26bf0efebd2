"""The addresses of the demonstration; they exist only when `OPSTAP_DEMO=1`."""

from django.urls import path

from opstap.web.shared import demo

app_name = "demo"
urlpatterns = [
    path("", demo.index, name="index"),
    path("enter/<str:key>/", demo.enter, name="enter"),
    path("time/", demo.pass_time, name="time"),
    path("outbox/", demo.outbox, name="outbox"),
]
