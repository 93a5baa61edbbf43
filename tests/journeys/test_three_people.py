"""The main job in three real browsers: one letter from a member's first code by mail to an answer that a reader finds.

Mail is real too: the outbox is delivered over SMTP to a server of the test, and codes are read from what arrived.
"""

import re
import socket
import time

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from notifications.tasks import sweep
from tests.accounts.test_second_step import code_at, has_an_app
from tests.cast import topic
from tests.faults.sink import Post, Sink
from workflow.models import Case, Event
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
PASSWORD = "a lamp in the window"
MEMBER = "hannelore@people.example"
LETTER = (
    "my daughter Wilhelmina is 29 and she came home from the program in Worcester on Tuesday. "
    "she sleeps all day and I do not know whether to wake her. I walk past her door with the laundry and listen. "
    "my husband says leave her be. what would you do?"
)
QUESTION = (
    "My grown daughter came home from a treatment program some days ago. She sleeps all day and I do not know "
    "whether to wake her. I walk past her door with the laundry and listen. My husband says to leave her be."
)
TITLE = "She sleeps all day since she came home"
ANSWER = ["You are listening at a door, and that says a great deal.", "Sleep is how a body mends in the first weeks."]
REMARK = "Please add what she could say in the morning."


@pytest.fixture
def mail(settings):
    """A real mail server; `mail.to(address)` delivers what is due and gives the messages for one person."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = Sink()
    server = Post(sink, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    class Mail:
        def to(self, address):
            sweep()
            about_work = [message for message in sink.accepted if "on a device" not in text_of(message)]
            return [message for message in about_work if message["To"] == address]

        def all(self):
            sweep()
            return sink.accepted

    yield Mail()
    server.stop()


@pytest.fixture
def staff(cast):
    """mo and erin with a password, as staff have."""
    for person in (cast.mo, cast.erin):
        person.set_password(PASSWORD)
        person.save()
        has_an_app(person)
    topic()
    return cast


class Walk:
    """What each of the people does in their browser."""

    def __init__(self, url: str, mail) -> None:
        self.url = url
        self.mail = mail

    def open(self, tab: Page, name: str, *args) -> None:
        tab.goto(self.url + reverse(name, args=args))

    def sign_in_by_code(self, tab: Page, address: str) -> None:
        tab.locator("main [name=email]").fill(address)
        tab.get_by_role("button", name="Send me the code").click()
        expect(tab.get_by_role("heading", name="Type the code from the mail")).to_be_visible()
        code = re.search(r"\b(\d{6})\b", text_of(self.mail.to(address)[-1])).group(1)
        tab.locator("[name=code]").fill(code)
        tab.get_by_role("button", name="Sign in", exact=True).click()

    def sign_in_by_password(self, tab: Page, address: str) -> None:
        self.open(tab, "staff_login")
        tab.locator("main [name=login], main [name=email]").fill(address)
        tab.locator("main [name=password]").fill(PASSWORD)
        tab.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        tab.get_by_label("The code").fill(code_at(time.time()))
        tab.get_by_role("button", name="Go on").click()
        expect(tab.get_by_role("button", name="Sign out")).to_be_visible()

    def ask(self, tab: Page) -> None:
        self.open(tab, "qa:home")
        tab.get_by_role("link", name="Ask a question").first.click()
        self.sign_in_by_code(tab, MEMBER)
        expect(tab.get_by_role("heading", name="What is on your mind?")).to_be_visible()
        tab.get_by_label("No", exact=True).check()
        tab.get_by_label("Your letter").fill(LETTER)
        tab.get_by_label("Anyone, so that other families can find it").check()
        tab.get_by_role("button", name="Check your letter").click()
        expect(tab.get_by_text("she sleeps all day")).to_be_visible()
        tab.get_by_role("button", name="Send", exact=True).click()
        expect(tab.get_by_role("heading", name="We have your letter")).to_be_visible()

    def triage(self, tab: Page, case: Case) -> None:
        self.open(tab, "workflow:queue")
        tab.get_by_role("link", name=f"Case {case.pk}").click()
        tab.get_by_role("link", name="Open the letter").first.click()
        expect(tab.get_by_text("Wilhelmina").first).to_be_visible()
        decide_findings(tab)
        tab.get_by_label("Title").fill(TITLE)
        tab.get_by_label("The question", exact=False).last.fill(QUESTION)
        tab.get_by_label("Early recovery").check()
        tab.get_by_label("Could the son", exact=False).check()
        tab.get_by_role("button", name="Save and confirm").click()
        self.open(tab, "workflow:case", case.public_id)
        tab.get_by_role("button", name="Pass to the experts").click()

    def answer(self, tab: Page, case: Case, *lines: str) -> None:
        self.open(tab, "workflow:write", case.public_id)
        if tab.get_by_role("button", name="Take this question").count():
            tab.get_by_role("button", name="Take this question").click()
        expect(tab.get_by_text("laundry")).to_be_visible()
        assert "Wilhelmina" not in tab.content()
        editor = tab.get_by_role("textbox", name="Your answer")
        editor.press("Control+End")
        for line in lines:
            editor.press_sequentially(line)
            editor.press("Enter")
        tab.get_by_role("button", name="Send for review").click()
        expect(tab.get_by_role("button", name="Send for review")).to_be_hidden()

    def press(self, tab: Page, button: str) -> None:
        tab.get_by_role("button", name=button, exact=True).click()


def decide_findings(tab: Page) -> None:
    """Take every suggestion for what could identify the family, where the page makes some."""
    for name in ("Replace the rest", "Keep the hint"):
        button = tab.locator("#findings .found-all").get_by_role("button", name=name, exact=False)
        if button.count():
            button.first.click()
            expect(button).to_have_count(0)


def text_of(message) -> str:
    return message.get_body(preferencelist=("plain",)).get_content()


def becomes(case: Case, wanted: State) -> None:
    """The step of a press has happened (the browser does not wait for the server)."""
    end = time.monotonic() + 10
    while (state := Case.objects.get(pk=case.pk).state) != wanted:
        assert time.monotonic() < end, f"the case is {state}, not {wanted}"
        time.sleep(0.1)


def test_it_takes_a_letter_from_three_people_to_a_reader(
    page, second_page, third_page, open_page, staff, mail, live_server
):
    member, moderator, expert = page, second_page, third_page
    walk = Walk(live_server.url, mail)
    mo, erin = staff.mo.email, staff.erin.email

    walk.ask(member)
    case = Case.objects.get()
    becomes(case, State.SUBMITTED)
    assert len(mail.to(MEMBER)) == 2  # the code, and that the letter is here

    walk.sign_in_by_password(moderator, mo)
    walk.triage(moderator, case)
    becomes(case, State.TRIAGED)
    assert len(mail.to(MEMBER)) == 3

    walk.sign_in_by_password(expert, erin)
    walk.answer(expert, case, ANSWER[0])
    becomes(case, State.DRAFTED)
    assert len(mail.to(mo)) == 1  # ready for review

    walk.open(moderator, "workflow:review", case.public_id)
    moderator.get_by_label("What should change?").fill(REMARK)
    walk.press(moderator, "Return to the expert")
    becomes(case, State.TRIAGED)
    assert len(mail.to(erin)) == 1

    walk.open(expert, "workflow:write", case.public_id)
    expect(expert.get_by_text(REMARK)).to_be_visible()
    walk.answer(expert, case, ANSWER[1])
    becomes(case, State.DRAFTED)
    assert len(mail.to(mo)) == 2
    walk.open(moderator, "workflow:review", case.public_id)
    for line in moderator.get_by_role("checkbox").all():
        line.check()
    walk.press(moderator, "Approve the answer")
    becomes(case, State.REVIEWED)
    assert len(mail.to(MEMBER)) == 4

    walk.open(member, "workflow:my_answer", case.public_id)
    for line in ANSWER:
        expect(member.get_by_text(line)).to_be_visible()
    walk.open(member, "workflow:consent", case.public_id)
    expect(member.get_by_role("heading", name=TITLE)).to_be_visible()
    member.get_by_label("Yes, anyone may read it").check()
    walk.press(member, "Save my decision")
    expect(member.get_by_role("heading", name="May others read this?")).to_be_hidden()
    assert len(mail.to(mo)) == 3  # two reviews, and the member's yes

    walk.open(moderator, "workflow:preview", case.public_id)
    walk.press(moderator, "Publish")
    becomes(case, State.PUBLISHED)
    assert len(mail.to(MEMBER)) == 5
    assert len(mail.to(erin)) == 2

    reader = open_page(javascript=False)
    walk.open(reader, "qa:search")
    reader.get_by_role("main").get_by_role("searchbox").fill("daughter sleeps all day")
    reader.get_by_role("main").get_by_role("button").first.click()
    reader.get_by_role("link", name=TITLE).click()
    expect(reader.get_by_text(ANSWER[1])).to_be_visible()
    assert "Wilhelmina" not in reader.content()

    kinds = [kind for kind in Event.objects.order_by("id").values_list("kind", flat=True) if "question" not in kind]
    assert [kind for kind in kinds if kind not in {"letter_opened", "case_claimed", "finding_decided"}] == [
        "case_submitted", "case_triaged", "draft_submitted", "changes_requested", "draft_submitted",
        "answer_approved", "consent_given", "case_published",
    ]  # fmt: skip
    for message in mail.all():
        words = f"{message['Subject']} {text_of(message)}".lower()
        assert not re.search(r"wilhelmina|worcester|laundry|sleeps|treatment|daughter", words)
