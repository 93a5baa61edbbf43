"""What a member gets of our mails when they ask for everything that is theirs (see workflow/own_data.py)."""

from typing import Any

from accounts.models import User
from workflow import queues
from workflow.own_data import GIVEN, INSIDE, KEYS

from .models import Message
from .timing import habits_of

HELD: dict[str, dict[str, str]] = {
    "notifications.Message": {
        **dict.fromkeys(["template", "state", "created_at", "done_at"], GIVEN),
        **dict.fromkeys(["id", "event_id", "person_id", "key", "told_in_id", "lease"], KEYS),
        **dict.fromkeys(["category", "rank", "reason", "attempts", "deaths", "leased_until", "next_try_at"], INSIDE),
        "said": INSIDE,
        "sealed": "a code of ten minutes, gone once it is sent",
    },
    "notifications.Habits": {
        **dict.fromkeys(["choices", "quiet_from", "quiet_until", "is_fuller"], GIVEN),
        **dict.fromkeys(["dead_at", "dead_reason", "bounces", "bounced_at"], INSIDE),
        "person_id": KEYS,
    },
}


def mails_of_member(member: User) -> list[dict[str, Any]]:
    """Every mail that we wrote to the member: which, when, and whether it went out."""
    own = Message.objects.filter(person=member) | Message.objects.filter(
        person=None, event__case__in=queues.of_member(member).order_by().values("pk")
    )
    return [dict(mail) for mail in own.order_by("created_at").values("template", "created_at", "state", "done_at")]


def habits_of_member(member: User) -> dict[str, Any]:
    """How the member wants to hear."""
    habits = habits_of(member)
    names = ("choices", "quiet_from", "quiet_until", "is_fuller")
    return {name: getattr(habits, name) for name in names}
