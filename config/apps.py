"""Registers the package with Django; starts error reports; loads the deploy-time checks."""

from django.apps import AppConfig

from . import sentry


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        sentry.start()
