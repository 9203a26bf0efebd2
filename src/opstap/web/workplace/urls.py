"""The addresses of a workplace."""

from django.urls import path

from opstap.web.workplace import questions, views

app_name = "workplace"
urlpatterns = [
    path("", views.home, name="home"),
    path("calendar/", views.calendar, name="calendar"),
    path("<str:pseudonym>/plan.ics", views.calendar_file, name="calendar_file"),
    path("<str:pseudonym>/", views.worker, name="worker"),
    path("<str:pseudonym>/agree/", views.confirm, name="confirm"),
    path("<str:pseudonym>/prepare/", views.prepare, name="prepare"),
    path("<str:pseudonym>/questions/<int:number>/", questions.questions, name="questions"),
    path("<str:pseudonym>/questions/<int:number>/check/", questions.check, name="check_questions"),
    path("<str:pseudonym>/messages/", views.messages, name="messages"),
    path("<str:pseudonym>/change/<int:pk>/<str:what>/", views.change, name="change"),
]
