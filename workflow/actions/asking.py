"""Asking the member: a question about their letter pauses the case until they reply, or a week has passed.

What is asked passes the checks of an answer (who they are, harmful words); what is replied is read for danger and for
what identifies, as a letter is. Experts read a reply only after a moderator has passed it on (docs/adr/0014).
"""

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from qa.forms import tidy

from .. import events, queues
from ..events import Kind
from ..models import AS_IT_IS, Case, Inquiry, Wish
from ..models.inquiries import Ending
from ..models.pauses import PATIENCE
from ..states import BEFORE_AN_ANSWER, Act
from ..transitions import Refused, Seen, acting, door
from . import findings, scanning

ASK_CHARS, REPLY_CHARS, KEPT_CHARS = 2_000, 20_000, 100_000
NOT_NEEDED = _("We do not need this reply any more. Nothing was sent. What you typed is below.")


class KeptElsewhere(Refused):
    """The unsent reply was changed in another window. Both texts are kept and shown."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__("This reply was changed in another window. Nothing is lost: both are shown.")
        self.inquiry = inquiry


def doubts(case: Case, text: str) -> list[str]:
    """Why a text cannot go to the member as it is: words that identify, and words that could harm."""
    said = [f"“{words}” may tell who they are. Say it without." for words in _named_in(case, "answer", text)]
    blocks = [advice for advice in case.wording(f"<p>{escape(text)}</p>") if advice.is_block]
    return said + [f"“{advice.words}”: {advice.why} {advice.use}".strip() for advice in blocks]


def ask(*, case_id: int, by: User, text: str, seen: Seen | None = None, mail: Wish = AS_IT_IS) -> Inquiry:
    """Ask the member something. They hear of it by mail, without a word of it; the answer's clock stops."""
    text = _fitting(text, ASK_CHARS, "Write what you would like to know first.")
    with acting(case_id, Act.ASK_MEMBER, by=by, seen=seen) as case:
        if found := doubts(case, text):
            raise Refused(" ".join(found), case=case)
        inquiry = Inquiry.objects.create(case=case, text=text, asked_by=by)
        case.pause(inquiry.asked_at)
        case.renew_claim()
        _record(case, Kind.MEMBER_ASKED, by, inquiry, mail=mail)
    return inquiry


def take_back(*, case_id: int, by: User, inquiry_id: int) -> Inquiry:
    """The question is not needed any more: the member sees it no longer, the clock runs. Twice changes nothing."""
    with acting(case_id, Act.TAKE_BACK_INQUIRY, by=by) as case:
        inquiry = _inquiry(case, inquiry_id)
        if inquiry.ending == Ending.TAKEN_BACK:
            return inquiry
        if not inquiry.is_waiting:
            raise Refused("The member is not asked any more; there is nothing to take back.", case=case)
        inquiry.unsent = ""
        _end(case, inquiry, Ending.TAKEN_BACK)
        _record(case, Kind.INQUIRY_TAKEN_BACK, by, inquiry)
    return inquiry


def keep_unsent(*, case_id: int, by: User, inquiry_id: int, text: str, knows: int) -> int:
    """Keep what the member has typed so far. `knows`: the version their page began with. Returns the version now."""
    text = tidy(text)
    if len(text) > KEPT_CHARS:
        raise Refused(gettext("This is too long to be kept. Please shorten it; what you typed is still here."))
    with acting(case_id, Act.REPLY, by=by) as case:
        inquiry = _open_for_reply(case, inquiry_id)
        if text == inquiry.unsent:
            return inquiry.unsent_version
        if knows != inquiry.unsent_version:
            raise KeptElsewhere(inquiry)
        inquiry.unsent, inquiry.unsent_at = text, timezone.now()
        inquiry.unsent_version += 1
        inquiry.save()
    return inquiry.unsent_version


def reply(*, case_id: int, by: User, inquiry_id: int, text: str) -> Inquiry:
    """The member replies. Read for danger and for what identifies in the same transaction; a fault leaves it to a person."""
    text = _fitting(tidy(text), REPLY_CHARS, gettext("Write your reply first. A few words are enough."))
    with acting(case_id, Act.REPLY, by=by) as case:
        inquiry = _inquiry(case, inquiry_id)
        if inquiry.replied_at is not None and inquiry.reply == text:
            return inquiry  # pressed twice
        inquiry = _open_for_reply(case, inquiry_id)
        inquiry.reply, inquiry.unsent, inquiry.replied_at = text, "", timezone.now()
        inquiry.unsent_version += 1
        if inquiry.is_waiting:
            _end(case, inquiry, Ending.REPLIED)
        inquiry.save()
        findings.scan_reply(case, inquiry, story=queues.story_of(by), staff=queues.names_of_staff())
        scanning.read_words(case, text, "Read in the member’s reply to a question.")
        _record(case, Kind.MEMBER_REPLIED, by, inquiry)
    return inquiry


