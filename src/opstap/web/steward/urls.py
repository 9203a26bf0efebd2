"""The addresses of the steward's pages."""

from django.urls import path

from opstap.web.steward import texts, views

app_name = "steward"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.make, name="make"),
    path("people/<int:number>/", views.person, name="person"),
    path("roles/<int:number>/revoke/", views.revoke, name="revoke"),
    path("trail/", views.trail, name="trail"),
    path("trail/verify/", views.verify, name="verify"),
    path("protocols/", views.protocols, name="protocols"),
    path("texts/", texts.overview, name="texts"),
    path("texts/load/", texts.load, name="load_texts"),
    path("texts/live/<slug:slug>/", texts.live, name="go_live"),
]
