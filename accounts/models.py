"""Who a person is. The email is the identifier; nobody has a printable user name (product rule M15)."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .addresses import AddressIndexField, EncryptedEmailField
from .roles import STAFF_ROLES, Role

_NO_STAFF = frozenset({Role.MEMBER})


def _roles(granted: Iterable[str]) -> frozenset[Role]:
    return frozenset(map(Role, granted)) or _NO_STAFF


class UserManager(BaseUserManager["User"]):
    """Makes people; an address is kept in lower case so that one mailbox is one person."""

    def create_user(
        self, email: str, password: str | None = None, *, roles: tuple[Role, ...] = (), **extra: Any
    ) -> "User":
        """A person with this address. Without a password only an emailed code signs them in."""
        user = self.model(email=email.lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        now = timezone.now()  # whoever calls this is the house itself; grants made in the admin wait for a moderator
        RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, confirmed_at=now) for role in roles])
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """What `manage.py createsuperuser` makes: an administrator, who still cannot read letters."""
        return self.create_user(email, password, roles=(Role.ADMINISTRATOR,), **extra)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())

    def member_at(self, email: str, *, language: str = "en") -> "User | None":
        """The member with this address; a new person gets an account, and is written to in `language`.

        Nobody for staff and for closed accounts.
        """
        found = self.prefetch_related("grants").filter(email=email).first()
        if found is None:
            try:
                with transaction.atomic(using=self._db):
                    return self.create_user(email, language=language)
            except IntegrityError:  # two requests at once; the other one made the account
                found = self.get(email=email)
        return found if found.is_active and not found.is_on_staff else None

    def holding(self, *roles: Role) -> models.QuerySet["User"]:
        """Active people who hold one of these staff roles."""
        found = self.filter(is_active=True, grants__role__in=roles, grants__confirmed_at__isnull=False)
        return found if len(roles) == 1 else found.distinct()

    def know_roles(self, people: Iterable["User"]) -> None:
        """Read the roles of many people at once, so that none of them has to be asked after."""
        granted: dict[int, list[str]] = {person.pk: [] for person in people}
        found = RoleGrant.objects.filter(user__in=granted, confirmed_at__isnull=False)
        for person_id, role in found.values_list("user_id", "role"):
            granted[person_id].append(role)
        for person in people:
            person.roles = _roles(granted[person.pk])

    def on_team_at(self, email: str) -> "User | None":
        """The colleague with this address, also one whose role waits for its confirmation: who may set a password."""
        return self.filter(email=email, is_active=True, grants__isnull=False).first()


class User(AbstractBaseUser):
    """A person with an account: a member, or staff by the roles granted to them.

    `called` is what the service calls them: a member's own choice (may stay empty), or the name colleagues see.
    `public_line` is how an expert is named under an answer, e.g. "Laurie, family counselor".
    """

    email = EncryptedEmailField(unique=True)  # keeps apart what earlier releases wrote in clear; else the index does
    email_index = AddressIndexField(max_length=200, null=True, unique=True, editable=False)
    called = models.CharField(max_length=60, blank=True)
    public_line = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")  # in which we write to them
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True, help_text="The last day away")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(away_from__isnull=True, away_until__isnull=True)
                | models.Q(away_from__isnull=False, away_until__gte=models.F("away_from")),
                name="away_from_until",
            ),
        ]

    def __str__(self) -> str:
        """Never the address: this text reaches logs, admin pages and error messages."""
        return f"person {self.pk}"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """An address never goes without its index, also where the row was loaded without it (`only`, `defer`)."""
        written = kwargs.get("update_fields")
        if written is not None and "email" in written:
            kwargs["update_fields"] = {*written, "email_index"}
        super().save_base(*args, **kwargs)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Roles granted and confirmed; without any staff role the person is a member."""
        return _roles(grant.role for grant in self.grants.all() if grant.confirmed_at)

    def holds(self, role: Role) -> bool:
        return self.is_active and role in self.roles

    @property
    def is_on_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)

    @property
    def staff_name(self) -> str:
        """What colleagues see on the desks."""
        return self.called or f"Person {self.pk}"

    def speak(self, language: str) -> None:
        """Be written to in this language from now on; one that we do not speak changes nothing."""
        if language != self.language and language in dict(settings.LANGUAGES):
            self.language = language
            self.save(update_fields=["language"])

    def is_away(self, *, on: date | None = None) -> bool:
        """Nothing is given to somebody who is away."""
        day = on or timezone.localdate()
        return self.away_from is not None and self.away_until is not None and self.away_from <= day <= self.away_until

    # Django's admin asks these four; administrators alone enter it.
    @property
    def is_staff(self) -> bool:
        return self.holds(Role.ADMINISTRATOR)

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class RoleGrant(models.Model):
    """One staff role held by one person, who granted it and who confirmed it; it counts from then on."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role, role.capitalize()) for role in sorted(STAFF_ROLES)])
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_held_once"),
            models.CheckConstraint(condition=models.Q(role__in=sorted(STAFF_ROLES)), name="known_staff_role"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | (~models.Q(confirmed_by=models.F("user")) & models.Q(granted_by__isnull=True))
                | (~models.Q(confirmed_by=models.F("user")) & ~models.Q(confirmed_by=models.F("granted_by"))),
                name="role_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of person {self.user_id}"


class NewStart(models.Model):
    """Somebody lost their second step: an administrator asks that it be taken away, and a second person agrees."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="new_starts")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(decided_at__isnull=True), name="one_new_start_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(asked_by__isnull=True) | ~models.Q(asked_by=models.F("user")),
                name="new_start_asked_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | (~models.Q(decided_by=models.F("user")) & models.Q(asked_by__isnull=True))
                | (~models.Q(decided_by=models.F("user")) & ~models.Q(decided_by=models.F("asked_by"))),
                name="new_start_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"new start of person {self.user_id}"


class Session(AbstractBaseSession):
    """One sign-in, or somebody who is about to sign in (nobody's yet). It goes with the person (accounts/sessions.py)."""

    # No constraint in the database: the release before does not know this table, and must be able to erase people
    # while both run.
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions", db_constraint=False)

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")
