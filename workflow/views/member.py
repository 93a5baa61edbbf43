"""Members follow their own letters: where each is, the answer, who else may read it, and how to take it back."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from qa.differences import word_changes
from qa.models import Audience, Danger, Publication

from .. import policies, queues
from ..actions import intake, publication
from ..actions.playbook import note_reading
from ..decorators import member_page, person
from ..forms.asking import ReplyForm
from ..forms.member import CHANGE, ConsentForm
from ..models import Case, Inquiry
from ..states import BEFORE_AN_ANSWER, Act, State, Step
from ..transitions import Refused, Seen

DECIDED = {
    Audience.PUBLIC: _("Thank you. You said that anyone may read it."),
    Audience.MEMBERS: _("Thank you. You said that people who have signed in here may read it."),
    Audience.PRIVATE: _("It stays private. Only you can read it. You can change your mind any time."),
    CHANGE: _("Thank you. We look at it and ask you again. Until then nobody else can read it."),
}
NOT_NOW = _(
    "We are looking at this answer once more, so the words may change. On your page here you see when it is ready."
)
_UNFINISHED = "unfinished"  # in the address: say what is missing


@member_page
@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    """Every letter of this member, newest first."""
    return render(request, "workflow/member/my_cases.html", {"cases": queues.of_member(person(request))})


@member_page
@require_safe
def status(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a letter is now, since when, what happens next and what one can do."""
    return status_page(request, own_case(request, public_id))


def status_page(request: HttpRequest, case: Case, **typed: Any) -> HttpResponse:
    """The page; `typed` brings back a refused reply: reply_form, reply_to, and what was kept in another window."""
    who = person(request)
    if queues.has_unread(who, case):
        note_reading(case_id=case.pk, by=who)
    letter, may_read = queues.own_letter(who, case), policies.may(who, Act.READ_ANSWER, case)
    is_urgent = case.is_pressing or letter.danger != Danger.NO
    is_unread = case.first_read_at is None and case.state in BEFORE_AN_ANSWER and not may_read
    context = {
        **typed,
        "asked": [(one, _reply_form(one, typed)) for one in queues.asked_of(who, case)],
        "case": case,
        "letter": letter,
        "is_urgent": is_urgent,
        "is_unread": is_unread,
        "is_late": is_unread and queues.is_reading_late(case, is_urgent=is_urgent),
        "page": _public_page(case) if case.state == State.PUBLISHED else None,
        "reply": case.consents.filter(void_at__isnull=True).first(),
        "may_read": may_read,
        "may_decide": policies.may(who, Act.CONSENT, case),
        "may_unpublish": policies.may(who, Step.UNPUBLISH, case),
        "may_withdraw": policies.may(who, Step.WITHDRAW, case),
        "may_choose_mail": policies.may(who, Act.CHOOSE_MAIL, case),
    }
    return render(request, "workflow/member/status.html", context, status=422 if typed else 200)


def _reply_form(inquiry: Inquiry, typed: dict[str, Any]) -> ReplyForm | None:
    """The form for a reply while one is taken: as it was refused, or with what was typed so far."""
    if not inquiry.takes_reply:
        return None
    if typed.get("reply_to") == inquiry.pk:
        return cast(ReplyForm, typed["reply_form"])
    return ReplyForm(initial={"text": inquiry.unsent, "knows": inquiry.unsent_version})


