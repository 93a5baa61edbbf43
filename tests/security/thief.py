"""Somebody who copied every row but the table of keys, holds the master keys, and later gets the database as it is then."""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast

from qa.keyring import sealed_columns
from qa.models import LetterKey


def copied():
    """Every sealed value as it lies in the database, with the place that it is bound to."""
    found = set()
    for model, field in sealed_columns():
        rows = models.QuerySet(model).annotate(stored=Cast(F(field.attname), models.TextField())).exclude(stored="")
        place = f"{model._meta.label}.{field.attname}"
        found |= {(place, value) for value in rows.values_list("stored", flat=True) if value}
    return found


def opened(values):
    """What of it the thief reads today: every master key and every letter's key that can still be had is tried on all of it."""
    masters = [base64.urlsafe_b64decode(pair.partition(":")[2]) for pair in settings.FIELD_KEYS]
    keys = [AESGCM(key) for key in masters]
    for pk, wrapped in LetterKey.objects.values_list("pk", "wrapped"):
        unwrapped = _opened(wrapped, f"qa.LetterKey.wrapped:{pk}", [AESGCM(key) for key in masters])
        keys.append(AESGCM(base64.urlsafe_b64decode(unwrapped)))
    return {(place, value) for place, value in values if _opened(value, place, keys)}


def _opened(value, place, keys):
    sealed = base64.urlsafe_b64decode(value.rpartition(":")[2])
    for key in keys:
        try:
            return key.decrypt(sealed[:12], sealed[12:], place.encode())
        except InvalidTag:
            continue
    return None
