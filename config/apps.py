"""Registers the package with Django: deploy-time checks, error reports, management commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
