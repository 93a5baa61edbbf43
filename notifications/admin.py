"""Delivery health for administrators: read only, and without addresses or text."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Dispatch, Message, Pulse


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing here is written by hand."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """By what the list offers. By person or event it would say who was written to about what."""
        offered = {f"{name}__exact" for name in self.list_filter}
        return lookup in offered or bool(self.date_hierarchy and lookup.startswith(f"{self.date_hierarchy}__"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ("id", "template", "category", "state", "reason", "attempts", "next_try_at", "done_at")
    list_filter = ("state", "category", "template")
    fields = (*list_display, "deaths", "created_at", "leased_until")
    date_hierarchy = "created_at"


@admin.register(Pulse)
class PulseAdmin(ReadOnly):
    list_display = ("name", "at")


@admin.register(Dispatch)
class DispatchAdmin(ReadOnly):
    list_display = ("event_id", "at")
    fields = ("at",)
