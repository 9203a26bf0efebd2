"""The addresses of the study's pages."""

from django.urls import path

from opstap.web.research import acting, answers, views

app_name = "research"
urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("participants/", views.participants, name="participants"),
    path("participants/<str:pseudonym>/", views.participant, name="participant"),
    path("participants/<str:pseudonym>/<slug:doing>/", acting.act, name="act"),
    path("answers/<int:number>/", answers.enter, name="answers"),
    path("answers/<int:number>/link/", acting.send_link, name="send_link"),
    path("answers/<int:number>/correct/<str:field>/", answers.correct, name="correct"),
    path("refer/", views.refer, name="refer"),
    path("report/", views.report, name="report"),
    path("report/<slug:slug>/", views.report_show, name="report_show"),
]
