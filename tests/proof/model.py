"""The reference model of one case: what PRODUCT and docs/permissions.md say, written a second time, without a database.

It shares no line with workflow/policies.py or the machine. A walk (walks.py) takes every step in both and compares.
Each method is one step: it says whether the step is allowed and, if so, changes the model. Time is in minutes.
"""

from dataclasses import dataclass, field

HOUR = 60
DAY = 24 * HOUR
WORKING = {"submitted", "triaged", "drafted", "reviewed"}
BEFORE_AN_ANSWER = {"submitted", "triaged", "drafted"}
MODERATORS = {"mo", "dana", "mora"}
EXPERTS = {"erin", "theo", "mora"}
WRITER = "rosa"


@dataclass
class Flag:
    severity: str
    taken_by: str = ""
    closed_by: str = ""
    is_erased: bool = False  # what was done about it, by who closed it


@dataclass
class Inquiry:
    asked_by: str
    asked_at: int
    ending: str = ""
    reply: str = ""
    is_settled: bool = False


@dataclass
class Model:
    """Everything a decision about the case may rest on."""

    audience: str
    state: str = "submitted"
    version: int = 1
    now: int = 0
    expert: str = ""
    claim_until: int | None = None
    reviewer: str = ""
    review_until: int | None = None
    words: int = 0  # which words the question has; 0 is what came in, without a title
    is_confirmed: bool = False
    has_topic: bool = False
    revisions: list[tuple[str, str]] = field(default_factory=list)  # (body, who wrote it)
    draft: int = 0  # the number of the revision that is the answer
    drafted_by: str = ""
    approved_by: str = ""
    approved_body: str = ""
    is_alone: bool = False
    consent: tuple[str, int, str, str] | None = None  # choice, words, body, audience
    publish_at: int | None = None
    publish_by: str = ""
    page: str = ""  # "", live or down
    flags: list[Flag] = field(default_factory=list)
    wishes: int = 0
    comments: list[bool] = field(default_factory=list)  # is it resolved?
    inquiries: list[Inquiry] = field(default_factory=list)
    paused_at: int | None = None
    asked: set[str] = field(default_factory=set)

    # ---- facts ----------------------------------------------------------------------------------------------------
    def body(self) -> str:
        return self.revisions[self.draft - 1][0] if self.draft else ""

    def wrote(self, who: str) -> bool:
        return who == self.drafted_by or any(author == who for _, author in self.revisions)

    def holds(self, who: str) -> bool:
        return who in EXPERTS and self.expert == who

    def is_held(self) -> bool:
        return self.expert != "" and (self.claim_until is None or self.claim_until > self.now)

    def another_reviews(self, who: str) -> bool:
        return self.reviewer not in {"", who} and self.review_until is not None and self.review_until > self.now

    def second_pair_of_eyes(self, who: str) -> bool:
        return who in MODERATORS and not self.wrote(who)

    def all_flags_taken(self) -> bool:
        return all(flag.taken_by or flag.closed_by for flag in self.flags)

    def in_emergency(self) -> bool:
        return any(flag.severity == "emergency" and not flag.closed_by for flag in self.flags)

    def lacks_advice(self) -> bool:
        """Pressing flags ask for 911, also once closed; urgent ones raised by hand are of the kind that asks for 988 too."""
        asked = {"urgent": {"911", "988"}, "emergency": {"911"}, "medical": {"911"}}
        return any(number not in self.body() for flag in self.flags for number in asked.get(flag.severity, ()))

    def has_words_confirmed(self) -> bool:
        return self.is_confirmed and self.words > 0

    def waits_for_moderator(self) -> bool:
        return any(one.reply and not one.is_settled for one in self.inquiries)

    def may_be_approved(self) -> bool:
        ready = self.all_flags_taken() and not self.wishes and self.has_words_confirmed() and not self.lacks_advice()
        return ready and self.paused_at is None and not self.waits_for_moderator() and all(self.comments)

    def approval_stands(self) -> bool:
        return bool(self.draft) and self.approved_by != "" and self.approved_body == self.body()

    def may_be_published(self) -> bool:
        agreed = self.consent == ("agreed", self.words, self.body(), self.audience)
        ready = self.all_flags_taken() and not self.wishes and self.has_words_confirmed() and self.audience != "private"
        return ready and self.approval_stands() and not self.is_alone and agreed

    # ---- what several steps do --------------------------------------------------------------------------------------
    def _arrive(self, state: str) -> bool:
        self.state, self.version = state, self.version + 1
        self.reviewer, self.review_until, self.claim_until = "", None, None
        self._renew()
        return True

    def _changed(self) -> bool:
        self.version += 1
        return True

    def _renew(self) -> None:
        if self.expert and self.state == "triaged":
            start = self.now if self.paused_at is None else self.paused_at + 7 * DAY
            self.claim_until = start + 48 * HOUR

    def _give(self, who: str) -> None:
        self.expert, self.claim_until = who, None
        self._renew()

    def _no_schedule(self) -> None:
        self.publish_at, self.publish_by = None, ""

    # ---- moderators: letter, flags, question ------------------------------------------------------------------------
    def open_letter(self, who: str) -> bool:
        return who in MODERATORS and self.state != "withdrawn"

    def raise_flag(self, who: str, severity: str) -> bool:
        at_desk = who in MODERATORS or (who in EXPERTS and self.state != "submitted")
        if not at_desk or self.state == "withdrawn":
            return False
        self.flags.append(Flag(severity))
        return self._changed()

    def take_flag(self, who: str, number: int) -> bool:
        if who not in MODERATORS:
            return False
        if not self.flags[number].taken_by:
            self.flags[number].taken_by = who
            self._changed()
        return True

    def close_flag(self, who: str, number: int) -> bool:
        flag = self.flags[number]
        if (
            who not in MODERATORS
            or not flag.taken_by
            or flag.closed_by not in {"", who}
            or (flag.closed_by and flag.is_erased)
        ):
            return False  # closed by another, or in words that cannot be the same any more
        if not flag.closed_by:
            flag.closed_by = who
            self._changed()
        return True

    def hand_on(self, who: str) -> bool:
        if who not in MODERATORS or self.state == "withdrawn":
            return False
        if self.reviewer == who:
            self.reviewer, self.review_until = "", None
        for flag in self.flags:
            if flag.taken_by == who and not flag.closed_by:
                flag.taken_by = ""
        return self._changed()

    def write_words(self, who: str, words: int, *, confirm: bool) -> bool:
        if who not in MODERATORS or self.state not in WORKING or (confirm and self.wishes):
            return False
        if self.state != "submitted" and not confirm:
            return False
        changed = words != self.words
        self.words, self.has_topic = words, True
        if confirm:
            self.is_confirmed = True
        elif changed:
            self.is_confirmed = False
        if changed:
            self.consent = None
            if self.state == "reviewed":
                self._no_schedule()
        return self._changed()

    def settle_wish(self, who: str) -> bool:
        if who not in MODERATORS or self.state not in WORKING:
            return False
        self.wishes -= 1
        return self._changed()

    def assign(self, who: str, expert: str) -> bool:
        if who not in MODERATORS or self.state not in BEFORE_AN_ANSWER or (expert and expert not in EXPERTS):
            return False
        self._give(expert)
        return self._changed()

    def triage(self, who: str, expert: str) -> bool:
        ready = self.all_flags_taken() and not self.wishes and self.has_words_confirmed() and self.has_topic
        if self.state != "submitted" or who not in MODERATORS or not ready:
            return False
        self._give(expert)
        return self._arrive("triaged")

    def decline(self, who: str, reason: str) -> bool:
        allowed = self.state in {"submitted", "triaged"} and who in MODERATORS and self.all_flags_taken()
        if not allowed or not reason:
            return False
        for one in self.inquiries:
            one.ending = one.ending or "closed"
        self.paused_at = None
        return self._arrive("declined")

    # ---- experts ----------------------------------------------------------------------------------------------------
    def claim(self, who: str) -> bool:
        if who not in EXPERTS or self.state != "triaged" or self.is_held():
            return False
        self._give(who)
        return self._changed()

    def give_back(self, who: str, reason: str) -> bool:
        return self._pass_on(who, "") if reason else False

    def hand_over(self, who: str, to: str) -> bool:
        return self._pass_on(who, to) if to in EXPERTS and to != who else False

    def _pass_on(self, who: str, to: str) -> bool:
        if self.state != "triaged" or not self.holds(who):
            return False
        self._give(to)
        return self._changed()

    def save_answer(self, who: str, body: str, based_on: int) -> bool:
        """Words saved beside a newer answer are kept, and the person is told."""
        if self.state != "triaged" or not self.holds(who):
            return False
        overtaken = self.draft != 0 and self.body() != body and self.draft != based_on
        number = self._keep(body, who)
        if not overtaken:
            self.draft = number
        self._renew()
        return not overtaken

    def _keep(self, body: str, who: str) -> int:
        for number in (self.draft, len(self.revisions)):
            if number and self.revisions[number - 1][0] == body:
                return number
        self.revisions.append((body, who))
        return len(self.revisions)

    def submit_draft(self, who: str, body: str, based_on: int, *, is_stale: bool) -> bool:
        if not self.save_answer(who, body, based_on) or is_stale:
            return False
        kept = next(n for n in (self.draft, len(self.revisions)) if self.revisions[n - 1][0] == body)
        if self.lacks_advice() or self.paused_at is not None or self.waits_for_moderator() or not all(self.comments):
            return False
        self.draft, self.drafted_by = kept, who
        self.approved_by = self.approved_body = ""
        return self._arrive("drafted")

    # ---- review -----------------------------------------------------------------------------------------------------
    def start_review(self, who: str) -> bool:
        if self.state != "drafted" or not self.second_pair_of_eyes(who) or self.another_reviews(who):
            return False
        self.reviewer, self.review_until = who, self.now + 30
        return True

    def take_over_review(self, who: str, reason: str) -> bool:
        allowed = self.state == "drafted" and self.second_pair_of_eyes(who) and self.another_reviews(who)
        if not allowed or not reason:
            return False
        self.reviewer, self.review_until = who, self.now + 30
        return True

    def request_changes(self, who: str, reason: str) -> bool:
        if self.state != "drafted" or who not in MODERATORS or self.another_reviews(who) or not reason:
            return False
        return self._arrive("triaged")

    def approve(self, who: str) -> bool:
        allowed = self.state == "drafted" and self.second_pair_of_eyes(who) and not self.another_reviews(who)
        if not allowed or not self.may_be_approved():
            return False
        self.approved_by, self.approved_body = who, self.body()
        return self._arrive("reviewed")

    def approve_alone(self, who: str) -> bool:
        is_author = who in MODERATORS & EXPERTS and self.wrote(who) and not self.another_reviews(who)
        if self.state != "drafted" or not is_author or not self.in_emergency() or not self.may_be_approved():
            return False
        self.approved_by, self.approved_body, self.is_alone = who, self.body(), True
        return self._arrive("reviewed")

    def reopen(self, who: str, reason: str) -> bool:
        if self.state != "reviewed" or not (who in MODERATORS or self.holds(who)) or not reason:
            return False
        self.consent, self.is_alone = None, False
        self.approved_by = self.approved_body = ""
        self._no_schedule()
        return self._arrive("drafted")

    def comment(self, who: str) -> bool:
        allowed = self.state == "drafted" and self.second_pair_of_eyes(who) and not self.another_reviews(who)
        if not allowed or not self.body():
            return False
        self.comments.append(False)
        return True

    def ask_colleague(self, who: str, colleague: str) -> bool:
        if not self._works_on_it(who) or not self.body():
            return False
        if colleague not in MODERATORS | EXPERTS or colleague in {who, self.expert}:
            return False
        self.asked.add(colleague)
        self._renew()
        return True

    def comment_as_asked(self, who: str) -> bool:
        if self.state not in {"triaged", "drafted"} or who not in self.asked or not self.body():
            return False
        self.comments.append(False)
        return True

    def resolve_comment(self, who: str, number: int) -> bool:
        if not self._works_on_it(who):
            return False
        if not self.comments[number]:
            self.comments[number] = True
            self._renew()
        return True

    def _works_on_it(self, who: str) -> bool:
        if self.state == "triaged":
            return self.holds(who)
        return self.state == "drafted" and who in MODERATORS and not self.another_reviews(who)

    # ---- the member ---------------------------------------------------------------------------------------------------
    def withdraw(self, who: str) -> bool:
        if who != WRITER or self.state == "withdrawn":
            return False
        self.words, self.has_topic, self.wishes, self.consent = 0, False, 0, None
        for flag in self.flags:
            flag.is_erased = bool(flag.closed_by)
        self.revisions = [("", author) for _, author in self.revisions]
        self.comments, self.inquiries, self.paused_at = [], [], None
        self.page = self.page and "down"
        self._no_schedule()
        return self._arrive("withdrawn")

    def agree(self, who: str, audience: str, *, read_now: bool) -> bool:
        allowed = who == WRITER and self.state == "reviewed" and not self.is_alone and self.approval_stands()
        if not allowed or not read_now or audience not in {"members", "public"}:
            return False
        self.consent, self.audience = ("agreed", self.words, self.body(), audience), audience
        return self._changed()

    def keep_private(self, who: str) -> bool:
        if who != WRITER or self.state != "reviewed":
            return False
        self.consent, self.audience = ("private", self.words, self.body(), ""), "private"
        self._no_schedule()
        return self._changed()

    def wish_change(self, who: str) -> bool:
        if who != WRITER or self.state != "reviewed":
            return False
        self.consent = ("change", self.words, self.body(), "")
        self.wishes += 1
        self._no_schedule()
        return self._changed()

    def ask_member(self, who: str) -> bool:
        at_work = who in MODERATORS or (self.state == "triaged" and self.holds(who))
        if self.state not in BEFORE_AN_ANSWER or not at_work or self.paused_at is not None:
            return False
        self.inquiries.append(Inquiry(who, self.now))
        self.paused_at = self.now
        self._renew()
        return self._changed()

    def take_back(self, who: str, number: int) -> bool:
        at_work = who in MODERATORS or (self.state == "triaged" and self.holds(who))
        one = self.inquiries[number]
        if self.state not in BEFORE_AN_ANSWER or not at_work or one.ending not in {"", "taken_back"}:
            return False
        if not one.ending:
            self._end(one, "taken_back")
            self._changed()
        return True

    def reply(self, who: str, number: int, text: str) -> bool:
        one = self.inquiries[number]
        if who != WRITER or self.state not in BEFORE_AN_ANSWER:
            return False
        if one.reply:
            return one.reply == text
        if one.ending not in {"", "silent"}:
            return False
        one.reply = text
        if not one.ending:
            self._end(one, "replied")
        return self._changed()

    def _end(self, one: Inquiry, ending: str) -> None:
        one.ending, self.paused_at = ending, None
        self._renew()

    def pass_reply_on(self, who: str, number: int, *, ticked: bool) -> bool:
        one = self.inquiries[number]
        if who not in MODERATORS or self.state not in WORKING or not one.reply or not ticked:
            return False
        one.is_settled = True
        return self._changed()

    # ---- publication --------------------------------------------------------------------------------------------------
    def publish(self, who: str) -> bool:
        if self.state != "reviewed" or who not in MODERATORS or not self.may_be_published():
            return False
        self._no_schedule()
        self.page = "live"
        return self._arrive("published")

    def schedule(self, who: str, at: int) -> bool:
        if at <= self.now or self.state != "reviewed" or who not in MODERATORS or not self.may_be_published():
            return False
        self.publish_at, self.publish_by = at, who
        return self._changed()

    def unschedule(self, who: str) -> bool:
        if self.state != "reviewed" or who not in MODERATORS or self.publish_at is None:
            return False
        self._no_schedule()
        return self._changed()

    def unpublish(self, who: str, reason: str) -> bool:
        if self.state != "published" or who not in MODERATORS | {WRITER} or not reason:
            return False
        self.consent, self.page = None, "down"
        return self._arrive("reviewed")

    # ---- what happens by the clock --------------------------------------------------------------------------------------
    def wait(self, minutes: int) -> None:
        """Time passes, then the schedules run: claims that ran out, replies that never came, pages that are due."""
        self.now += minutes
        if self.state == "triaged" and self.expert and self.claim_until is not None and self.claim_until <= self.now:
            self.expert, self.claim_until = "", None
            self._changed()
        for one in self.inquiries:
            if not one.ending and one.asked_at + 7 * DAY <= self.now and self.state in BEFORE_AN_ANSWER:
                self._end(one, "silent")
                self._changed()
        if self.publish_at is not None and self.publish_at <= self.now and not self.publish(self.publish_by):
            self._no_schedule()
            self._changed()
