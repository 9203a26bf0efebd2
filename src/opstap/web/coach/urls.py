"""The addresses of a therapist or coach."""

from django.urls import path

from opstap.web.coach import around, guidance, team, views

app_name = "coach"
urlpatterns = [
    path("", views.caseload, name="caseload"),
    path("away/", team.away, name="away"),
    path("away/<int:cover>/end/", team.end_cover, name="end_cover"),
    path("taken/<int:hand_over>/", team.take_over, name="take_over"),
    path("session/<int:session>/", views.write_up, name="session"),
    path("session/<int:session>/talk.ics", around.talk_file, name="talk_file"),
    path("session/<int:session>/<str:what>/", views.change_session, name="change_session"),
    path("goal/<int:goal>/", guidance.goal, name="goal"),
    path("practice/<int:practice>/end/", guidance.end_practice, name="end_practice"),
    path("note/<int:note>/back/", guidance.take_back, name="take_back_energy"),
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
    path("<str:pseudonym>/hand-over/", team.hand_over, name="hand_over"),
    path("<str:pseudonym>/stages/", guidance.show_stages, name="stages"),
    path("<str:pseudonym>/stages/form/", guidance.readiness, name="readiness"),
    path("<str:pseudonym>/goals/", guidance.show_goals, name="goals"),
    path("<str:pseudonym>/goals/new/", guidance.set_goal, name="set_goal"),
    path("<str:pseudonym>/energy/", guidance.show_energy, name="energy"),
    path("<str:pseudonym>/energy/note/", guidance.note_for, name="note_energy"),
    path("<str:pseudonym>/energy/budget/", guidance.budget, name="budget"),
    path("<str:pseudonym>/energy/practice/", guidance.practice, name="practice"),
    path("<str:pseudonym>/contact/", around.contact, name="contact"),
    path("<str:pseudonym>/adjustment/", around.adjustment, name="adjustment"),
    path("<str:pseudonym>/messages/", around.thread, name="messages"),
    path("<str:pseudonym>/messages/<int:link>/", around.thread, name="workplace_messages"),
    path("<str:pseudonym>/letter/", around.write_letter, name="write_letter"),
    path("<str:pseudonym>/event/", views.life_event, name="life_event"),
]
