"""The roles a person can hold. Pure data; what each may do is decided in workflow/policies.py."""

from enum import StrEnum


class Role(StrEnum):
    """Everybody with an account may ask (member) unless they hold a staff role; staff roles are granted."""

    MEMBER = "member"
    EXPERT = "expert"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


STAFF_ROLES = frozenset({Role.EXPERT, Role.MODERATOR, Role.ADMINISTRATOR})
