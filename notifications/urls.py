"""Addresses of the notifications package: how a person hears from the service."""

from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("go/<str:public_id>/", views.go, name="go"),
]
