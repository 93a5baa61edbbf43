"""Switching a stream of mail off from the mail itself, without signing in. The address names a person and a stream, signed."""

from functools import cache
from typing import Literal

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts.models import User

from .models import About, Choice, Habits

Stream = About | Literal[Choice.DAILY]  # the second: everything that comes together, once a day

_SIGNER = signing.Signer(salt="mail.stop")
_SOME = "-some-"


def address(person: User, stream: Stream) -> str:
    """Never expires: an old mail must still be able to end the mails."""
    token = _SIGNER.sign_object([person.pk, stream])
    return f"{settings.PUBLIC_URL}{_path().replace(_SOME, token)}"


@cache
def _path() -> str:
    return reverse("notifications:stop", args=[_SOME])


def read(token: str) -> tuple[int, Stream] | None:
    try:
        person_id, stream = _SIGNER.unsign_object(token)
        return int(person_id), Choice.DAILY if stream == Choice.DAILY else About(stream)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def language_of(person_id: int) -> str:
    """In which language we write to them; empty when they left."""
    return User.objects.filter(pk=person_id).values_list("language", flat=True).first() or ""


@transaction.atomic
def stop(person_id: int, stream: Stream) -> None:
    """Once or ten times, the same. Of somebody who left nothing needs to be stopped."""
    if not User.objects.filter(pk=person_id).exists():
        return
    Habits.objects.get_or_create(person_id=person_id)
    habits = Habits.objects.select_for_update().get(person_id=person_id)
    habits.choices = {**habits.choices, **dict.fromkeys(_ended(habits, stream), Choice.NONE)}
    habits.save()


def _ended(habits: Habits, stream: Stream) -> list[str]:
    if stream == Choice.DAILY:
        return [about for about, choice in habits.choices.items() if choice == Choice.DAILY]
    return [stream]
