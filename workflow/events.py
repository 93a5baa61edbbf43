"""The only writer of the audit trail. Every kind of event is named here; notifications decides who hears of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from accounts.models import User

from .models import AS_IT_IS, Case, Event, MailWish, Remark, Wish


class Kind(StrEnum):
    """What can happen to a case, and to the rules that read letters, as past participles."""

    CASE_SUBMITTED = "case_submitted"
    CASE_TRIAGED = "case_triaged"
    DRAFT_SUBMITTED = "draft_submitted"
    CHANGES_REQUESTED = "changes_requested"
    ANSWER_APPROVED = "answer_approved"
    ANSWER_APPROVED_ALONE = "answer_approved_alone"
    ANSWER_CONFIRMED = "answer_confirmed"
    CASE_REOPENED = "case_reopened"
    CASE_PUBLISHED = "case_published"
    CASE_UNPUBLISHED = "case_unpublished"
    CASE_DECLINED = "case_declined"
    CASE_WITHDRAWN = "case_withdrawn"
    LETTER_OPENED = "letter_opened"
    FLAG_RAISED = "flag_raised"
    FLAG_ACKNOWLEDGED = "flag_acknowledged"
    FLAG_CLOSED = "flag_closed"
    FLAG_CHANGED = "flag_changed"
    FINDING_DECIDED = "finding_decided"
    FINDING_REOPENED = "finding_reopened"
    QUESTION_SAVED = "question_saved"
    QUESTION_CONFIRMED = "question_confirmed"
    QUESTION_CHANGED = "question_changed"
    EXPERT_ASSIGNED = "expert_assigned"
    CASE_CLAIMED = "case_claimed"
    CASE_GIVEN_BACK = "case_given_back"
    CASE_HANDED_OVER = "case_handed_over"
    CLAIM_EXPIRED = "claim_expired"
    CASE_REROUTED = "case_rerouted"
    WORDS_KEPT = "words_kept"
    REVIEW_STARTED = "review_started"
    REVIEW_TAKEN_OVER = "review_taken_over"
    PUBLICATION_SCHEDULED = "publication_scheduled"
    PUBLICATION_UNSCHEDULED = "publication_unscheduled"
    PUBLICATION_STOPPED = "publication_stopped"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    CHANGE_SUGGESTED = "change_suggested"
    MAIL_CHOSEN = "mail_chosen"
    MAIL_UNWANTED = "mail_unwanted"
    FLAG_ESCALATED = "flag_escalated"
    LETTER_OVERDUE = "letter_overdue"
    STEP_TICKED = "step_ticked"
    STEP_UNTICKED = "step_unticked"
    MEMBER_TOLD = "member_told"
    MESSAGE_READ = "message_read"
    CONTACT_ASKED = "contact_asked"
    CONTACT_GRANTED = "contact_granted"
    CONTACT_DENIED = "contact_denied"
    CONTACT_OPENED = "contact_opened"
    CONTACT_SEEN = "contact_seen"
    PAGE_REPORTED = "page_reported"
    PAGE_CHECKED = "page_checked"
    PAGE_CORRECTED = "page_corrected"
    CASE_HANDED_ON = "case_handed_on"
    FLAG_RETURNED = "flag_returned"
    STORY_LINKED = "story_linked"
    STORY_LEFT = "story_left"
    STORY_RESTORED = "story_restored"
    CASE_MERGED = "case_merged"
    CASE_UNMERGED = "case_unmerged"
    MEMBER_ASKED = "member_asked"
    INQUIRY_TAKEN_BACK = "inquiry_taken_back"
    MEMBER_REPLIED = "member_replied"
    MEMBER_SILENT = "member_silent"
    REPLY_OPENED = "reply_opened"
    REPLY_SETTLED = "reply_settled"
    COMMENT_WRITTEN = "comment_written"
    COMMENT_RESOLVED = "comment_resolved"
    COLLEAGUE_ASKED = "colleague_asked"
    END_ANNOUNCED = "end_announced"
    LETTER_KEPT = "letter_kept"
    LETTER_ENDED = "letter_ended"
    ORIGINAL_ENDED = "original_ended"
    HOLD_ASKED = "hold_asked"
    HOLD_AGREED = "hold_agreed"
    HOLD_ENDED = "hold_ended"
    RULE_TRIED = "rule_tried"
    RULE_PROPOSED = "rule_proposed"
    RULE_CONFIRMED = "rule_confirmed"
    RULE_REFUSED = "rule_refused"
    RULE_SWITCHED = "rule_switched"
    PLAYBOOK_WORDED = "playbook_worded"
    LINE_PROPOSED = "line_proposed"
    LINE_CONFIRMED = "line_confirmed"
    LINE_REFUSED = "line_refused"
    LINE_DELETED = "line_deleted"


# About the house, not about a letter: in no case's trail, and told to no member.
OF_THE_HOUSE = frozenset(kind for kind in Kind if kind.startswith(("rule_", "playbook_", "line_")))


def record(
    kind: Kind | str,
    *,
    case: Case | None,
    by: User | None,
    from_state: str = "",
    remark: str = "",
    data: Mapping[str, object] | None = None,
    mail: Wish = AS_IT_IS,
) -> Event:
    """Write one line of the trail, in the caller's transaction. `by=None` is the service itself (schedules, scans);
    `case=None`: it is about the house, not about a letter.

    `data` takes ids and codes, never words of a letter; words a person typed go into `remark`, encrypted.
    `mail`: what the actor wants of the mail that tells the member of it.
    """
    event = Event.objects.create(
        kind=Kind(kind),
        case=case,
        actor=by,
        actor_role=_acting_as(by),
        from_state=from_state,
        to_state=case.state if case and from_state else "",
        data=dict(data or {}),
    )
    if remark.strip():
        Remark.objects.create(event=event, text=remark.strip())
    if any(mail):
        MailWish.objects.create(event=event, added=mail.added, why_not=mail.why_not)
    return event


def flags_named(data: Mapping[str, Any]) -> list[int]:
    """The flags that an event is about; calls of earlier releases were about one flag each."""
    found: list[int] = data.get("flags") or ([data["flag"]] if "flag" in data else [])
    return found


def _acting_as(person: User | None) -> str:
    if person is None:
        return "service"
    return "+".join(sorted(person.roles))
