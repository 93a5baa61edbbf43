"""Approving the own answer: only in an emergency, only with a reason, never for readers, and every lead hears of it."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import RoleGrant
from accounts.roles import Role
from notifications.models import Category, Message
from notifications.outbox import fan_out
from qa.models import Publication
from tests.cast import ANSWER, again, make_case, signed_in
from tests.races.test_races import ROUNDS, assert_one_winner, at_once
from workflow import policies
from workflow.actions import alone, answering, publication, review, triage
from workflow.events import Kind
from workflow.forms.review import CHECKS
from workflow.models import Case
from workflow.states import Act, State, Step
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once

WHY = "It is three in the morning, nobody replies, and he has stopped breathing twice."
SAFE = (
    f"{ANSWER}<p>Call 911 now. Give naloxone. Stay with him until help comes, and put him on his side. "
    "Do not leave him alone. You can call Poison Control too.</p>"
)


def drafted_by_mora(cast, *, danger="yes", audience="public"):
    """An answer of mora's, who moderates too, in review; with an emergency open that mo has taken on."""
    case = make_case(cast, state=State.TRIAGED, danger=danger, audience=audience)
    triage.assign(case_id=case.pk, by=cast.mo, expert=cast.mora)
    return answering.submit_draft(case_id=case.pk, by=cast.mora, body=SAFE, based_on=0, seen=None)


def approve_alone(case, by, reason=WHY, seen=None):
    return alone.approve_alone(case_id=case.pk, by=by, seen=seen, reason=reason, checked=CHECKS)


def at(name, case):
    return reverse(f"workflow:{name}", args=[case.public_id])


def heard(template):
    fan_out()
    found = Message.objects.filter(template=template).select_related("person")
    return [(message.person.called if message.person else "the member", message.category) for message in found]


@pytest.mark.parametrize(("path", "said"), [("", "no colleague is there"), ("/es", "no hay nadie más del equipo")])
def test_the_page_about_us_tells_of_it(cast, path, said):
    assert policies.may(cast.mora, Step.APPROVE_ALONE, drafted_by_mora(cast))
    assert said in Client().get(path + reverse("qa:about")).content.decode()


def test_it_delivers_the_answer_on_one_word_and_every_lead_is_told(cast):
    case = approve_alone(drafted_by_mora(cast), cast.mora)
    assert (case.state, case.approved_by_id, case.approved_alone) == (State.REVIEWED, cast.mora.pk, True)
    event = case.events.get(kind=Kind.ANSWER_APPROVED_ALONE)
    assert (event.actor_id, event.remark.text, event.data["checked"]) == (cast.mora.pk, WHY, sorted(CHECKS))
    assert not case.events.filter(kind=Kind.ANSWER_APPROVED).exists()
    assert heard("work_alone") == [("Ada", Category.SAFETY)]
    assert Message.objects.filter(template="ready", event=event, person=None).count() == 1
    assert "Choose a calm hour" in signed_in(cast.rosa).get(at("my_answer", case)).content.decode()


def test_every_moderator_is_told_where_the_only_lead_is_who_decided(cast):
    RoleGrant.objects.filter(role=Role.ADMINISTRATOR).update(user=cast.mora)
    approve_alone(drafted_by_mora(cast), cast.mora)
    told = {name for name, _ in heard("work_alone")}
    assert cast.mo.called in told and cast.mora.called not in told and cast.ada.called not in told


@pytest.mark.parametrize("reason", ["", "   ", "short", "x" * 1_001])
def test_it_takes_no_step_without_a_reason(cast, reason):
    case = drafted_by_mora(cast)
    with pytest.raises(Refused, match=r"reason|nobody else"):
        approve_alone(case, cast.mora, reason)
    assert again(case).state == State.DRAFTED


def test_it_is_only_for_an_emergency(cast):
    case = drafted_by_mora(cast, danger="no")
    with pytest.raises(Refused, match="No emergency is open"):
        approve_alone(case, cast.mora)


@pytest.mark.parametrize("who", ["rosa", "bela", "erin", "theo", "mo", "dana", "ada"])
def test_it_is_for_nobody_but_who_wrote_the_answer_and_moderates(cast, who):
    case = drafted_by_mora(cast)
    with pytest.raises(Refused, match=r"who wrote the answer|cannot be done now"):  # members learn of no role
        approve_alone(case, getattr(cast, who))


def test_it_is_not_for_an_expert_nor_for_a_moderator_who_answers_no_more(cast):
    case = make_case(cast, state=State.DRAFTED, danger="yes")
    with pytest.raises(Refused):
        approve_alone(case, cast.erin)
    other = drafted_by_mora(cast)
    RoleGrant.objects.filter(user=cast.mora, role=Role.EXPERT).delete()
    with pytest.raises(Refused):
        approve_alone(other, type(cast.mora).objects.get(pk=cast.mora.pk))


def test_it_gives_way_to_a_colleague_who_is_at_the_review(cast):
    case = drafted_by_mora(cast)
    review.start(case_id=case.pk, by=cast.dana)
    with pytest.raises(Refused, match="nobody else is at the review"):
        approve_alone(case, cast.mora)


