"""Switching a stream of mail off from the mail itself, without signing in. The address names a person and streams, signed."""

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


def address(person: User, *streams: Stream) -> str:
    """Ends all of these. Never expires: an old mail must still be able to end the mails."""
    token = _SIGNER.sign_object([person.pk, *streams])
    return f"{settings.PUBLIC_URL}{_path().replace(_SOME, token)}"


@cache
def _path() -> str:
    return reverse("notifications:stop", args=[_SOME])


def read(token: str) -> tuple[int, list[Stream]] | None:
    try:
        person_id, *streams = _SIGNER.unsign_object(token)
        return int(person_id), [Choice.DAILY if stream == Choice.DAILY else About(stream) for stream in streams]
    except (signing.BadSignature, ValueError, TypeError):
        return None


def language_of(person_id: int) -> str:
    """In which language we write to them; empty when they left."""
    return User.objects.filter(pk=person_id).values_list("language", flat=True).first() or ""


@transaction.atomic
def stop(person_id: int, streams: list[Stream]) -> None:
    """Once or ten times, the same. Of somebody who left nothing needs to be stopped."""
    if not User.objects.filter(pk=person_id).exists():
        return
    Habits.objects.get_or_create(person_id=person_id)
    habits = Habits.objects.select_for_update().get(person_id=person_id)
    habits.choices = {**habits.choices, **dict.fromkeys(_ended(habits, streams), Choice.NONE)}
    habits.save()


def kinds(person_id: int, streams: list[Stream]) -> list[About]:
    """What ends with these streams, as it stands on the person's own page."""
    return [About(one) for one in _ended(Habits.objects.filter(person=person_id).first() or Habits(), streams)]


def _ended(habits: Habits, streams: list[Stream]) -> list[str]:
    return [about for stream in streams for about in _held(habits, stream)]


def _held(habits: Habits, stream: Stream) -> list[str]:
    """The daily mail holds whatever this person wants to hear of so."""
    if stream == Choice.DAILY:
        return [about for about, choice in habits.choices.items() if choice == Choice.DAILY]
    return [stream]
