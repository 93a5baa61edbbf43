"""Switching a stream of mail off from the mail itself, without signing in. The address names a person and a stream, signed."""

from functools import cache

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts.models import User

from .models import About, Choice, Habits

_SIGNER = signing.Signer(salt="mail.stop")
_SOME = "-some-"


def address(person: User, about: About) -> str:
    """Never expires: an old mail must still be able to end the mails."""
    token = _SIGNER.sign_object([person.pk, about])
    return f"{settings.PUBLIC_URL}{_path().replace(_SOME, token)}"


@cache
def _path() -> str:
    return reverse("notifications:stop", args=[_SOME])


def read(token: str) -> tuple[int, About] | None:
    try:
        person_id, about = _SIGNER.unsign_object(token)
        return int(person_id), About(about)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def language_of(person_id: int) -> str:
    """In which language we write to them; empty when they left."""
    return User.objects.filter(pk=person_id).values_list("language", flat=True).first() or ""


@transaction.atomic
def stop(person_id: int, about: About) -> None:
    """Once or ten times, the same. Of somebody who left nothing needs to be stopped."""
    if not User.objects.filter(pk=person_id).exists():
        return
    Habits.objects.get_or_create(person_id=person_id)
    habits = Habits.objects.select_for_update().get(person_id=person_id)
    habits.choices = {**habits.choices, about: Choice.NONE}
    habits.save()
