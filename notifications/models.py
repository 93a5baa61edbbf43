"""The outbox: which events were looked at (Dispatch) and every mail that is to go out or went (Message).

The outbox must not become a list of who asks for help. A mail to the member of a case names the case and not the
person: who that is stays in qa/identity and is looked up when the mail is sent. Text is never stored; a mail is
rendered at the moment it is sent. `sealed` holds what only the mail needs to know, encrypted, until it is done with.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qa.encryption import EncryptedTextField
from workflow.models import Event, WhyNot, WordsVersion


class Category(models.TextChoices):
    """Streams of mail, most pressing first. Each has one neutral subject."""

    SECURITY = "security", "Signing in"
    SAFETY = "safety", "Somebody may be in danger"
    LETTER = "letter", "About what a member sent"
    WORK = "work", "Work at the desks"
    DIGEST = "digest", "Digests"


NEVER_HELD = {Category.SECURITY, Category.SAFETY}  # signing in and danger
RANK = {category.value: rank for rank, category in enumerate(Category)}
PRESSING = max(RANK[category] for category in NEVER_HELD)  # the rank of the last stream that is never held


class Progress(models.TextChoices):
    """Where a message is."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    SKIPPED = "skipped", "Not needed any more"
    UNDELIVERABLE = "undeliverable", "Given up"


WHY_NOT = tuple(reason.label for reason in WhyNot)  # a moderator holds a mail back
PENDING = (Progress.WAITING.value, Progress.SENDING.value)


class About(models.TextChoices):
    """What a person can rule separately. The words are shown on their page."""

    PROGRESS = "progress", _("What you sent has arrived, or somebody works on it")
    READY = "ready", _("Something is ready for you to read")
    SHARED = "shared", _("What you agreed to was done")
    TASKS = "tasks", _("Something was given, or came back, to you")
    ENDINGS = "endings", _("Something you worked on was finished or taken back")
    REVIEW = "review", _("Something waits for a second pair of eyes")
    CHANGES = "changes", _("Something at the desk changed hands or was taken back")
    MORNING = "morning", _("What waits at the desk, each morning")


UNWANTED = "unwanted"  # in Habits.dead_reason: not a dead mailbox, but somebody who called our mail so


class Choice(models.TextChoices):
    """How a person wants to hear."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Together, once a day")
    NONE = "none", _("Not by email")


class Habits(models.Model):
    """How one person wants to hear. Without a row, or without an entry: at once.

    `dead_at`: the mailbox does not exist any more, or its owner called our mail unwanted; only sign-in codes are tried.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="mail_habits"
    )
    choices = models.JSONField(default=dict, blank=True)
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)  # hours of the person's own clock
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True)
    is_fuller = models.BooleanField(default=False)
    dead_at = models.DateTimeField(null=True, blank=True)
    dead_reason = models.CharField(max_length=20, blank=True)
    bounces = models.PositiveSmallIntegerField(default=0)  # in a row, of the kind that passes: full, busy
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "habits"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__lte=23, quiet_until__lte=23),
                name="quiet_hours_are_hours",
            )
        ]

    def __str__(self) -> str:
        return f"mail habits of person {self.person_id}"

    def choice(self, about: About) -> Choice:
        return Choice(self.choices.get(about, Choice.AT_ONCE))

    def begin_again(self) -> None:
        """Forget what mailboxes reported; the next report counts anew."""
        self.dead_at, self.dead_reason, self.bounces, self.bounced_at = None, "", 0, None

    def why_none(self) -> str:
        """Why nothing is mailed to them, for colleagues; empty when mail goes."""
        if self.dead_at is None:
            return ""
        if self.dead_reason == UNWANTED:
            return "their mail program told us that our mail is unwanted"
        return f"it would not arrive ({self.dead_reason})"


class Dispatch(models.Model):
    """This event was turned into messages (or into none). Written in the same transaction as they are."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="dispatch")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "event looked through for mail"
        verbose_name_plural = "events looked through for mail"

    def __str__(self) -> str:
        return f"dispatch of event {self.event_id}"


# Written out: as parameters they would keep SQLite from using the indexes that hold just these rows.
_IS_PENDING = RawSQL("notifications_message.state IN ('waiting', 'sending')", [], output_field=models.BooleanField())
_IS_SENT = RawSQL("notifications_message.state = 'sent'", [], output_field=models.BooleanField())


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads of the outbox."""

    def pending(self) -> "MessageQuerySet":
        return self.filter(_IS_PENDING)

    def sent(self) -> "MessageQuerySet":
        return self.filter(_IS_SENT)

    def due(self, now: datetime) -> "MessageQuerySet":
        """What may be taken on: its time has come and nobody holds a lease on it."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.pending().filter(free, next_try_at__lte=now)


class Message(models.Model):
    """One mail to one address about one event; `key` makes it one, and makes its Message-ID.

    `person` is empty when the mail goes to the member of the event's case, or to an address that has no account yet
    (then it is in `sealed`). `deaths` counts tries that ended without a word: the worker died.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    template = models.CharField(max_length=40)
    category = models.CharField(max_length=8, choices=Category)
    rank = models.PositiveSmallIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    sealed = EncryptedTextField(blank=True)
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=13, choices=Progress, default=Progress.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)
    told_in = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="tells")
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=30, blank=True)  # which words a member got: language, version, how much

    objects = models.Manager.from_queryset(MessageQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Progress.values), name="message_known_state"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="message_known_category"),
            models.CheckConstraint(
                condition=Q(state__in=PENDING, done_at__isnull=True)
                | (~Q(state__in=PENDING) & Q(done_at__isnull=False, sealed="")),
                name="message_done_when_and_emptied",
            ),
        ]
        indexes = [
            models.Index(fields=["rank", "next_try_at", "id"], condition=Q(state__in=PENDING), name="message_due"),
            models.Index(fields=["lease"], condition=~Q(lease=""), name="message_leased"),
            models.Index(fields=["done_at", "category"], condition=Q(state="sent"), name="message_sent_of"),
            models.Index(fields=["person", "category", "state"], name="message_of_person"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} ({self.template})"

    def hold_back(self, reason: str) -> bool:
        """Do not send it, if nobody has begun to."""
        now = timezone.now()
        free = Message.objects.filter(pk=self.pk, state=Progress.WAITING, lease="")
        return bool(free.update(state=Progress.SKIPPED, reason=reason, sealed="", done_at=now))


class Wording(WordsVersion):
    """The words of one mail in one language, as an administrator wrote them. `template` is the mail's name."""

    class Meta(WordsVersion.Meta):
        indexes = [models.Index(fields=["template", "language", "id"], name="wording_versions")]


class Report(models.Model):
    """A provider's report that a mail did not arrive or was unwanted. `key` makes a repeated one count once."""

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"report {self.pk}: {self.kind}"


class Brake(models.Model):
    """While a row stands, only sign-in codes and calls about danger go out. Pulled by the breaker or a person."""

    why = models.CharField(max_length=120)
    pulled_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["why"], condition=Q(released_at__isnull=True), name="pulled_once")
        ]

    def __str__(self) -> str:
        return self.why


class Pulse(models.Model):
    """When something that must go on going on was last seen: a cluster of workers, a sweep."""

    name = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "sign of life"
        verbose_name_plural = "signs of life"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})
