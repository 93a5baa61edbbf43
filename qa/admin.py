"""Administrators look after topics and passages here; help lines take two people (workflow/admin.py).

Letters, questions, answers and pages are not registered.
"""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

from .models import CallToJoin, Pause, Snippet, Topic
from .models.snippets import VARIABLES


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The situations by which readers find answers."""

    list_display = ["title", "slug", "kind", "order", "is_safety"]
    list_editable = ["kind", "order", "is_safety"]
    list_filter = ["kind"]
    search_fields = ["title", "summary"]


@admin.register(CallToJoin)
class CallToJoinAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What stands at the end of letters, always after free help and never beside a letter about danger."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["heading", "button", "address", "is_shown"]
    list_editable = ["is_shown"]


@admin.register(Pause)
class PauseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Stop taking new letters, and begin again. What people have written is kept; answers go on."""

    list_display = ["__str__", "until", "words", "ended_at"]
    actions = ["take_letters_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return Pause.standing() is None and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Take letters again")
    def take_letters_again(self, request: HttpRequest, pauses: models.QuerySet[Pause]) -> None:
        if pauses.filter(ended_at__isnull=True).update(ended_at=timezone.now()):
            messages.success(request, "New letters are taken again.")


class OwnerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People of the team by the name colleagues see."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.staff_name)


FILLED_IN = (
    "Filled in when it is inserted: " + ", ".join(f"[[{name}]] {what}" for name, what in VARIABLES.items()) + "."
)


@admin.register(Snippet)
class SnippetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Passages that experts insert by key. They hold no word of a letter or an answer."""

    list_display = ["key", "title", "owner", "review_by", "version", "is_current"]
    search_fields = ["key", "title"]
    fieldsets = [
        (None, {"fields": ["key", "title", "body", "owner", "review_by", "version"], "description": FILLED_IN})
    ]
    readonly_fields = ["version"]

    @admin.display(description="Looked at in time", boolean=True)
    def is_current(self, snippet: Snippet) -> bool:
        return not snippet.is_overdue(today=date.today())

    def save_model(self, request: HttpRequest, obj: Snippet, form: Any, change: bool) -> None:
        obj.keep()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Owners are people of the team, by the name colleagues see; members are not leafed through here."""
        if db_field.name == "owner":
            kwargs["queryset"] = User.objects.filter(is_active=True, grants__isnull=False).distinct()
            kwargs["form_class"] = OwnerChoice
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
