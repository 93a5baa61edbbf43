"""The playbook of a danger on the case page, and what was written to a member on theirs."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import template
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from qa.models import HelpLine
from qa.tongues import written_in

from .. import policies, queues
from ..forms.mail import MailForm
from ..forms.playbook import TellForm
from ..models import Case, SafetyFlag
from ..models.flags import Source
from ..queues.playbooks import lines_spoken, playbook_now
from ..safety.playbooks import ENGLISH, Playbook, Template, lines_named
from ..safety.words import Category
from ..states import Act

register = template.Library()


@register.inclusion_tag("workflow/records/_playbook.html", takes_context=True)
def playbook_of(context: dict[str, Any], flag: SafetyFlag, case: Case) -> dict[str, Any]:
    """Steps with who did them, whom to call, words for the member: for a moderator, once the flag was taken on."""
    user = context.get("user")
    if not isinstance(user, User):
        return {}
    if (same := _shown_above(context, flag)) is not None:
        return {"same": same}
    sender, today = queues.sender(case), timezone.localdate()
    language = sender.language if sender else ENGLISH
    book = playbook_now(flag.category)
    said = playbook_now(flag.category, language) if language != ENGLISH else book
    lines = {line.key: line for line in HelpLine.objects.filter(key__in=lines_named(book, said))}
    done = queues.ticked_in(user, case)
    steps = [(step, done.get((flag.pk, step.key))) for step in book.steps]
    return {
        "book": book,
        "flag": flag,
        "case": case,
        "steps": steps,
        "done": sum(event is not None for _, event in steps),
        "call": [(lines[key], lines[key].is_overdue(today=today)) for key in book.call if key in lines],
        "messages": _messages(context.get("typed", {}), case, flag, _in_words(book, said, lines, language)),
        "language": language,
        "language_name": dict(settings.LANGUAGES).get(language, language),
        "told": queues.told_about(user, case),
        "read_up_to": queues.read_up_to(case),
        "must_open": policies.unmet_needs(Act.TELL_MEMBER, case),
        "may_open": policies.may(user, Act.READ_LETTER, case),
        "may_tell": policies.may(user, Act.TELL_MEMBER, case),
        "csrf_token": context.get("csrf_token"),
    }


def _shown_above(context: dict[str, Any], flag: SafetyFlag) -> SafetyFlag | None:
    """The flag of this page that shows these very steps already: of the same case and kind, and at work too."""
    for other, *_ in context.get("flags", []):
        if other.pk == flag.pk:
            return None
        if (
            (other.case_id, other.category) == (flag.case_id, flag.category)
            and other.acknowledged_at
            and not other.closed_at
        ):
            return cast(SafetyFlag, other)
    return None


def _in_words(
    book: Playbook, said: Playbook, lines: dict[str, HelpLine], language: str
) -> Iterator[tuple[Template, str, str]]:
    """Each message, its text in the member's language, and that in English for a colleague who does not read theirs."""
    today = timezone.localdate()
    theirs = lines_spoken(lines.values(), language, today=today)
    ours = lines_spoken(lines.values(), ENGLISH, today=today) if language != ENGLISH else {}
    for message, english in zip(said.messages, book.messages, strict=True):
        yield english, message.filled(theirs), english.filled(ours) if ours else ""


def _messages(
    typed: dict[str, Any], case: Case, flag: SafetyFlag, words: Iterable[tuple[Template, str, str]]
) -> Iterator[tuple[str, str, TellForm, MailForm, str]]:
    """Each set of words with its form and its mail's; the refused ones come back as they were typed."""
    refused = typed.get("tell_template") if typed.get("tell_flag") == flag.pk else None
    for message, text, english in words:
        if refused == message.key:
            yield message.key, message.title, typed["tell_form"], typed["tell_mail"], english
            continue
        ids = f"tell-{flag.pk}-{message.key}-%s"
        form = TellForm(initial={"text": text}, auto_id=ids)
        yield message.key, message.title, form, MailForm(None, case=case, auto_id=ids), english


@register.inclusion_tag("workflow/records/_danger_now.html", takes_context=True)
def danger_now(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """One press raises a flag whose kind is not known yet; not offered while such a flag is open."""
    user = context.get("user")
    if not isinstance(user, User) or not policies.may(user, Act.RAISE_FLAG, case):
        return {}
    is_open = case.flags.open().filter(source=Source.PERSON, category=Category.MEDICAL).exists()
    return {"case": case, "is_offered": not is_open, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("workflow/member/_from_us.html", takes_context=True)
def words_from_us(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """What we wrote to the member because of a danger, newest first, on their own page alone."""
    user = context.get("user")
    told = list(queues.told_to(user, case)) if isinstance(user, User) else []
    tels = {line.number: line.link for row in HelpLine.objects.all() for line in (row, row.spoken())} if told else {}
    return {"told": [(event.at, _with_calls(text := event.remark.text, tels), written_in(text)) for event in told]}


def _with_calls(text: str, tels: dict[str, str]) -> list[tuple[str, str]]:
    """The words cut at the numbers of the registry: (words, where a tap leads; empty for what is no number)."""
    numbers = sorted(tels, key=len, reverse=True)
    if not numbers:
        return [(text, "")]
    cut = re.split(rf"(?<![\w-])({'|'.join(map(re.escape, numbers))})(?![\w-])", text)
    return [(part, tels.get(part, "") if place % 2 else "") for place, part in enumerate(cut)]
