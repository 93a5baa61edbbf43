"""Registers the package with Django."""

from django.apps import AppConfig


class QaConfig(AppConfig):
    name = "qa"
