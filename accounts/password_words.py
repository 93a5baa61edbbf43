"""Words that anybody who knows this house would try first in a password (OWASP ASVS 5.0, 6.1.2 and 6.2.11)."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from .roles import Role

OF_THE_WORK = """
    addict addiction admin alcohol allay answer clinic counsel counselor counselling counseling detox drug expert families
    family heroin hope letter love naltrexone narcan opioid overdose parent password passwort question recovery rehab
    relapse sober sobriety substance support team treatment welcome
"""
LETTERS_LEFT = 8  # how many signs of a password must be its own


def words_of_the_house() -> set[str]:
    """The site's name, the parts of its address and of its sender's, the roles, and the words of the work."""
    named = re.split(r"[^a-z]+", f"{settings.SITE_NAME} {settings.PUBLIC_URL} {settings.MAIL_FROM}".lower())
    return {word for word in (*named, *Role, *OF_THE_WORK.split()) if len(word) > 2}


def own_part(password: str, words: Iterable[str]) -> str:
    """What is left when words of the house, and figures and signs that are put between them, are taken out."""
    left = password.lower()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    return re.sub(r"[\W\d_]+", "", left)


class WordsOfTheHouse:
    """Refuses a password that is put together from words of this house. One such word among others is no harm."""

    def validate(self, password: str, user: object = None) -> None:
        words = words_of_the_house()
        if any(word in password.lower() for word in words) and len(own_part(password, words)) < LETTERS_LEFT:
            raise ValidationError("This is made of words that anybody would try here. Please add some of your own.")

    def get_help_text(self) -> str:
        return "Your password cannot be made of words of this service and its work."


class OftenUsed(CommonPasswordValidator):
    """Django's list of passwords from breaches, also where figures or signs were only put before or behind one of them."""

    def validate(self, password: str, user: object = None) -> None:
        typed = password.lower().strip()
        for tried in {typed, typed.strip("0123456789"), re.sub(r"^[\W\d_]+|[\W\d_]+$", "", typed), _half(typed)}:
            if tried:
                super().validate(tried)


def _half(text: str) -> str:
    """One half of something said twice; else nothing."""
    middle = len(text) // 2
    return text[:middle] if text[:middle] == text[middle:] else ""
