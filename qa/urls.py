"""Addresses of the reading room: public, GET only."""

from django.urls import path

from . import views

app_name = "qa"
urlpatterns = [
    path("", views.home, name="home"),
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("read/<slug:slug>/", views.publication, name="publication"),
    path("search/", views.search, name="search"),
    path("help-now/", views.help_now, name="help_now"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
]