def test_it_skips_a_second_pair_of_eyes_and_no_other_check(cast):
    case = drafted_by_mora(cast)
    assert set(policies.TO_APPROVE) < set(policies.STEP_RULES[Step.APPROVE_ALONE].needs)
    assert policies.STEP_RULES[Step.APPROVE].needs == policies.TO_APPROVE
    flag = case.flags.first()
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="They are safe.")
    with pytest.raises(Refused, match="No emergency"):
        approve_alone(case, cast.mora)


@pytest.mark.both
def test_it_never_reaches_readers_before_a_second_person_has_approved_it(cast):
    case = approve_alone(drafted_by_mora(cast), cast.mora)
    terms = {"case_id": case.pk, "page_hash": case.page_hash(), "audience": "public"}
    assert not policies.may(cast.rosa, Act.CONSENT, case)
    with pytest.raises(Refused):
        publication.consent(by=cast.rosa, **terms)
    assert policies.READ_BY_TWO.sentence in policies.unmet_needs(Step.PUBLISH, case)
    assert policies.READ_BY_TWO in policies.rule_for(Act.SCHEDULE).needs
    for change in ({"state": State.PUBLISHED}, {"publish_at": case.approved_at, "publish_by": cast.mo}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**change)
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="I read it too.")
    case = review.approve(case_id=case.pk, by=cast.mo, seen=None)
    assert not case.approved_alone
    publication.consent(by=cast.rosa, **terms)
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    assert Publication.objects.count() == 1


def test_it_stands_on_the_case_its_history_and_the_review(cast):
    case = approve_alone(drafted_by_mora(cast), cast.mora)
    mo = signed_in(cast.mo)
    page = mo.get(at("case", case)).content.decode()
    assert "Mora wrote it and approved it alone, in an emergency." in page
    assert "approved it alone, in an emergency; all leads were told" in page
    assert WHY in page
    assert "Read it too: one person alone approved it" in page
    assert WHY in mo.get(at("review", case)).content.decode()
    assert "They have not been asked yet." in mo.get(at("preview", case)).content.decode()
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="I read it too.")
    assert "Mora wrote it and approved it alone" not in mo.get(at("case", case)).content.decode()


def test_a_second_person_reads_it_and_it_stands_by_one_press(cast):
    case = approve_alone(drafted_by_mora(cast), cast.mora)
    mora, mo = signed_in(cast.mora), signed_in(cast.mo)
    assert at("confirm_answer", case) not in mora.get(at("review", case)).content.decode()
    assert mora.post(at("confirm_answer", case), {"seen": str(Seen.of(case))}).status_code == 409, "never their own"
    page = mo.get(at("review", case)).content.decode()
    assert "I read it, and it stands" in page
    assert "Something still waits for your choice." in page, "the mail that asks the member"
    assert mo.post(at("confirm_answer", case), {"seen": str(Seen.of(case))}).status_code == 302
    case = again(case)
    assert (case.state, case.approved_alone, case.approved_by) == (State.REVIEWED, False, cast.mo)
    event = case.events.get(kind=Kind.ANSWER_CONFIRMED)
    assert (event.actor, event.data) == (cast.mo, {"first": cast.mora.pk})
    assert "approved it alone" not in mo.get(at("review", case)).content.decode()
    assert heard("undecided") == [("the member", Category.LETTER)]
    publication.consent(by=cast.rosa, case_id=case.pk, page_hash=case.page_hash(), audience="public")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    with pytest.raises(Refused, match="This step is for a case that is"):
        alone.confirm(case_id=case.pk, by=cast.dana, seen=None)


def test_what_two_have_read_is_not_read_again(cast):
    case = make_case(cast, state=State.REVIEWED)
    with pytest.raises(Refused, match="A second person has read this answer already"):
        alone.confirm(case_id=case.pk, by=cast.dana, seen=None)


def test_it_is_offered_on_the_review_to_the_author_and_loses_nothing_typed(cast):
    case = drafted_by_mora(cast)
    assert "approve-alone" not in signed_in(cast.mo).get(at("review", case)).content.decode()
    mora = signed_in(cast.mora)
    assert at("approve_alone", case) in mora.get(at("review", case)).content.decode()
    typed = {"seen": str(Seen.of(case)), "reason": WHY, "checked": ["read"]}
    refused = mora.post(at("approve_alone", case), typed)
    assert refused.status_code == 422
    assert WHY in refused.content.decode()
    assert "Not ticked yet" in refused.content.decode()
    assert again(case).state == State.DRAFTED
    answer = mora.post(at("approve_alone", case), {**typed, "checked": list(CHECKS)}, follow=True)
    assert "all leads are told" in answer.content.decode()
    assert again(case).approved_alone


def test_it_shows_the_member_nothing_of_it_and_does_not_ask_them_yet(cast):
    case = approve_alone(drafted_by_mora(cast), cast.mora)
    rosa = signed_in(cast.rosa)
    for name in ("status", "my_answer"):
        page = rosa.get(at(name, case)).content.decode()
        assert "alone, in an emergency" not in page
        assert at("consent", case) not in page
        assert "Read by a second person" not in page
    assert "Only you can read this page." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.both
def test_it_has_one_winner_when_a_colleague_approves_at_once(cast, turn):
    case = drafted_by_mora(cast)
    results = at_once(
        lambda: approve_alone(case, cast.mora, seen=Seen.of(case)),
        lambda: review.approve(case_id=case.pk, by=cast.dana, seen=Seen.of(case)),
    )
    assert_one_winner(results)
    won = again(case)
    assert won.approved_alone == (won.approved_by_id == cast.mora.pk)