def open_reply(*, case_id: int, by: User, inquiry_id: int) -> Inquiry:
    """The reply as sent, for the moderator who takes out what identifies. Every opening is recorded."""
    with acting(case_id, Act.READ_LETTER, by=by) as case:
        inquiry = _replied(case, inquiry_id)
        events.record(Kind.REPLY_OPENED, case=case, by=by, data={"inquiry": inquiry.pk})
    return inquiry


def settle(*, case_id: int, by: User, inquiry_id: int, words: str, ticked_by: User | None) -> Inquiry:
    """Let the expert read the reply in these words: everything found is decided, and nothing in them identifies."""
    words = _fitting(tidy(words), REPLY_CHARS, "Write what the expert may read.")
    with acting(case_id, Act.SETTLE_REPLY, by=by) as case:
        inquiry = _replied(case, inquiry_id)
        if ticked_by != by:
            raise Refused("Read it once as somebody who knows them, then tick the box.", case=case)
        if inquiry.findings.filter(decision="").exists():
            raise Refused("Something that could identify the family is not decided yet. Decide it first.", case=case)
        if named := _named_in(case, "text", words):
            shown = ", ".join(f"“{one}”" for one in named)
            raise Refused(f"These words may still tell who they are: {shown}. Change them first.", case=case)
        inquiry.readable = words
        if inquiry.settled_at is None:
            inquiry.settled_at, inquiry.settled_by = timezone.now(), by
        inquiry.save()
        _record(case, Kind.REPLY_SETTLED, by, inquiry)
    return inquiry


def go_on_without() -> int:
    """A week without a reply: the clock runs again, and who asked is told. Returns how many. Safe to run twice."""
    late = Inquiry.objects.waiting().filter(asked_at__lte=timezone.now() - PATIENCE)
    return sum(_go_on(case_id, pk) for case_id, pk in list(late.values_list("case_id", "pk")))


def close(case: Case) -> None:
    """The case ends while the member is asked (the caller holds it): nothing is asked any more."""
    for inquiry in case.inquiries.waiting():
        inquiry.unsent = ""
        _end(case, inquiry, Ending.CLOSED)
        inquiry.save()


def _go_on(case_id: int, inquiry_id: int) -> int:
    with door(case_id) as case:
        inquiry = case.inquiries.waiting().filter(pk=inquiry_id).first()
        if inquiry is None or case.state not in BEFORE_AN_ANSWER:
            return 0
        _end(case, inquiry, Ending.SILENT)
        _record(case, Kind.MEMBER_SILENT, None, inquiry)
    return 1


def _end(case: Case, inquiry: Inquiry, ending: Ending) -> None:
    inquiry.ended_at, inquiry.ending = timezone.now(), ending
    inquiry.save()
    case.go_on()
    case.renew_claim()


def _record(case: Case, kind: Kind, by: User | None, inquiry: Inquiry, *, mail: Wish = AS_IT_IS) -> None:
    """`people`: who waits for the outcome, the one who asked and the one who answers."""
    case.version += 1
    case.save()
    people = sorted({inquiry.asked_by_id, case.expert_id or inquiry.asked_by_id})
    events.record(kind, case=case, by=by, data={"inquiry": inquiry.pk, "people": people}, mail=mail)


def _named_in(case: Case, field: str, text: str) -> list[str]:
    """The words in a text that may tell who they are, each once; looked at as strictly as that field is."""
    return list(dict.fromkeys(text[one.start : one.end] for _, one in case.identifiers_in({field: text})))


def _fitting(text: str, most: int, empty: str) -> str:
    if not text.strip():
        raise Refused(empty)
    if len(text) > most:
        raise Refused(
            gettext("Please use at most {most} characters. Nothing is lost: shorten it here.").format(most=f"{most:,}")
        )
    return text.strip()


def _inquiry(case: Case, inquiry_id: int) -> Inquiry:
    inquiry = case.inquiries.filter(pk=inquiry_id).first()
    if inquiry is None:
        raise Refused("That question is not part of this case.", case=case)
    return inquiry


def _open_for_reply(case: Case, inquiry_id: int) -> Inquiry:
    inquiry = _inquiry(case, inquiry_id)
    if inquiry.replied_at is not None:
        raise Refused(gettext("You have replied already. What you typed now was not sent; it is below."), case=case)
    if not inquiry.takes_reply:
        raise Refused(str(NOT_NEEDED), case=case)
    return inquiry


def _replied(case: Case, inquiry_id: int) -> Inquiry:
    inquiry = _inquiry(case, inquiry_id)
    if inquiry.replied_at is None:
        raise Refused("The member has not replied to this.", case=case)
    return inquiry
