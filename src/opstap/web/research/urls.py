"""The addresses of the study's pages."""

from django.urls import path

from opstap.web.research import acting, alerts, answers, consents, followup, monitoring, queries, views

app_name = "research"
urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("partners/", views.partners, name="partners"),
    path("recruitment/", views.recruiting, name="recruitment"),
    path("screening/", views.screening, name="screening"),
    path("participants/", views.participants, name="participants"),
    path("participants/<str:pseudonym>/", views.participant, name="participant"),
    path("participants/<str:pseudonym>/mails/", followup.mails_of, name="mails_of"),
    path("participants/<str:pseudonym>/<slug:doing>/", acting.act, name="act"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<int:number>/", consents.sign, name="sign_consent"),
    path("consents/<int:number>/consent.pdf", consents.sheet, name="consent_sheet"),
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
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:number>/", alerts.alert, name="alert"),
    path("monitor/", monitoring.monitor, name="monitor"),
    path("monitor/<slug:slug>/look/", monitoring.look, name="look_for_signals"),
    path("incidents/", monitoring.incidents, name="incidents"),
    path("incidents/<int:number>/", monitoring.incident, name="incident"),
    path("queries/", queries.queries, name="queries"),
    path("queries/<int:number>/", queries.query, name="query"),
    path("review/", queries.review, name="review"),
    path("review/<int:number>/", queries.reviewed, name="reviewed"),
    path("review/<int:number>/ask/<str:field>/", queries.ask, name="ask"),
    path("refer/", views.refer, name="refer"),
    path("report/", views.report, name="report"),
    path("report/<slug:slug>/", views.report_show, name="report_show"),
]
