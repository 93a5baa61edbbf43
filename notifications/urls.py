"""Addresses of the notifications package: how a person hears from the service."""

from django.urls import URLPattern

app_name = "notifications"
urlpatterns: list[URLPattern] = []
