"""Comments on an answer: who writes and reads them, that each is resolved first. None leaves: tests/house/test_markers.py."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications import outbox
from notifications.models import Message
from qa.encryption import EncryptedTextField
from qa.passages import Passage
from tests.cast import ANSWER, MARKER, QUESTION, again, make_case
from tests.workflow.test_notes import composed_of
from workflow.actions import answering, comments, intake, review
from workflow.actions.asked import ask_colleague
from workflow.events import Kind
from workflow.models import Comment
from workflow.models.comments import CommentKind
from workflow.needs import COMMENTS_RESOLVED
from workflow.states import State
from workflow.timeline import timeline_of
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once

WORD = "Quollwinkel"
PASSAGE = "Choose a calm hour."


@pytest.fixture
def drafted(cast):
    return make_case(cast, state=State.DRAFTED)


@pytest.fixture
def returned(cast, drafted):
    """Commented on twice, then sent back to erin."""
    comments.comment(case_id=drafted.pk, by=cast.mo, text=f"Which hour? {WORD}", about=Passage(PASSAGE))
    comments.comment(case_id=drafted.pk, by=cast.mo, text="Warm, thank you.")
    review.request_changes(case_id=drafted.pk, by=cast.mo, seen=None, comment="See the comments.")
    return again(drafted)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def page(person, name, case):
    client = Client()
    client.force_login(person)
    return client.get(at(name, case)).content.decode()


def submit(cast, case, body=ANSWER):
    now = again(case)
    return answering.submit_draft(
        case_id=case.pk, by=cast.erin, body=body, based_on=now.draft.number, seen=Seen.of(now)
    )


def test_it_marks_the_passage_and_shows_the_comment_beside_it(client, cast, drafted):
    client.force_login(cast.mo)
    response = client.post(at("comment", drafted), {"quote": PASSAGE, "text": "Which hour?"}, follow=True)
    html = response.content.decode()
    assert '<mark class="passage">Choose a calm hour.</mark><sup class="passage-number">1</sup>' in html
    assert "Which hour?" in html
    assert 'href="#passage-1"' in html
    assert "data-comment tabindex" in html
    comment = Comment.objects.get()
    assert (comment.quote, comment.revision, comment.by) == (PASSAGE, 1, cast.mo)
    sealed = {"text", "quote", "before", "after", "reply"}
    assert all(isinstance(Comment._meta.get_field(name), EncryptedTextField) for name in sealed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"quote": "Words of another answer", "text": "My long thought"}, "These words do not stand in the answer."),
        ({"quote": PASSAGE, "text": " "}, "Please write the comment first."),
        ({"quote": "x" * 501, "text": "My long thought"}, "Choose a shorter passage"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field_and_loses_nothing(client, cast, drafted, typed, says):
    client.force_login(cast.mo)
    response = client.post(at("comment", drafted), typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert says in html
    assert all(words in html for words in typed.values())
    assert not Comment.objects.exists()


def test_it_shows_them_to_the_expert_who_resolves_each_before_sending_it_again(client, cast, returned):
    client.force_login(cast.erin)
    html = client.get(at("write", returned)).content.decode()
    assert f"Which hour? {WORD}" in html
    assert PASSAGE in html
    assert "Each is resolved before the answer goes on" in html
    first, second = Comment.objects.all()
    with pytest.raises(Refused, match="A comment on the answer is still open"):
        submit(cast, returned)
    client.post(at("resolve_comment", returned, first.pk), {"reply": "After supper."})
    client.post(at("resolve_comment", returned, second.pk), {})
    assert submit(cast, returned).state == State.DRAFTED
    html = page(cast.mo, "review", returned)
    assert "After supper." in html
    assert "all resolved" in html
    assert '<mark class="passage">' not in html


def test_it_lets_nobody_approve_over_an_open_comment(cast, drafted):
    made = comments.comment(case_id=drafted.pk, by=cast.mo, text="One thing.")
    assert COMMENTS_RESOLVED.sentence in page(cast.dana, "review", drafted)
    with pytest.raises(Refused, match="A comment on the answer is still open"):
        review.approve(case_id=drafted.pk, by=cast.dana, seen=None)
    comments.resolve(case_id=drafted.pk, by=cast.mo, comment_id=made.pk)
    assert review.approve(case_id=drafted.pk, by=cast.dana, seen=None).state == State.REVIEWED


def test_it_says_when_the_passage_is_no_longer_in_the_text(cast, returned):
    answering.save_answer(case_id=returned.pk, by=cast.erin, body="<p>Something else altogether.</p>", based_on=1)
    assert "No longer in the text." in page(cast.erin, "write", returned)
    assert "Something else altogether." in page(cast.mo, "review", returned)


def test_it_keeps_the_first_resolution_when_pressed_twice(cast, returned):
    first = Comment.objects.first()
    for reply in ("Once.", "Twice."):
        comments.resolve(case_id=returned.pk, by=cast.erin, comment_id=first.pk, reply=reply)
    assert Comment.objects.get(pk=first.pk).reply == "Once."
    assert returned.events.filter(kind=Kind.COMMENT_RESOLVED).count() == 1


@pytest.mark.parametrize("who", ["erin", "theo", "mora", "ada", "rosa"])
def test_it_is_written_by_the_reviewer_only(cast, who):
    case = make_case(cast, state=State.DRAFTED)
    if who == "mora":
        review.start(case_id=case.pk, by=cast.mo)  # somebody else is at the review
    with pytest.raises(Refused):
        comments.comment(case_id=case.pk, by=getattr(cast, who), text="Hello")


def test_it_shows_and_resolves_nothing_of_another_case(client, cast, returned):
    client.force_login(cast.theo)
    assert client.post(at("resolve_comment", returned, Comment.objects.first().pk)).status_code == 404
    other = make_case(cast, state=State.TRIAGED)
    with pytest.raises(Refused):
        comments.resolve(case_id=other.pk, by=cast.erin, comment_id=Comment.objects.first().pk)
    assert not Comment.objects.filter(resolved_at__isnull=False).exists()


def test_it_stands_on_the_timeline_without_a_word_and_is_erased_with_the_letter(cast, returned):
    kinds = [entry.event.kind for entry in timeline_of(cast.mo, returned) if entry.event]
    assert kinds.count(Kind.COMMENT_WRITTEN) == 2
    assert "The answer was commented on" in page(cast.mo, "case", returned)
    assert WORD not in page(cast.mo, "case", returned)
    intake.withdraw(case_id=returned.pk, by=cast.rosa)
    assert not Comment.objects.exists()


def test_it_asks_as_often_for_many_comments_as_for_few(cast, drafted, client, django_assert_max_num_queries):
    client.force_login(cast.mo)
    comments.comment(case_id=drafted.pk, by=cast.mo, text="First.", about=Passage(PASSAGE))
    client.get(at("review", drafted))
    with django_assert_max_num_queries(70) as few:
        client.get(at("review", drafted))
    for _ in range(10):
        comments.comment(case_id=drafted.pk, by=cast.mo, text="More.", about=Passage(PASSAGE))
    with django_assert_max_num_queries(70) as many:
        client.get(at("review", drafted))
    assert len(many) == len(few)


@pytest.fixture
def asked(cast, drafted):
    """Back with erin, who asks theo."""
    review.request_changes(case_id=drafted.pk, by=cast.mo, seen=None, comment="See the comments.")
    return ask_colleague(case_id=drafted.pk, by=cast.erin, colleague=cast.theo, words=f"Is it too much? {WORD}")


def templates_for(person):
    outbox.fan_out()
    return {message.template for message in Message.objects.filter(person=person) if composed_of(message)}


def test_it_asks_a_colleague_who_reads_question_and_draft_and_comments(client, cast, asked):
    assert "work_asked" in templates_for(cast.theo)
    client.force_login(cast.theo)
    response = client.get(reverse("notifications:go", args=[asked.public_id]), follow=True)
    html = response.content.decode()
    assert response.redirect_chain[-1][0] == at("asked", asked)
    assert all(words in html for words in (QUESTION, PASSAGE, WORD, "Erin asks you"))
    assert MARKER not in html
    client.post(at("asked", asked), {"quote": PASSAGE, "text": f"For me, yes. {WORD}"})
    assert Comment.objects.get().kind == "colleague"
    assert "work_commented" in templates_for(cast.erin)
    assert f"For me, yes. {WORD}" in page(cast.erin, "write", asked)
    with pytest.raises(Refused, match="A comment on the answer is still open"):
        submit(cast, asked)
    comments.resolve(case_id=asked.pk, by=cast.erin, comment_id=Comment.objects.get().pk)
    assert submit(cast, asked).state == State.DRAFTED
    assert all(WORD not in composed_of(message) for message in Message.objects.all())


def test_it_stands_on_the_desk_of_who_is_asked_until_they_said_something(client, cast, asked):
    client.force_login(cast.theo)
    theirs = reverse("workflow:asked", args=[asked.public_id])
    assert theirs in client.get(reverse("workflow:answering")).content.decode()
    client.post(theirs, {"text": "It is just right."})
    assert theirs not in client.get(reverse("workflow:answering")).content.decode()
    client.force_login(cast.erin)
    assert theirs not in client.get(reverse("workflow:answering")).content.decode()


def test_it_opens_the_draft_to_nobody_who_was_not_asked_and_only_while_it_is_at_work(cast, asked):
    clients = {name: Client() for name in ("theo", "erin", "mo", "dana")}
    for name, client in clients.items():
        client.force_login(getattr(cast, name))
        assert client.get(at("asked", asked)).status_code == (200 if name == "theo" else 404), name
    assert clients["theo"].get(at("write", asked)).status_code == 404
    submit(cast, asked)
    review.approve(case_id=asked.pk, by=cast.mo, seen=None)
    assert clients["theo"].get(at("asked", asked)).status_code == 404
    with pytest.raises(Refused):
        comments.comment(case_id=asked.pk, by=cast.theo, text="Late", kind=CommentKind.COLLEAGUE)


def test_it_asks_only_from_the_desk_of_the_answer_and_only_colleagues(client, cast, asked):
    for who in (cast.theo, cast.mo, cast.rosa):  # the answer is with erin
        with pytest.raises(Refused):
            ask_colleague(case_id=asked.pk, by=who, colleague=cast.dana)
    for whom in (cast.rosa, cast.ada, cast.erin):
        with pytest.raises(Refused, match="Choose a colleague"):
            ask_colleague(case_id=asked.pk, by=cast.erin, colleague=whom)
    client.force_login(cast.erin)
    refused = client.post(at("ask_colleague", asked), {"colleague": "", "words": "My long question"})
    assert refused.status_code == 422
    assert "My long question" in refused.content.decode()
    client.post(at("ask_colleague", asked), {"colleague": cast.dana.pk})
    assert "A colleague asks for your comment" in page(cast.dana, "case", asked)
    assert asked.events.filter(kind=Kind.COLLEAGUE_ASKED).count() == 2
