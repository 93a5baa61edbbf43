"""Addresses of the notifications package: how a person hears from the service."""

from django.urls import path

from . import editor, reports, views

app_name = "notifications"
urlpatterns = [
    path("mail/", views.preferences, name="preferences"),
    path("mail/stop/<str:token>/", views.stop, name="stop"),
    path("desk/mail/<int:message_id>/skip/", views.skip, name="skip"),
    *reports.urlpatterns(),
    path("desk/mail/", views.delivery, name="delivery"),
    path("desk/mail/by-week.csv", views.by_week_csv, name="by_week_csv"),
    path("desk/mail/words/", editor.wordings, name="wordings"),
    path("desk/mail/words/<slug:mail>/<slug:language>/", editor.wording, name="wording"),
    path("desk/mail/brake/", views.pull_brake, name="brake"),
    path("desk/mail/<int:message_id>/retry/", views.retry, name="retry"),
    path("go/<slug:public_id>/", views.go, name="go"),
]
