"""The addresses of a therapist or coach."""

from django.urls import path

from opstap.web.coach import around, views

app_name = "coach"
urlpatterns = [
    path("", views.caseload, name="caseload"),
    path("session/<int:session>/", views.write_up, name="session"),
    path("session/<int:session>/talk.ics", around.talk_file, name="talk_file"),
    path("session/<int:session>/<str:what>/", views.change_session, name="change_session"),
    path("calendar/", around.calendar, name="calendar"),
    path("adjustment/<int:pk>/<str:what>/", around.change_adjustment, name="change_adjustment"),
    path("letter/<int:pk>/", around.letter, name="letter"),
    path("letter/<int:pk>/letter.pdf", around.letter_pdf, name="letter_pdf"),
    path("letter/<int:pk>/<str:what>/", around.change_letter, name="change_letter"),
    path("<str:pseudonym>/", views.case, name="case"),
    path("<str:pseudonym>/session/", views.plan_session, name="plan_session"),
    path("<str:pseudonym>/plan/", views.offer_plan, name="offer_plan"),
    path("<str:pseudonym>/hours/", views.record_work, name="record_work"),
    path("<str:pseudonym>/phase/", views.advance, name="advance"),
    path("<str:pseudonym>/complete/", views.complete, name="complete"),
    path("<str:pseudonym>/contact/", around.contact, name="contact"),
    path("<str:pseudonym>/adjustment/", around.adjustment, name="adjustment"),
    path("<str:pseudonym>/messages/", around.thread, name="messages"),
    path("<str:pseudonym>/messages/<int:link>/", around.thread, name="workplace_messages"),
    path("<str:pseudonym>/letter/", around.write_letter, name="write_letter"),
    path("<str:pseudonym>/event/", views.life_event, name="life_event"),
]
