"""What a member gets when they ask for everything that is theirs: in the words and the order of their own pages.

Each column of each table is decided upon in HELD; a column without a decision fails the tests (tests/config/test_own_account.py).
Notes of our team, and the names and numbers of who worked on a letter, are theirs and not the member's.
"""

from typing import Any

from django.utils.html import strip_tags

from accounts.models import User
from qa.models import Letter, Publication

from . import policies, queues
from .models import Case
from .states import Act

GIVEN = "given"
INSIDE = "says how our house works, nothing of the member"
OTHERS = "belongs to other people"
KEYS = "a key or a number without meaning outside"
SAME = "given with the letter, the answer or the page it is part of"

HELD: dict[str, dict[str, str]] = {
    "qa.Letter": {
        **dict.fromkeys(["text", "danger", "audience", "sent_at", "erased_at"], GIVEN),
        **dict.fromkeys(["id", "story", "sent_from"], KEYS),
    },
    "qa.LetterDraft": {
        **dict.fromkeys(["text", "danger", "audience", "updated_at"], GIVEN),
        **dict.fromkeys(["id", "member_id", "page"], KEYS),
    },
    "qa.ParkedLetter": {
        **dict.fromkeys(
            ["text", "danger", "audience", "parked_at"], "given with the draft once it is fetched; gone in a day"
        ),
        **dict.fromkeys(["id", "member_id", "secret_hash"], KEYS),
    },
    "qa.LetterKey": dict.fromkeys(["id", "wrapped", "letter_id", "draft_id", "parked_id"], KEYS),
    "qa.Authorship": dict.fromkeys(["letter_id", "member_id"], KEYS),
    "qa.Question": {
        **dict.fromkeys(["title", "label", "intro", "text"], GIVEN),
        **dict.fromkeys(["id", "letter_id", "revision"], KEYS),
        **dict.fromkeys(["confirmed_at", "confirmed_by_id"], INSIDE),
    },
    "qa.AnswerRevision": {
        "body": GIVEN,
        "written_at": GIVEN,
        "written_by_id": OTHERS,
        **dict.fromkeys(["id", "question_id", "number"], KEYS),
    },
    "qa.Publication": {
        **dict.fromkeys(["slug", "audience", "published_at", "withdrawn_at", "may_index", "has_teaser"], GIVEN),
        **dict.fromkeys(
            ["title", "label", "intro", "question_text", "answer_html", "answered_by", "words", "language"], SAME
        ),
        **dict.fromkeys(["answered_on", "reviewed_on", "review_by", "helped", "did_not_help", "created_by_id"], INSIDE),
        **dict.fromkeys(["id", "question_id", "place", "story"], KEYS),
    },
    "workflow.Case": {
        **dict.fromkeys(
            ["public_id", "state", "state_since", "audience", "may_mail", "submitted_at", "answered_at"], GIVEN
        ),
        "member_message": GIVEN,
        "language": SAME,
        **dict.fromkeys(["id", "letter_id", "version", "draft_id", "approved_hash"], KEYS),
        **dict.fromkeys(["expert_id", "reviewer_id", "publish_by_id", "drafted_by_id", "approved_by_id"], OTHERS),
        **dict.fromkeys(["claimed_at", "claim_until", "review_until", "tier", "is_waiting", "first_read_at"], INSIDE),
        **dict.fromkeys(["publish_at", "approved_at", "paused_at", "paused_days"], INSIDE),
        **dict.fromkeys(["story", "merged_into_id", "approved_alone"], INSIDE),
    },
    "workflow.Inquiry": {
        **dict.fromkeys(["text", "asked_at", "unsent", "reply", "replied_at", "readable", "settled_at"], GIVEN),
        **dict.fromkeys(["id", "case_id", "unsent_version"], KEYS),
        **dict.fromkeys(["ended_at", "ending", "unsent_at"], INSIDE),
        **dict.fromkeys(["asked_by_id", "settled_by_id"], OTHERS),
    },
    "workflow.Consent": {
        **dict.fromkeys(["choice", "audience", "may_index", "has_teaser", "wish", "given_at", "void_at"], GIVEN),
        **dict.fromkeys(["id", "case_id", "page_hash"], KEYS),
    },
    "workflow.SafetyFlag": {
        **dict.fromkeys(["category", "severity", "subject", "timing", "raised_at", "closed_at"], GIVEN),
        "evidence": "words of the letter, which is given whole",
        **dict.fromkeys(["id", "case_id"], KEYS),
        **dict.fromkeys(["source", "rules", "rules_version", "note", "outcome", "verdict", "acknowledged_at"], INSIDE),
        **dict.fromkeys(["raised_by_id", "acknowledged_by_id", "closed_by_id"], OTHERS),
    },
    "workflow.Event": {
        **dict.fromkeys(["kind", "at"], GIVEN),
        **dict.fromkeys(["id", "case_id"], KEYS),
        **dict.fromkeys(["actor_id", "actor_role"], OTHERS),
        **dict.fromkeys(["from_state", "to_state", "data"], INSIDE),
    },
}
# Tables that hold something about a letter which is not the member's to have, and why.
NOT_THEIRS = {
    "workflow.Remark": "what our team wrote to each other; messages to the member are given with the letter",
    "workflow.Finding": "working notes of the de-identification; the letter and the question are given whole",
    "workflow.Note": "what our team wrote to each other",
    "workflow.Comment": "what our team wrote to each other",
    "workflow.MailWish": "lines of a mail that the member has received",
    "workflow.Presence": OTHERS,
    "workflow.Reading": INSIDE,
    "workflow.Seal": INSIDE,
    "workflow.Report": "what readers report of pages, without an account",
    "workflow.DeskHabits": OTHERS,
    "workflow.Keeping": "until when a letter is kept stands on its page",
    "workflow.Hold": "why our team must keep a letter for now; it can be part of a duty to a court",
    "workflow.ContactWish": "which colleague asked to see an address, and who agreed; the address is not in it",
    "workflow.HandedOn": OTHERS,
    "workflow.Shift": OTHERS,
    "workflow.LineChange": INSIDE,
    "workflow.LineCheck": INSIDE,
    **dict.fromkeys(
        [
            "workflow.LocalRule",
            "workflow.RuleVersion",
            "workflow.RuleTrial",
            "workflow.RuleTrouble",
            "workflow.PlaybookWords",
        ],
        INSIDE,
    ),
}


