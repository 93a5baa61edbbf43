"""Registers the package with Django."""

from django.apps import AppConfig


class QaConfig(AppConfig):
    name = "qa"
    verbose_name = "Topics and help lines"
