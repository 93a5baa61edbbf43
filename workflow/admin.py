"""What administrators may look at: the audit trail, without the words people typed. Nothing here can be changed."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.roles import Role

from .models import Event

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
