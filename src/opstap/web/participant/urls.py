"""The addresses of a participant's pages. All steps of filling in lie below the questionnaire they belong to."""

from django.urls import path

from opstap.web.participant.views import code, consent, energy, filling, goals, programme, record, today

app_name = "participant"
urlpatterns = [
    path("", today.today, name="today"),
    path("code/", code.code, name="code"),
    path("questions/", filling.questionnaires, name="questionnaires"),
    path("questions/<int:pk>/", filling.start, name="questionnaire"),
    path("questions/<int:pk>/check/", filling.check, name="check"),
    path("questions/<int:pk>/pause/", filling.pause, name="pause"),
    path("questions/<int:pk>/<slug:questionnaire>/<slug:item>/", filling.question, name="question"),
    path("data/consent/<slug:kind>/", consent.consent, name="consent"),
    path("data/leave/<slug:kind>/", consent.leave, name="leave"),
    path("plan/", programme.plan, name="plan"),
    path("plan/<int:pk>/agree/", programme.agree, name="agree"),
    path("talks/", programme.sessions, name="sessions"),
    path("talks/<int:pk>/confirm/", programme.confirm, name="confirm"),
    path("energy/", energy.diary, name="energy"),
    path("energy/note/", energy.note, name="note_energy"),
    path("energy/share/", energy.share, name="share_diary"),
    path("energy/<int:pk>/", energy.words, name="energy_note"),
    path("energy/<int:pk>/back/", energy.take_back, name="take_back_energy"),
    path("energy/practice/<int:pk>/", energy.practised, name="practised"),
    path("goals/", goals.goals, name="goals"),
    path("goals/new/", goals.set_goal, name="set_goal"),
    path("goals/<int:pk>/", goals.goal, name="goal"),
    path("goals/stage/", goals.stage, name="stage"),
    path("know/", programme.knowledge, name="knowledge"),
    path("know/<slug:module>/", programme.module, name="module"),
    path("data/", record.record, name="record"),
    path("data/looked/", record.looked, name="looked"),
    path("data/contact/", record.contact, name="contact"),
    path("data/workplace/", record.workplace, name="workplace"),
    path("data/workplace/<int:pk>/end/", record.end_workplace, name="end_workplace"),
]
