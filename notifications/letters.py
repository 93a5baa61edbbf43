"""The mails to the member of a case as they will go out, or as they went: shown to moderators, without an address.

Their own link to stop such mails is never shown: whoever has it can use it, and it names a person.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from accounts.models import User
from workflow.events import Kind
from workflow.models import Case

from . import words
from .audience import writer
from .emails import link_to
from .models import PENDING, Category, Choice, Habits, Message, Progress, Wording
from .moulds import Said, cast
from .rules import Rule, rule_of, rules_for
from .wordings import SHIPPED, languages


@dataclass(frozen=True)
class Shown:
    """A mail on a moderators' page. Without `said` none goes, and `why` says why."""

    said: Said | None
    language: str = SHIPPED
    why: str = ""

    @property
    def language_name(self) -> str:
        return languages()[self.language]


def upcoming(case: Case, kind: Kind, added: str) -> Shown | None:
    """The mail to the member that this decision causes, with a moderator's lines; nothing when it causes none."""
    rules = [rule for rule in rules_for(kind) if rule.category == Category.LETTER and not rule.is_late]
    person = writer(case)
    if not rules or person is None or not person.is_active:
        return None
    habits = Habits.objects.filter(person=person).first() or Habits(person=person)
    if why := _why_none(case, rules[0], habits):
        return Shown(None, why=why)
    return _shown(case, rules[0], person.language, words.edited(), is_fuller=habits.is_fuller, added=added)


def _why_none(case: Case, rule: Rule, habits: Habits) -> str:
    if not case.may_mail:
        return "No mail goes: the member asked us not to write about this letter. They read here."
    if why := habits.why_none():
        return f"No mail goes: {why}. They can still sign in and read here."
    choice = habits.choice(rule.about) if rule.about else Choice.AT_ONCE
    if choice == Choice.NONE:
        return "No mail goes: the member chose not to hear of this by email. They read here."
    if choice == Choice.DAILY:
        return "No mail of its own goes: the member hears once a day that there is news."
    return ""


def told(case: Case, person: User | None, habits: Habits | None) -> list[tuple[Message, Shown]]:
    """The mails to the member, newest first, each as it went; one that waits as it would go now."""
    mails = Message.objects.filter(event__case=case, category=Category.LETTER)
    found = list(mails.select_related("event", "event__mail_wish").order_by("-id"))
    now = words.edited() if any(mail.state in PENDING for mail in found) else {}
    numbers = {_Note.of(mail).version for mail in found} - {0}
    spoken = {row.pk: row for row in Wording.objects.filter(pk__in=numbers)} if numbers else {}
    notes = {mail.pk: _Note.of(mail) for mail in found}
    if person:
        fresh = _Note(person.language, 0, bool(habits and habits.is_fuller))
        notes |= {mail.pk: fresh for mail in found if mail.state in PENDING}
    return [(mail, _as_it_is(mail, case, notes[mail.pk], now, spoken.get(notes[mail.pk].version))) for mail in found]


class _Note(NamedTuple):
    """What a message keeps of its words (emails.note_of)."""

    language: str
    version: int
    is_fuller: bool

    @classmethod
    def of(cls, mail: Message) -> "_Note":
        language, version, fuller = (mail.said or f"{SHIPPED}.0.0").split(".")
        return cls(language, int(version), fuller == "1")


def _as_it_is(mail: Message, case: Case, note: _Note, now: words.Edited, spoken: Wording | None) -> Shown:
    rule = rule_of(mail.event.kind, mail.template) if mail.event else None
    if rule is None or mail.state in {Progress.SKIPPED, Progress.UNDELIVERABLE}:
        return Shown(None)
    versions = {(mail.template, note.language): spoken} if spoken else now if mail.state in PENDING else {}
    return _shown(case, rule, note.language, versions, is_fuller=note.is_fuller, added=added_to(mail))


def added_to(mail: Message) -> str:
    """What a moderator wrote into it."""
    rule = rule_of(mail.event.kind, mail.template) if mail.event else None
    if mail.category != Category.LETTER or rule is None or rule.is_late:
        return ""
    wish = getattr(mail.event, "mail_wish", None)
    return wish.added if wish else ""


def _shown(case: Case, rule: Rule, language: str, versions: words.Edited, *, is_fuller: bool, added: str) -> Shown:
    spoken = words.spoken(rule.template, rule.category, language, versions)
    stop = f"{settings.PUBLIC_URL}/…" if rule.about else ""
    values = {"link": link_to(case if rule.links_to_case else None), "fuller": is_fuller, "added": added, "stop": stop}
    return Shown(cast(spoken.words, spoken.language, values, to="", headers={}).words(), spoken.language)
