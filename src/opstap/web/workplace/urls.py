"""The addresses of a workplace."""

from django.urls import path

from opstap.web.workplace import views

app_name = "workplace"
urlpatterns = [
    path("", views.home, name="home"),
    path("<str:pseudonym>/", views.worker, name="worker"),
    path("<str:pseudonym>/agree/", views.confirm, name="confirm"),
]
