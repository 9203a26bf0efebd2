"""The addresses of a participant's pages. All steps of filling in lie below the questionnaire they belong to."""

from django.urls import path

from opstap.web.participant.views import around, code, consent, filling, programme, record, today

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
    path("talks/<int:pk>/talk.ics", around.talk_file, name="talk_file"),
    path("work/", around.work, name="work"),
    path("work/<int:pk>/", around.share, name="share"),
    path("work/<int:pk>/preview/", around.preview, name="preview"),
    path("work/<int:pk>/said/", around.said_at_work, name="said_at_work"),
    path("work/adjustment/<int:pk>/<slug:what>/", around.adjustment, name="adjustment"),
    path("messages/", around.thread, name="messages"),
    path("people/", around.people, name="people"),
    path("people/<slug:party>/", around.party, name="party"),
    path("people/<slug:party>/end/", around.end_party, name="end_party"),
    path("letters/<int:pk>/", around.letter, name="letter"),
    path("letters/<int:pk>/letter.pdf", around.letter_pdf, name="letter_pdf"),
    path("letters/<int:pk>/<slug:what>/", around.change_letter, name="change_letter"),
    path("calendar/", around.calendar, name="calendar"),
    path("know/", programme.knowledge, name="knowledge"),
    path("know/<slug:module>/", programme.module, name="module"),
    path("data/", record.record, name="record"),
    path("data/looked/", record.looked, name="looked"),
    path("data/contact/", record.contact, name="contact"),
    path("data/workplace/", record.workplace, name="workplace"),
    path("data/workplace/<int:pk>/end/", record.end_workplace, name="end_workplace"),
]
