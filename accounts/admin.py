"""Administrators look after people and roles here. Letters, questions and answers are not registered anywhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from . import new_starts
from .models import RoleGrant, User


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person. Colleagues set their password themselves, by a code sent to their address; members have none."""

    class Meta:
        model = User
        fields = ["email", "called", "public_line", "time_zone", "is_active"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off", "class": "vTextField"})}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, commit: bool = True) -> User:
        if not self.instance.pk:
            self.instance.set_unusable_password()
        person: User = super().save(commit)
        return person


class RoleGrantInline(admin.TabularInline):  # type: ignore[type-arg]
    """Roles are granted and revoked, never changed; each counts once a moderator has confirmed it, and none is one's own."""

    model = RoleGrant
    fk_name = "user"
    extra = 1
    max_num = 3
    fields = ["role", "granted_by", "granted_at", "confirmed_by", "confirmed_at"]
    readonly_fields = ["granted_by", "granted_at", "confirmed_by", "confirmed_at"]
    verbose_name_plural = "Roles (a person without a role is a member)"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj != request.user and super().has_add_permission(request, obj)


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The team first; members can be found by their whole address only, so that nobody leafs through them."""

    form = PersonForm
    inlines = [RoleGrantInline]
    actions = ["ask_for_a_new_start"]
    list_display = ["staff_name", "role_names", "public_line", "is_active", "joined_at"]
    list_filter = ["is_active", "grants__role"]
    search_fields = ["=email", "called"]  # only shows the box; get_search_results decides
    show_full_result_count = False
    search_help_text = "A name of the team, or one whole email address"
    ordering = ["called", "id"]

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Of members nothing is shown: their numbers must not lead to their addresses."""
        if obj is not None and not obj.is_on_staff:
            return ["is_active", "joined_at"]
        written = ["email", "called", "public_line", "time_zone", "is_active"]
        return written if obj is None else [*written, "joined_at", "last_login"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """An address is for good: whoever could change it would get the codes that are sent to it."""
        return ["joined_at", "last_login"] if obj is None else ["email", "joined_at", "last_login"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("grants")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Without words the team; with words also the one member whose whole address they are."""
        asked = search_term.strip()
        team = Q(grants__isnull=False, called__icontains=asked)
        return queryset.filter(team | Q(email=asked)).distinct(), False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are closed (not active), not deleted: the audit trail names them."""
        return False

    @admin.action(description="Ask for a new second step (a second person has to agree)")
    def ask_for_a_new_start(self, request: HttpRequest, people: QuerySet[User]) -> None:
        by = request.user
        asked = [person for person in people if isinstance(by, User) and new_starts.ask(user=person, by=by)]
        if asked:
            names = ", ".join(person.staff_name for person in asked)
            messages.info(request, f"Asked for {names}. A moderator or another administrator agrees under Colleagues.")
        if len(asked) < len(people):
            messages.warning(request, "Not for yourself, not for members, and not twice.")

    @admin.display(description="Roles")
    def role_names(self, person: User) -> str:
        grants = sorted(person.grants.all(), key=lambda grant: grant.role)
        return ", ".join(f"{grant.role}{'' if grant.confirmed_at else ' (waits for a moderator)'}" for grant in grants)

    @admin.display(description="Name", ordering="called")
    def staff_name(self, person: User) -> str:
        return person.staff_name

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for grant in formset.save(commit=False):
            grant.granted_by = request.user
            grant.save()
            messages.info(request, "The role counts once a moderator has confirmed it. They are told by email.")
        for grant in formset.deleted_objects:
            grant.delete()