@member_page
@require_safe
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The private answer, with the question as others would see it."""
    case = own_case(request, public_id)
    if not policies.may(person(request), Act.READ_ANSWER, case):
        return redirect("workflow:status", public_id)
    may_decide = policies.may(person(request), Act.CONSENT, case)
    context = {"case": case, "page": Publication(**publication.page_words(case)), "may_decide": may_decide}
    return render(request, "workflow/member/answer.html", context)


@member_page
def consent(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page as it would appear, what was changed in the letter, and the member's decision."""
    case = own_case(request, public_id)
    is_sent = request.method == "POST"
    form = ConsentForm(request.POST if is_sent else _unfinished(request))
    if is_sent and form.is_valid():
        return _decide(request, case, form)
    if is_sent and not request.POST.get("wish", "").strip():
        # A page that can be come back to; with words typed it is the answer to the POST, which alone has them.
        return redirect(f"{request.path}?{urlencode({_UNFINISHED: request.POST.get('choice', '')[:20]})}")
    if policies.why_not(person(request), Act.CONSENT, case):
        return redirect("workflow:status", public_id)
    context = {
        "case": case,
        "form": form,
        "page": Publication(**publication.page_words(case)),
        "page_hash": case.page_hash(),
        "seen": Seen.of(case),
        "goes_on": queues.own_letter(person(request), case).story is not None,
        "reply": case.consents.filter(void_at__isnull=True).first(),
        "changes": word_changes(queues.own_letter(person(request), case).text, case.question.text),
    }
    return render(request, "workflow/member/consent.html", context)


def _unfinished(request: HttpRequest) -> dict[str, str] | None:
    """What was chosen when a form without a word in it was refused, to say again what is missing."""
    return {"choice": request.GET[_UNFINISHED]} if _UNFINISHED in request.GET else None


def _decide(request: HttpRequest, case: Case, form: ConsentForm) -> HttpResponse:
    who, choice = person(request), form.cleaned_data["choice"]
    if not policies.may(who, Act.CONSENT, case):
        raise Refused(
            str(NOT_NOW) if case.state != State.PUBLISHED else gettext("The page is public already."), case=case
        )
    if choice == CHANGE:
        publication.suggest_change(case_id=case.pk, by=who, wish=form.cleaned_data["wish"])
    elif choice == Audience.PRIVATE:
        publication.refuse_consent(case_id=case.pk, by=who)
    else:
        shown = request.POST.get("page_hash", "")
        extra = {name: form.cleaned_data[name] for name in ("may_index", "has_teaser")}
        publication.consent(case_id=case.pk, by=who, page_hash=shown, audience=choice, **extra)
    messages.success(request, DECIDED[choice])
    return redirect("workflow:status", case.public_id)


@member_page
def unpublish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the public page down at once; the private answer stays."""
    case = own_case(request, public_id)
    if not policies.may(person(request), Step.UNPUBLISH, case):
        return redirect("workflow:status", public_id)
    if request.method != "POST":
        return render(request, "workflow/member/unpublish.html", {"case": case, "page": _public_page(case)})
    publication.unpublish(case_id=case.pk, by=person(request), seen=None, reason="The member took it down.")
    messages.success(request, gettext("The page is down. Only you can read your answer now."))
    return redirect("workflow:status", public_id)


@member_page
@require_POST
def choose_mail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whether it is safe to write to the member about this letter; can be changed any time."""
    case = own_case(request, public_id)
    intake.choose_mail(case_id=case.pk, by=person(request), may_mail=request.POST.get("mail") == "yes")
    messages.success(request, gettext("Saved."))
    return redirect("workflow:status", public_id)


@member_page
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a letter back: asked once, with what is erased and what stays."""
    case = own_case(request, public_id)
    if not policies.may(person(request), Step.WITHDRAW, case):
        return redirect("workflow:status", public_id)
    if request.method != "POST":
        return render(request, "workflow/member/withdraw.html", {"case": case})
    intake.withdraw(case_id=case.pk, by=person(request))
    messages.success(request, gettext("Your letter is taken back, and its words are erased."))
    return redirect("workflow:status", public_id)


def own_case(request: HttpRequest, public_id: str) -> Case:
    return get_object_or_404(queues.of_member(person(request)), public_id=public_id)


def _public_page(case: Case) -> Publication | None:
    return Publication.objects.filter(question=case.question, withdrawn_at__isnull=True).first()
