"""Registers the package and the administrators' site with Django; starts error reports; loads the deploy-time checks."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

from . import sentry


class ConfigConfig(AppConfig):
    name = "config"
    default = True

    def ready(self) -> None:
        sentry.start()
        import_module("config.checks")  # by name: this module is loaded before any model can be


class Admin(admin_apps.AdminConfig):
    """Django's admin with our own door."""

    default = False
    default_site = "config.admin_site.AdministratorsSite"
