"""What a case must be like before a step, each with the sentence that says what is missing. DATA only, never people.

workflow/policies.py says which step needs which.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from .case_facts import CaseFacts


@dataclass(frozen=True)
class Need:
    """A condition on the case and the sentence that says what is missing; `named` says which, where there are several."""

    met: Callable[[CaseFacts], bool]
    sentence: str
    named: Callable[[CaseFacts], list[str]] | None = None

    def is_met(self, case: CaseFacts) -> bool:
        """Asked of the case once for each time it stands still (transitions.move): by the rules, then by the machine."""
        answers: dict[Need, bool] | None = getattr(case, "answers", None)
        if answers is None:
            return self.met(case)
        if self not in answers:
            answers[self] = self.met(case)
        return answers[self]

    def said_of(self, case: CaseFacts) -> str:
        sentence = gettext(self.sentence)
        return f"{sentence} It is: {'; '.join(self.named(case))}." if self.named else sentence


FLAGS_ACKNOWLEDGED = Need(
    lambda case: not case.has_unacknowledged_flags(),
    "A safety flag still waits for somebody to take it on. Take on every flag first.",
)
EMERGENCY_OPEN = Need(
    lambda case: case.has_open_emergency(),
    "No emergency is open here. Ask a colleague to say yes; or, if somebody may die, raise the flag first.",
)
EMERGENCY_FOR_ONE = Need(
    lambda case: case.has_open_emergency(),
    "No emergency is open here. A colleague reviews the answer; or, if somebody may die, raise the flag first.",
)
READ_BY_TWO = Need(
    lambda case: not case.approved_alone,
    "Whoever wrote the answer approved it alone, in an emergency. A colleague reads it too first, and says that it stands.",
)
READ_BY_ONE = Need(lambda case: case.approved_alone, "A second person has read this answer already.")
FINDINGS_DECIDED = Need(
    lambda case: not case.has_open_findings(),
    "Something that could identify the family is not decided yet. Decide every finding first.",
)
NOTHING_FOUND_SINCE = Need(
    lambda case: not case.has_fresh_identifiers(),
    "A name or another identifying word stands in the text for readers. Open letter and question and decide about it first.",
)
QUESTION_CONFIRMED = Need(
    lambda case: case.has_confirmed_question(),
    "The de-identified question is not confirmed. Read it beside the letter and confirm it first.",
)
TOPIC_SET = Need(lambda case: case.has_topic(), "No topic is set. Choose at least one topic first.")
DRAFT_WRITTEN = Need(
    lambda case: case.has_draft(),
    "There is no answer text yet. Write and save the answer before sending it for review.",
)
SAFETY_BLOCKS = Need(
    lambda case: not case.missing_safety_blocks(),
    "The answer lacks advice that this kind of danger needs. The list below the editor offers the words.",
    lambda case: case.missing_safety_blocks(),
)
LANGUAGE_CLEAN = Need(
    lambda case: case.has_clean_language(),
    "Something in the answer could harm a reader, or a number is not from the registry. Change it, or say why it stays.",
)
LINES_CHECKED = Need(
    lambda case: not case.overdue_lines(),
    "The answer names a help line that nobody has checked since its day. An administrator checks it, or it is taken out.",
    lambda case: case.overdue_lines(),
)
APPROVAL_STANDS = Need(
    lambda case: case.has_standing_approval(),
    _("The question or the answer changed after it was approved. It needs a new approval first."),
)
CONSENT_STANDS = Need(
    lambda case: case.has_standing_consent(),
    "The member has not agreed to exactly these words. Without that agreement the answer stays private.",
)
PUBLICATION_ALLOWED = Need(
    lambda case: case.allows_publication(),
    "The member asked for a private answer. It can be published only after they agree to it.",
)
LETTER_READ = Need(
    lambda case: case.is_read(),
    "Nobody has read this letter yet. Open it first, so that nothing in it is missed.",
)
LETTER_OPENED = Need(
    lambda case: case.is_read(),
    "Open the letter first. The message says that somebody has read it.",
)
NOBODY_WRITES = Need(
    lambda case: not case.is_claimed(),
    "An expert has this case. Free it first, so that no work of theirs is lost.",
)
NO_DUPLICATES = Need(
    lambda case: not case.has_duplicates(),
    "Another letter is kept as the same as this one. Undo that first.",
)
MEMBER_NOT_ASKED = Need(
    lambda case: not case.waits_for_member(),
    "The member was asked something and has not replied yet. Wait for the reply, or take the question back first.",
)
REPLY_READ = Need(
    lambda case: not case.has_unread_reply(),
    "The member replied to a question. A moderator takes out what identifies them and passes it on first.",
)
COMMENTS_RESOLVED = Need(
    lambda case: not case.has_open_comments(),
    "A comment on the answer is still open. Resolve each one first: it is done, or it has a reply.",
)
SCHEDULED = Need(lambda case: case.is_scheduled(), "No publication is scheduled.")

# What every approval takes, also one without a second pair of eyes.
TO_APPROVE = (
    FLAGS_ACKNOWLEDGED,
    FINDINGS_DECIDED,
    QUESTION_CONFIRMED,
    SAFETY_BLOCKS,
    LANGUAGE_CLEAN,
    LINES_CHECKED,
    MEMBER_NOT_ASKED,
    REPLY_READ,
    COMMENTS_RESOLVED,
)
