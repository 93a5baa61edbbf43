"""The audit trail, without the words people typed, to look at; and the registry of help lines, whose numbers take two people."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.roles import Role
from qa.models import HelpLine
from qa.models.helplines import IN_SPANISH, NUMBERS, SAID, numbers_changed

from .actions import helplines as actions
from .decorators import person
from .forms.helplines import LineForm, copied
from .models import Event
from .queues.helplines import why_kept

LOOKUPS = {"kind__exact", "actor_role__exact"}
OF_DANGER = (
    "flag_",
    "step_",
    "member_told",
)  # an administrator's own rule raises flags: which letter would tell a word


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Who did what to which case, by number and role: never a name, a remark or a word of a letter."""

    list_display = ("seal_number", "at", "kind", "case_number", "actor_role", "actor_number", "from_state", "to_state")
    list_filter = ("kind", "actor_role")
    list_display_links = None
    list_select_related = ("seal",)
    list_per_page = 100
    show_full_result_count = False
    date_hierarchy = "at"
    ordering = ("-id",)

    @admin.display(description="seal")
    def seal_number(self, event: Event) -> int | str:
        """Where it stands in the chain; the newest wait a minute for it (workflow/actions/sealing.py)."""
        seal = getattr(event, "seal", None)
        return seal.position if seal else "not yet"

    @admin.display(description="case")
    def case_number(self, event: Event) -> int | None:
        return None if event.kind.startswith(OF_DANGER) else event.case_id

    @admin.display(description="person")
    def actor_number(self, event: Event) -> int | None:
        """Colleagues only: which person sent which letter is nobody's business here (qa/identity.py)."""
        return None if Role.MEMBER in event.actor_role.split("+") else event.actor_id

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """By kind, role and day. By person or case the list would say who sent which letter after all."""
        return lookup in LOOKUPS or lookup.startswith("at__")

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One event has no page: it would show every column, the member among them."""
        raise PermissionDenied

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise PermissionDenied

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False


WAITS = (
    "The numbers of this entry wait for a moderator's yes or no, under Colleagues. Until then nobody sees the new ones."
)
TWO_PEOPLE = (
    "Another number is shown to members only once a moderator has said yes to it, and is suggested only once somebody "
    "has checked it."
)
# Of a new entry whatever may name a number waits; its names stand, so that people know what waits.
MAY_LEAD = (*NUMBERS, *(name for name in (*SAID, *IN_SPANISH) if "name" not in name))


@admin.register(HelpLine)
class HelpLineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The registry of help lines. Words are changed at once; numbers by two people; the check has a page of its own."""

    form = LineForm
    list_display = ["name", "number", "certainty", "verified_on", "review_by", "is_checked", "order", "in_strip"]
    list_filter = ["certainty", "in_strip", "country"]
    search_fields = ["name", "number"]

    def get_fieldsets(self, request: HttpRequest, obj: HelpLine | None = None) -> Any:
        checked = "This is written by “I checked it”, on the page of help lines at the desk."
        first = ["key", "name", "short_name", "number", "tel", "when", "is_not"]
        in_spanish = [*IN_SPANISH[:3], "press_es", *IN_SPANISH[3:]]
        return [
            (None, {"fields": first, "description": self._told(obj)}),
            ("More about it", {"fields": ["details", "also", "hours", "languages", "audience", "country"]}),
            ("In Spanish", {"fields": in_spanish}),
            ("How we know", {"fields": ["sources", "certainty", "verified_on", "review_by"], "description": checked}),
            ("Where it is shown", {"fields": ["order", "in_strip"]}),
        ]

    @staticmethod
    def _told(line: HelpLine | None) -> str:
        if line and line.is_fixed:
            return why_kept(line)
        return WAITS if line and line.changes.waiting().exists() else TWO_PEOPLE

    def get_readonly_fields(self, request: HttpRequest, obj: HelpLine | None = None) -> list[str]:
        kept = ["certainty", "verified_on", "review_by"]  # a check says how: it is made at the desk
        if obj is None:
            return kept
        if obj.is_fixed:
            kept += ["short_name", "short_name_es", "number", "tel", "number_es", "in_strip"]
        elif obj.changes.waiting().exists():
            kept += NUMBERS
        return ["key", *kept]

    def save_model(self, request: HttpRequest, obj: HelpLine, form: Any, change: bool) -> None:
        """What leads elsewhere is only proposed; all other words stand at once."""
        before = HelpLine.everything.get(pk=obj.pk) if change else copied(obj, dict.fromkeys(MAY_LEAD, ""))
        if after := numbers_changed(before, obj):
            for name in after:
                setattr(obj, name, getattr(before, name))
        obj.save()
        if after:
            actions.propose(line=obj, by=person(request), after=after)
            messages.info(request, WAITS)

    # ---- deleting: one by one, and only what nothing uses ---------------------------------------------------------
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def has_delete_permission(self, request: HttpRequest, obj: HelpLine | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and why_kept(obj))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        line = self.get_object(request, object_id)
        if line and super().has_delete_permission(request, line) and (why := why_kept(line)):
            messages.error(request, why)
            return redirect("admin:qa_helpline_change", line.pk)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: HelpLine) -> None:
        actions.note_deletion(obj, by=person(request))
        obj.delete()

    @admin.display(description="Checked in time", boolean=True)
    def is_checked(self, line: HelpLine) -> bool:
        return not line.is_overdue(today=timezone.localdate())