def letters_of_member(member: User) -> list[dict[str, Any]]:
    """Every letter with all that came of it, oldest first."""
    return [_letter(member, case) for case in queues.of_member(member).reverse()]


def draft_of_member(member: User) -> dict[str, Any] | None:
    """The words that were not sent yet."""
    draft = queues.draft_of(member)
    if draft is None or not draft.text:
        return None
    return {"text": draft.text, "danger": draft.danger, "audience": draft.audience, "updated_at": draft.updated_at}


def _letter(member: User, case: Case) -> dict[str, Any]:
    letter = queues.own_letter(member, case)
    return {
        "number": case.public_id,
        "sent_at": case.submitted_at,
        "text": letter.text,
        "is_anyone_in_danger": letter.get_danger_display(),
        "who_may_read_it": letter.get_audience_display(),
        "erased_at": letter.erased_at,
        "may_we_mail_about_it": case.may_mail,
        "where_it_is": case.state,
        "since": case.state_since,
        "message_from_us": case.member_message,
        "messages_about_a_danger": [
            {"at": event.at, "text": event.remark.text} for event in queues.told_to(member, case).reverse()
        ],
        "what_we_asked": _exchange(member, case),
        "dangers_we_saw": list(
            case.flags.order_by("raised_at").values(
                "category", "severity", "subject", "timing", "raised_at", "closed_at"
            )
        ),
        "answer": _answer(member, case, letter),
        "decisions": list(
            case.consents.order_by("given_at").values("choice", "audience", "wish", "given_at", "void_at")
        ),
        "page": _page(case),
        "what_happened": list(case.events.order_by("id").values("at", "kind")),
    }


def _exchange(member: User, case: Case) -> list[dict[str, Any]]:
    """What was asked about the letter, what they replied, and the words of it that the expert reads."""
    return [
        {
            "asked_at": one.asked_at,
            "question": one.text,
            "not_sent_yet": one.unsent,
            "replied_at": one.replied_at,
            "reply": one.reply,
            "as_the_expert_reads_it": one.readable if one.settled_at else "",
            "passed_on_at": one.settled_at,
        }
        for one in queues.asked_of(member, case)
    ]


def _answer(member: User, case: Case, letter: Letter) -> dict[str, Any] | None:
    """As on the member's own page of it; nothing before it is theirs to read."""
    if letter.erased_at or not policies.may(member, Act.READ_ANSWER, case) or case.draft is None:
        return None
    question = case.question
    return {
        "title": question.title,
        "label": question.label,
        "intro": question.intro,
        "question": question.text,
        "html": case.draft.body,
        "text": strip_tags(case.draft.body),
        "written_at": case.draft.written_at,
        "answered_at": case.answered_at,
    }


def _page(case: Case) -> dict[str, Any] | None:
    page = Publication.objects.filter(question=case.question).first()
    if page is None:
        return None
    names = ("slug", "audience", "may_index", "has_teaser", "published_at", "withdrawn_at")
    return {name: getattr(page, name) for name in names}
