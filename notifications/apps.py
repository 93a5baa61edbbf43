"""Registers the package with Django and hangs up the doorbells: events of the house, reports of a mail provider."""

from anymail.signals import tracking
from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.module_loading import import_string


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Mail"

    def ready(self) -> None:
        # By name: this module is loaded before any model can be.
        post_save.connect(import_string("notifications.doorbell.event_saved"), sender="workflow.Event")
        import_string("workflow.timeline.add_source")("mails", import_string("notifications.lines.mails_of"))
        tracking.connect(import_string("notifications.reports.tracked"))
