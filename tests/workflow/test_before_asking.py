"""Before asking: similar answers after 200 characters, never before help; stories that go on, each part by itself."""

import logging

import pytest
from django.urls import reverse

from qa.models import LetterDraft, Publication
from tests.cast import LETTER, again, make_case, settle
from tests.qa.pages import publish
from workflow.actions import answering, intake, publication, review, triage
from workflow.models import Event
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once

CALM = (
    "My brother came home from jail on Monday. Before that he used heroin for two years. He is quiet and helps in the "
    "kitchen, and our mother cooks for him, and nobody talks about it. What do we say to him in the first days? "
    "He has a tolerance for noise that I never knew."
)


@pytest.fixture
def member(client, cast):
    client.force_login(cast.rosa)
    publish("Home from jail", number=1, question_text="My brother is out of jail. Heroin before that.")
    return client


def offered(client, text, danger="no"):
    response = client.post(reverse("workflow:similar"), {"text": text, "danger": danger})
    assert response.status_code == 200
    return "Home from jail" in response.content.decode()


def test_it_offers_similar_answers_with_a_reason(member):
    assert offered(member, CALM)
    text = member.post(reverse("workflow:similar"), {"text": CALM, "danger": "no"}).content.decode()
    assert "Also about: " in text
    assert 'target="_blank"' in text
    assert not offered(member, CALM[:150])


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_it_offers_nothing_before_help_when_somebody_is_in_danger(member, danger):
    assert not offered(member, CALM, danger)


def test_it_offers_nothing_while_the_words_themselves_call_for_help(member):
    assert not offered(member, CALM + " He says he wants to kill himself tonight and he has a gun.")


def test_it_keeps_nothing_of_what_was_typed(member, caplog):
    with caplog.at_level(logging.DEBUG):
        offered(member, CALM)
    assert not LetterDraft.objects.exclude(text="").exists()
    assert "tolerance" not in caplog.text
    assert not Event.objects.exists()


def draft(cast, text=CALM):
    return intake.save_draft(member=cast.rosa, text=text, danger="no", audience="public")


def test_it_offers_them_without_javascript_before_sending(member, cast):
    draft(cast)
    assert "Home from jail" in member.get(reverse("workflow:ask_check")).content.decode()


def send(member, cast, **more):
    draft(cast, LETTER)
    page = member.get(reverse("workflow:ask_check"))
    member.post(reverse("workflow:ask_check"), {"checked": str(page.context["checked"]), **more})
    return page


def test_it_goes_on_from_an_earlier_letter_when_the_member_says_so(member, cast):
    first = make_case(cast, state=State.PUBLISHED)
    page = send(member, cast, continues=first.public_id)
    assert "It continues my letter of" in page.content.decode()
    second = intake.queues.of_member(cast.rosa).exclude(pk=first.pk).get()
    assert second.letter.story is not None
    assert second.letter.story == again(first).letter.story == Publication.objects.get(question=first.question).story


@pytest.mark.parametrize("continues", ["", "nonsense", "of another"])
def test_it_stands_alone_otherwise(member, cast, continues):
    theirs = intake.submit_letter(by=cast.bela, text=LETTER, danger="no")
    send(member, cast, continues=theirs.public_id if continues == "of another" else continues)
    assert intake.queues.of_member(cast.rosa).get().letter.story is None
    assert again(theirs).letter.story is None


def published_follow_up(cast, first):
    case = intake.submit_letter(by=cast.rosa, text=LETTER, danger="no", audience="public", continues=first.letter_id)
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    settle(case, by=cast.mo)
    case = triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.erin)
    case = answering.submit_draft(
        case_id=case.pk, by=cast.erin, body="<p>The second answer.</p>", based_on=0, seen=Seen.of(case)
    )
    return review.approve(case_id=case.pk, by=cast.mo, seen=None)


def test_it_links_the_parts_only_when_each_has_its_consent_and_loses_none_with_another(client, cast):
    first = make_case(cast, state=State.PUBLISHED)
    second = published_follow_up(cast, first)
    one = Publication.objects.get(question=first.question)
    assert "More from this family" not in client.get(one.get_absolute_url()).content.decode()
    publication.consent(case_id=second.pk, by=cast.rosa, page_hash=second.page_hash(), audience="public")
    publication.publish(case_id=second.pk, by=cast.mo, seen=None)
    two = Publication.objects.get(question=second.question)
    assert two.get_absolute_url() in client.get(one.get_absolute_url()).content.decode()
    assert one.get_absolute_url() in client.get(two.get_absolute_url()).content.decode()
    intake.withdraw(case_id=first.pk, by=cast.rosa)
    text = client.get(two.get_absolute_url())
    assert text.status_code == 200
    assert "More from this family" not in text.content.decode()
    assert again(first).letter.story is None


def test_it_shows_the_expert_what_the_family_asked_before(client, cast):
    first = make_case(cast, state=State.PUBLISHED)
    second = published_follow_up(cast, first)
    client.force_login(cast.erin)
    text = client.get(reverse("workflow:write", args=[second.public_id])).content.decode()
    assert "What this family asked before" in text
    assert "Mikey" not in text
