"""Publication: the page as it will appear, the consent in words, now or later, and down again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qa.models import Audience, Publication
from tests.cast import again, make_case, topic
from workflow.actions import publication, review, triage
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once


@pytest.fixture
def mo(client, cast):
    client.force_login(cast.mo)
    return client


@pytest.fixture
def reviewed(cast):
    return make_case(cast, state=State.REVIEWED)


@pytest.fixture
def agreed(cast, reviewed):
    publication.consent(case_id=reviewed.pk, by=cast.rosa, page_hash=reviewed.page_hash(), audience=Audience.PUBLIC)
    return again(reviewed)


def at(name, case):
    return reverse(f"workflow:{name}", args=[case.public_id])


def now(case):
    return {"seen": str(Seen.of(case)), "when": "now", "at": ""}


def later(case, at):
    return {"seen": str(Seen.of(case)), "when": "later", "at": at}


def in_hours(hours):
    return timezone.localtime(timezone.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def text_of(response):
    return response.content.decode()


def test_it_shows_the_page_as_it_will_appear(mo, agreed):
    html = text_of(mo.get(at("preview", agreed)))
    assert "This is how it will appear to anyone." in html
    assert "<h2>What you could say</h2>" in html
    assert "The letter · A mother" in html


def test_it_says_in_words_what_the_member_answered(mo, cast, reviewed):
    page = at("preview", reviewed)
    assert "No reply yet." in text_of(mo.get(page))
    publication.consent(case_id=reviewed.pk, by=cast.rosa, page_hash=reviewed.page_hash(), audience=Audience.MEMBERS)
    html = text_of(mo.get(page))
    assert "They agreed to exactly these words" in html
    assert "people who have signed in may read them" in html
    publication.suggest_change(case_id=reviewed.pk, by=cast.rosa, wish="Leave out the key.")
    assert "Leave out the key." in text_of(mo.get(page))
    publication.refuse_consent(case_id=reviewed.pk, by=cast.rosa)
    assert "They keep it private." in text_of(mo.get(page))


def test_it_names_what_is_missing_and_publishes_nothing(mo, reviewed):
    html = text_of(mo.get(at("preview", reviewed)))
    assert "The member has not agreed to exactly these words." in html
    assert at("publish", reviewed) not in html
    assert mo.post(at("publish", reviewed), now(reviewed)).status_code == 409
    assert not Publication.objects.exists()


def test_it_publishes_at_once(mo, agreed):
    response = mo.post(at("publish", agreed), now(agreed), follow=True)
    assert again(agreed).state == State.PUBLISHED
    assert Publication.objects.get().title == "When he comes home at night"
    assert "This is what readers see." in text_of(response)


def test_it_publishes_what_the_preview_showed(mo, agreed):
    shown = mo.get(at("preview", agreed)).context["page"]
    mo.post(at("publish", agreed), now(agreed))
    page = Publication.objects.get()
    for field in ("title", "label", "intro", "question_text", "answer_html", "answered_by", "audience", "answered_on"):
        assert getattr(shown, field) == getattr(page, field), field
    assert shown.reviewed_on == page.reviewed_on


def test_it_schedules_in_the_time_of_the_service(mo, cast, agreed):
    response = mo.post(at("publish", agreed), later(agreed, "2099-07-01T09:30"), follow=True)
    case = again(agreed)
    assert case.publish_at.isoformat() == "2099-07-01T13:30:00+00:00"  # summer time in New York
    assert "Wednesday, July 1, 2099, 9:30 AM" in text_of(response)
    form = mo.get(at("preview", case)).context["publishing"]
    assert (form["when"].value(), str(form["at"]).count('value="2099-07-01T09:30"')) == ("later", 1)
    mo.post(at("unschedule", case), {"seen": str(Seen.of(case))})
    assert again(agreed).publish_at is None


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (lambda: in_hours(-2), "This time is already over."),
        (lambda: "", "Choose the day and time"),
        (lambda: "soon", "This is not a day and time."),
    ],
)
def test_it_refuses_a_time_that_is_over_or_none_beside_the_field(mo, agreed, when, sentence):
    value = when()
    response = mo.post(at("publish", agreed), later(agreed, value))
    assert response.status_code == 422
    assert sentence in str(response.context["publishing"].errors["at"])
    assert sentence in text_of(response)
    assert value in text_of(response)
    assert again(agreed).publish_at is None


def test_it_publishes_what_is_due_and_reports_what_cannot_be(mo, cast, agreed):
    mo.post(at("publish", agreed), later(agreed, in_hours(2)))
    words = {"title": "Another title", "label": "A mother", "intro": "", "text": "Another text of the question."}
    triage.save_question(
        case_id=agreed.pk, by=cast.mo, seen=None, words=words, topics=[topic()], confirm=True, ticked_by=cast.mo
    )
    assert again(agreed).publish_at is None
    assert "The member has not agreed to exactly these words." in text_of(mo.get(at("preview", agreed)))


def test_it_says_that_a_scheduled_publication_was_stopped(mo, cast, agreed):
    publication.schedule(case_id=agreed.pk, by=cast.mo, seen=None, at=timezone.now() + timedelta(hours=1))
    type(agreed).objects.filter(pk=agreed.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    agreed.consents.update(void_at=timezone.now())
    assert publication.publish_due() == 0
    html = text_of(mo.get(at("preview", agreed)))
    assert "The scheduled publication was stopped" in html
    assert "The member has not agreed to exactly these words." in html


def test_it_takes_a_page_down_only_with_a_reason(mo, cast):
    case = make_case(cast, state=State.PUBLISHED)
    seen = str(Seen.of(case))
    refused = mo.post(at("unpublish", case), {"seen": seen, "reason": ""})
    assert refused.status_code == 422
    assert "Please say why" in text_of(refused)
    response = mo.post(at("unpublish", case), {"seen": seen, "reason": "A neighbor recognized them."}, follow=True)
    assert again(case).state == State.REVIEWED
    assert Publication.objects.get().withdrawn_at is not None
    assert "Taken down" in text_of(response)


def test_it_says_that_an_agreement_ended_with_the_words(mo, cast, agreed):
    review.reopen(case_id=agreed.pk, by=cast.mo, seen=None, reason="A wrong number")
    assert "They have not been asked yet." in text_of(mo.get(at("preview", agreed)))


@pytest.mark.parametrize("state", [state for state in State if state != State.WITHDRAWN])
def test_it_shows_a_page_for_a_case_in_any_state(mo, cast, state):
    assert mo.get(at("preview", make_case(cast, state=state))).status_code == 200


# ---- the address --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("When he comes home", "when-he-comes-home"),
        (
            "My brother hid his drinking for years and now our mother wants us all to look away",
            "my-brother-hid-his-drinking-for-years-and-now-our-mother-wants-us-all",
        ),
        ("a" * 64 + " whole", "a" * 64 + "-whole"),
        ("a" * 65 + " whole", "a" * 65),
        ("a" * 120, "a" * 70),
        ("¿?", "letter"),
    ],
)
def test_it_cuts_an_address_at_a_word(db, title, slug):
    assert Publication.free_slug(title) == slug


def test_it_is_gone_everywhere_in_the_next_request_after_one_click(mo, cast):
    other, gone = make_case(cast, state=State.PUBLISHED), make_case(cast, state=State.PUBLISHED)
    page, neighbor = gone.question.publication, other.question.publication
    Publication.objects.filter(pk=page.pk).update(may_index=True)  # so that the sitemap has it
    lists = [reverse(f"qa:{name}") for name in ("home", "topics", "atom", "json_feed", "api_publications", "search")]
    lists += [reverse("qa:sitemap_part", args=[page.pk // 10_000]), neighbor.get_absolute_url()]
    lists[5] += "?q=home"
    reader = Client()
    before = {url: reader.get(url) for url in [page.get_absolute_url(), *lists]}
    assert [url for url in lists[2:] if page.slug not in before[url].text] == []
    mo.post(at("unpublish", gone), {"seen": str(Seen.of(again(gone))), "reason": "A neighbor recognized them."})
    for url in [page.get_absolute_url(), *lists]:
        tag = {"If-None-Match": before[url].headers["ETag"]} if "ETag" in before[url].headers else {}
        after = reader.get(url, headers=tag)
        if url == page.get_absolute_url():
            assert after.status_code == 410
        elif page.slug in before[url].text:
            assert after.status_code == 200, "never 304: the list is another one now"
        assert page.slug not in after.text
    assert reader.get(reverse("qa:api_publication", args=[page.slug])).status_code == 410
