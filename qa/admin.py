"""Administrators look after topics and help lines here. Letters, questions, answers and pages are not registered."""

from datetime import date

from django.contrib import admin

from .models import CallToJoin, HelpLine, Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The situations by which readers find answers."""

    list_display = ["title", "slug", "kind", "order", "is_safety"]
    list_editable = ["kind", "order", "is_safety"]
    list_filter = ["kind"]
    search_fields = ["title", "summary"]


@admin.register(HelpLine)
class HelpLineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The registry of help lines, each with its sources and the day it was last checked."""

    list_display = ["name", "number", "certainty", "verified_on", "review_by", "is_checked", "order", "in_strip"]
    list_filter = ["certainty", "in_strip", "country"]
    search_fields = ["name", "number"]
    fieldsets = [
        (None, {"fields": ["key", "name", "short_name", "number", "tel", "when", "is_not"]}),
        ("More about it", {"fields": ["details", "also", "hours", "languages", "audience", "country"]}),
        ("How we know", {"fields": ["sources", "certainty", "verified_on", "review_by"]}),
        ("Where it is shown", {"fields": ["order", "in_strip"]}),
    ]

    @admin.display(description="Checked in time", boolean=True)
    def is_checked(self, line: HelpLine) -> bool:
        return not line.is_overdue(today=date.today())


@admin.register(CallToJoin)
class CallToJoinAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What stands at the end of letters, always after free help and never beside a letter about danger."""

    list_display = ["heading", "button", "address", "is_shown"]
    list_editable = ["is_shown"]
