"""The addresses of the study's pages."""

from django.urls import path, register_converter

from opstap.web.research import acting, answers, closing, followup, queries, trial, views
from opstap.web.shared.veiled import Veiled

register_converter(Veiled, "veiled")

app_name = "research"
urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("participants/", views.participants, name="participants"),
    path("participants/<str:pseudonym>/", views.participant, name="participant"),
    path("participants/<str:pseudonym>/mails/", followup.mails_of, name="mails_of"),
    path("participants/<str:pseudonym>/<slug:doing>/", acting.act, name="act"),
    path("calendar/", followup.calendar, name="calendar"),
    path("mails/", followup.mails, name="mails"),
    path("mails/texts/", followup.texts, name="texts"),
    path("mails/<int:number>/<slug:outcome>/", followup.settle, name="settle"),
    path("answers/<int:number>/missed/", followup.missed, name="missed"),
    path("answers/<int:number>/", answers.enter, name="answers"),
    path("answers/<int:number>/gaps/", answers.gaps, name="gaps"),
    path("answers/<int:number>/print/", answers.on_paper, name="on_paper"),
    path("answers/<int:number>/link/", acting.send_link, name="send_link"),
    path("answers/<int:number>/correct/<str:field>/", answers.correct, name="correct"),
    path("queries/", queries.queries, name="queries"),
    path("queries/<veiled:number>/", queries.query, name="query"),
    path("review/", queries.review, name="review"),
    path("review/<veiled:number>/", queries.reviewed, name="reviewed"),
    path("review/<veiled:number>/ask/<str:field>/", queries.ask, name="ask"),
    path("lot/", trial.lot, name="lot"),
    path("flow/", trial.flow, name="flow"),
    path("flow/<slug:slug>.<slug:form>", trial.flow_file, name="flow_file"),
    path("delivered/", trial.delivered, name="delivered"),
    path("data/", closing.data, name="data"),
    path("data/<slug:slug>/lock-people/", closing.lock_people, name="lock_people"),
    path("data/<slug:slug>/unlock/", closing.unlock, name="unlock"),
    path("data/<slug:slug>/unlock-person/", closing.unlock_person, name="unlock_person"),
    path("data/<slug:slug>/ask/<slug:kind>/", closing.ask, name="ask_two"),
    path("sign/<veiled:number>/", closing.sign, name="sign"),
    path("sign/<veiled:number>/drop/", closing.drop, name="drop"),
    path("export/", trial.exports, name="exports"),
    path("export/<slug:slug>/<slug:form>/", trial.export_file, name="export_file"),
    path("refer/", views.refer, name="refer"),
    path("report/", views.report, name="report"),
    path("report/<slug:slug>/", views.report_show, name="report_show"),
]
