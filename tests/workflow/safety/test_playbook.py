"""Whoever takes a danger on sees what to do, ticks what was done, and writes to the member without a word by mail."""

import re
from datetime import date

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.delivery import deliver
from notifications.outbox import announce_playbooks, fan_out
from qa.models import HelpLine
from qa.tongues import written_in
from tests.cast import again, make_case, signed_in
from workflow import queues
from workflow.actions import intake, playbook, triage
from workflow.models import Event, PlaybookWords, Remark
from workflow.safety.playbooks import LINE, all_playbooks, lines_named, playbook_for
from workflow.safety.words import Category
from workflow.transitions import Refused

pytestmark = pytest.mark.once

WORDS = "Please call 988 today. Quollwinkel."


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def unopened(cast):
    """One danger, taken on by mo, in a letter that nobody has opened."""
    made = make_case(cast, danger="yes")
    for flag in made.flags.all():
        triage.acknowledge_flag(case_id=made.pk, flag_id=flag.pk, by=cast.mo)
    return again(made)


@pytest.fixture
def case(cast, unopened):
    """The same, and mo has opened the letter."""
    triage.open_letter(case_id=unopened.pk, by=cast.mo)
    return again(unopened)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def first_flag(case):
    return case.flags.first()


def test_it_has_steps_and_words_for_every_kind_of_danger(cast):
    for category in Category:
        book = playbook_for(category)
        assert len({step.key for step in book.steps}) == len(book.steps) >= 3
        assert book.messages
        assert book.call[0] == "911"
    assert lines_named(*all_playbooks()) <= set(HelpLine.objects.values_list("key", flat=True))


def test_it_names_no_number_but_through_the_registry():
    for book in all_playbooks():
        for message in book.messages:
            assert "{" not in message.filled({key: f"Line {key}" for key in lines_named(*all_playbooks())})
            assert "{" not in message.filled({})
            assert "800" not in message.text


def test_it_shows_the_steps_to_who_took_it_on_and_not_before(cast):
    waiting = make_case(cast, danger="yes")
    client = signed_in(cast.mo)
    assert "What to do" not in client.get(at("case", waiting)).content.decode()
    flag = first_flag(waiting)
    page = client.post(at("acknowledge_flag", waiting, flag.pk), follow=True).content.decode()
    book = playbook_for(flag.category)
    assert f'id="steps-{flag.pk}"' in page
    assert all(step.text in page for step in book.steps)
    assert HelpLine.objects.get(key="911").number in page


def test_it_shows_the_steps_once_for_two_dangers_of_one_kind(cast, case):
    first = first_flag(case)
    kind = {name: getattr(first, name) for name in ("category", "severity", "subject", "timing")}
    second = triage.raise_flag(case_id=case.pk, by=cast.mo, **kind)
    triage.acknowledge_flag(case_id=case.pk, flag_id=second.pk, by=cast.mo)
    page = signed_in(cast.mo).get(at("case", case)).content.decode()
    assert page.count('<section class="playbook"') == 1
    assert f'<a href="#steps-{first.pk}">same kind of danger above</a>' in page


def test_it_keeps_who_ticked_a_step_and_when_once(cast, case):
    flag = first_flag(case)
    client = signed_in(cast.mo)
    for _ in range(2):
        client.post(at("tick_step", case, flag.pk), {"step": "read", "is": "done"})
    playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.dana, step="read")
    event = case.events.get(kind="step_ticked")
    assert (event.actor_id, event.data) == (cast.mo.pk, {"flag": flag.pk, "step": "read"})
    with CaptureQueriesContext(connection) as asked:
        assert "1 of" in client.get(at("case", case)).content.decode()
    assert sum("workflow_playbookwords" in one["sql"] for one in asked) == 2  # the steps, and how many are left
    client.post(at("tick_step", case, flag.pk), {"step": "read", "is": "open"})
    assert queues.ticked_in(cast.mo, case) == {}
    assert case.events.filter(kind="step_unticked").count() == 1


def test_it_ticks_nothing_of_a_closed_flag_of_another_list_or_that_waits(cast, case):
    flag = first_flag(case)
    with pytest.raises(Refused):
        playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="no-such-step")
    waiting = make_case(cast, danger="yes")
    with pytest.raises(Refused):
        playbook.tick_step(case_id=waiting.pk, flag_id=first_flag(waiting).pk, by=cast.mo, step="read")
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="Called them.")
    with pytest.raises(Refused):
        playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="read")
    with pytest.raises(Refused):
        playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.erin, step="read")


def test_nobody_says_that_a_letter_was_read_before_somebody_opened_it(cast, unopened):
    """A member read "We have read your letter" above "A person will read it"."""
    flag, client = first_flag(unopened), signed_in(cast.mo)
    book = playbook_for(flag.category)
    page = client.get(at("case", unopened)).content.decode()
    assert "Open the letter first. The message says that somebody has read it." in page
    assert "Send the message" not in page
    steps = page.split('<ol class="playbook__steps">')[1].split("</ol>")[0]
    assert 'value="read"' not in steps
    assert steps.count(f'<a href="{at("letter", unopened)}">Open the letter</a>') == 1
    assert steps.count("playbook__tick") == len(book.steps) - 1, "nothing else waits for it"
    for text in (WORDS, " "):
        refused = client.post(at("tell_member", unopened, flag.pk), {"text": text, "template": "danger"})
        assert refused.status_code == 409
        assert "Open the letter first." in refused.content.decode()
        assert text.strip() in refused.content.decode(), "nothing typed is lost"
    ticked = client.post(at("tick_step", unopened, flag.pk), {"step": "read", "is": "done"})
    assert ticked.status_code == 409
    with pytest.raises(Refused, match="Open the letter first"):
        playbook.tell_member(case_id=unopened.pk, flag_id=flag.pk, by=cast.mo, text=WORDS)
    assert not unopened.events.filter(kind__in=["member_told", "step_ticked"]).exists()
    assert client.post(at("tick_step", unopened, flag.pk), {"step": book.steps[-1].key}).status_code == 302
    client.get(at("letter", unopened))
    page = client.get(at("case", unopened)).content.decode()
    assert "Open the letter first" not in page
    client.post(at("tick_step", unopened, flag.pk), {"step": "read", "is": "done"})
    client.post(at("tell_member", unopened, flag.pk), {"text": WORDS, "template": "danger"})
    assert unopened.events.filter(kind="member_told").count() == 1
    told = signed_in(cast.rosa).get(at("status", unopened)).content.decode()
    assert WORDS.split(".")[1].strip() in told
    assert "A person will read it" not in told


def test_every_playbook_has_the_two_steps_that_the_machine_knows():
    for book in all_playbooks():
        assert book.has_step(playbook.READ)
        assert book.has_step(playbook.TELL)


def test_it_writes_to_the_member_on_their_page_and_not_a_word_by_mail(cast, case):
    flag = first_flag(case)
    signed_in(cast.mo).post(at("tell_member", case, flag.pk), {"text": WORDS, "template": "danger"})
    signed_in(cast.mo).post(at("tell_member", case, flag.pk), {"text": WORDS, "template": "danger"})
    mail.outbox.clear()
    while fan_out():
        pass
    deliver()
    sent = [one for one in mail.outbox if one.to == [cast.rosa.email] and "You have a message" in one.body]
    assert len(sent) == 1
    assert "Quollwinkel" not in sent[0].message().as_string()
    desk = signed_in(cast.mo).get(at("case", case)).content.decode()
    assert "They have not opened it yet" in desk
    assert "Quollwinkel" in signed_in(cast.rosa).get(at("status", case)).content.decode()
    signed_in(cast.rosa).get(at("status", case))
    assert case.events.filter(kind="message_read").count() == 1
    assert "They have opened it" in signed_in(cast.mo).get(at("case", case)).content.decode()
    assert (
        f'<a href="{HelpLine.objects.get(key="988").tel}">988</a>'
        in signed_in(cast.rosa).get(at("status", case)).content.decode()
    )
    for other in (cast.bela, cast.erin, cast.ada):
        assert signed_in(other).get(at("status", case)).status_code == 404


def test_the_step_to_write_ticks_itself_with_the_message_and_can_be_opened_again(cast, case):
    flag, client = first_flag(case), signed_in(cast.mo)
    client.post(at("tell_member", case, flag.pk), {"text": WORDS, "template": "danger"})
    assert list(queues.ticked_in(cast.mo, case)) == [(flag.pk, "tell")]
    assert "Mark as not done: Write to the member" in client.get(at("case", case)).content.decode()
    playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="tell", is_done=False)
    playbook.tell_member(case_id=case.pk, flag_id=flag.pk, by=cast.mo, text=WORDS)
    assert queues.ticked_in(cast.mo, case) == {}, "the same words once more are no new message"
    words = {"steps": "Only this.", "keys": "own-1"}
    playbook.word_playbook(key=playbook.playbook_now(flag.category).key, language="en", words=words, by=cast.ada)
    playbook.tell_member(case_id=case.pk, flag_id=flag.pk, by=cast.mo, text="More.")
    assert queues.ticked_in(cast.mo, case) == {}, "a list without that step has nothing to tick"


def test_it_sends_no_mail_to_who_asked_for_none(cast, case):
    intake.choose_mail(case_id=case.pk, by=cast.rosa, may_mail=False)
    page = signed_in(cast.mo).post(
        at("tell_member", case, first_flag(case).pk), {"text": WORDS, "template": "danger"}, follow=True
    )
    assert "no mail is sent" in page.content.decode()
    while fan_out():
        pass
    mail.outbox.clear()
    deliver()
    assert not [one for one in mail.outbox if one.to == [cast.rosa.email]]
    assert "Quollwinkel" in signed_in(cast.rosa).get(at("status", case)).content.decode()


def test_it_gives_back_a_message_that_cannot_be_sent(cast, case):
    flag = first_flag(case)
    long = "Hold on. " * 600
    page = signed_in(cast.mo).post(at("tell_member", case, flag.pk), {"text": long, "template": "danger"})
    assert page.status_code == 422
    shown = page.content.decode()
    assert "The message is too long" in shown
    assert shown.count("Hold on. ") >= 599
    assert not case.events.filter(kind="member_told").exists()


def test_it_leaves_out_a_help_line_whose_check_is_overdue_but_never_the_emergency_numbers(cast, case):
    HelpLine.objects.filter(key__in=["poison", "911"]).update(review_by=date(2020, 1, 1))
    page = signed_in(cast.mo).get(at("case", case)).content.decode()
    poison = HelpLine.objects.get(key="poison")
    assert f"{poison.name}: {poison.number}" not in page
    assert f"{HelpLine.objects.get(key='911').name}: 911" in page


def test_it_erases_the_message_when_the_letter_is_taken_back(cast, case):
    playbook.tell_member(case_id=case.pk, flag_id=first_flag(case).pk, by=cast.mo, text=WORDS)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert not Remark.objects.filter(event__kind="member_told").exists()
    assert "Quollwinkel" not in signed_in(cast.rosa).get(at("status", case)).content.decode()
    with pytest.raises(Refused):
        playbook.tell_member(case_id=case.pk, flag_id=first_flag(case).pk, by=cast.mo, text="Again.")


@pytest.mark.parametrize("page", ["case", "letter"])
def test_it_raises_a_flag_with_one_press_whatever_the_danger_is(cast, page):
    case = make_case(cast)
    client = signed_in(cast.mo)
    shown = client.get(at(page, case)).content.decode()
    form = shown[shown.index('class="danger-now') :]
    form = form[: form.index("</form>")]
    assert 'data-does="flag"' in form
    fields = dict(re.findall(r'name="(category|severity|subject|timing|note)" value="([^"]*)"', form))
    done = client.post(at("raise_flag", case), fields, follow=True)
    flag = case.flags.get()
    assert (flag.category, flag.severity, flag.source, flag.raised_by_id) == ("medical", "urgent", "person", cast.mo.pk)
    assert flag in queues.urgent_board(cast.dana)
    assert 'class="danger-now' not in done.content.decode()
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana)
    assert "Nobody knows yet what kind of danger it is" in client.get(at("case", case)).content.decode()


def test_it_says_the_same_to_members_in_spanish_with_the_same_help_lines():
    english, spanish = ({b.key: b for b in all_playbooks(language)} for language in ("en", "es"))
    for key, book in english.items():
        for ours, theirs in zip(book.messages, spanish[key].messages, strict=True):
            assert LINE.findall(ours.text) == LINE.findall(theirs.text), f"{key} {ours.key}"
            assert ours.text.count("•") == theirs.text.count("•")
            assert written_in(theirs.text) == "es"
            assert theirs.title not in {"", ours.title}, f"{key} {ours.key}"
        assert spanish[key].steps == book.steps


def test_it_writes_to_a_member_in_their_language_and_shows_the_desk_what_it_says(cast, case):
    cast.rosa.speak("es")
    page = signed_in(cast.mo).get(at("case", case)).content.decode()
    assert "They read Español" in page
    assert "<summary>Somebody may be in danger</summary>" in page, "the colleague reads English"
    edited = signed_in(cast.ada).get(reverse("workflow:playbook", args=["danger", "es"])).content.decode()
    assert '<h3 lang="es">Alguien puede estar en peligro</h3>' in edited
    assert "Acabamos de leer su carta." in page
    line = HelpLine.objects.get(key="988")
    assert f"{line.name_es or line.name}: {line.number_es or line.number}" in page
    assert "We have just read your letter. If somebody is in danger now" in page, "in English, for the colleague"
    assert "Read the whole letter now." in page, "the steps are for the desk"


def worded(client, book="danger", language="en", **changed):
    """The editor's form as it stands, with these fields typed over."""
    path = reverse("workflow:playbook", args=[book, language])
    form = client.get(path).context["form"]
    return client.post(path, {**{field.name: field.value() for field in form}, **changed})


def test_an_administrator_words_steps_and_messages_and_what_was_ticked_stays(cast, case):
    flag, ada, line = first_flag(case), signed_in(cast.ada), HelpLine.objects.get(key="911")
    playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="read")
    steps = [step.text for step in playbook_for(flag.category).steps]
    said = [steps[1], "Ring the bell.", steps[0].replace("whole letter", "letter, all of it,")]
    shown = worded(ada, steps="\n".join(said), message_danger="Call now:\n• {line:911}", look="1").content.decode()
    assert f"• {line.name}: {line.number}" in shown
    assert not PlaybookWords.objects.exists(), "only looked at"
    worded(ada, steps="\r\n".join(said), message_danger="Call now:\r\n• {line:911}")
    page = signed_in(cast.mo).get(at("case", case)).content.decode()
    assert "1 of 3 done" in page
    assert f"Call now:\n• {line.name}: {line.number}" in page
    assert steps[2] not in page
    own = PlaybookWords.objects.get().words["keys"].split()[1]
    assert (own[:4], PlaybookWords.objects.get().words["keys"].split()[2]) == ("own-", "read")
    playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step=own)
    with pytest.raises(Refused):
        playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="look-again")
    path = reverse("workflow:playbook", args=["danger", "en"])
    assert "<del>" in ada.get(path, {"with": "0"}).content.decode()
    first = PlaybookWords.objects.get()
    ada.post(path, {"reset": "1", "based_on": first.pk})
    assert PlaybookWords.objects.count() == 2
    assert steps[2] in signed_in(cast.mo).get(at("case", case)).content.decode()
    trail = Event.objects.filter(kind="playbook_worded", case=None, actor=cast.ada).order_by("pk")
    assert trail[0].data == {"template": "danger", "language": "en", "version": first.pk}
    assert trail.count() == 2
    mail.outbox.clear()
    for _ in range(2):
        announce_playbooks()
        deliver()
    sent = sorted(one.to[0] for one in mail.outbox if "changed the steps" in one.body)
    assert sent == sorted([cast.mo.email, cast.dana.email, cast.mora.email] * 2)


def test_moderators_see_word_by_word_what_was_changed_and_the_mail_leads_there(cast, django_assert_max_num_queries):
    word = {"key": "danger", "language": "en", "by": cast.ada}
    first = playbook_for(Category.UNREAD).words("en") | {"first": "Ring the bell of the house."}
    playbook.word_playbook(words=first, **word)
    playbook.word_playbook(words=first | {"first": "Ring the bell of the barn."}, **word)
    playbook.word_playbook(words={}, **word)
    announce_playbooks()
    mail.outbox.clear()
    deliver()
    links = {re.search(r"/go/[\w-]{24}/", one.body).group() for one in mail.outbox if one.to == [cast.mo.email]}
    assert len(links) == 3
    mo = signed_in(cast.mo)
    page = mo.get(links.pop(), follow=True)
    assert page.redirect_chain == [(reverse("workflow:playbook_changes"), 302)]
    newest, middle, oldest = page.content.decode().split('<section class="panel"')[1:]
    assert "Back to the shipped words" in newest
    assert re.search(r"<del>[^<]*barn\.</del>", newest)
    assert "<del> house.</del><ins> barn.</ins>" in middle
    assert re.search(r"<ins>[^<]*house\.</ins>", oldest)
    for person, status in ((cast.ada, 200), (cast.erin, 403), (cast.rosa, 404)):
        assert signed_in(person).get(reverse("workflow:playbook_changes")).status_code == status
    assert signed_in(cast.dana).get(links.pop()).status_code == 404, "somebody else's mail"
    assert reverse("workflow:playbook_changes") in mo.get(reverse("workflow:colleagues")).content.decode()
    with django_assert_max_num_queries(30):
        mo.get(reverse("workflow:playbook_changes"))


REFUSED = [
    ("message_danger", "Call {line:nobody}", "Nothing can be filled in for “{line:nobody}” here."),
    ("message_danger", "Dear {name}", "Nothing can be filled in for “{name}” here."),
    ("message_danger", "Call 988 today", "Write {line:988} instead of “988”"),
    ("message_danger", "Call (800) 222 1222 today", "Write {line:poison} instead: numbers come from the registry"),
    ("message_danger", "Call 555-010-9999 today", "Name the help line instead: numbers come from the registry"),
    *(("steps", f"Call {said}.", "Name the help line instead") for said in ("1–555—01‑99", "555·0199", "5_5, 5: 5/0")),
    ("message_danger", " ", "Members need these words."),
    ("steps", "Read it.\nCall 1-800-222-1222.", "Name the help line instead"),
    ("steps", "Say {line:988}.", "Write plain words."),
    ("steps", "x" * 301, "This step is too long"),
    ("steps", "\n".join(f"Step {n}." for n in range(16)), "Keep it to 15 steps."),
    ("first", "", "Write the one thing"),
]


def test_it_refuses_raw_numbers_and_what_nothing_can_fill_in_and_keeps_what_was_typed(cast):
    ada = signed_in(cast.ada)
    for field, words, sentence in REFUSED:
        response = worded(ada, **{field: words})
        assert response.status_code == 422, sentence
        assert sentence in response.content.decode().replace("&#x27;", "'")
        assert response.context["form"][field].value() == words
    assert not PlaybookWords.objects.exists()
    times = "Look from 9:00–17:30. Open 24/7, 365 days.\nAbout 10,000 people."
    assert worded(ada, steps=times).status_code == 302
    kept = all_playbooks.cache_info().currsize
    assert ada.get(reverse("workflow:playbook", args=["danger", "xx"])).status_code == 404
    assert all_playbooks.cache_info().currsize == kept, "nothing is kept of an address that somebody made up"


def test_no_two_steps_share_a_key_and_other_words_are_another_step():
    book = playbook_for(Category.SELF_HARM)
    first, own = "Ring the bell of the house twice.", book
    for lines in ([first], ["Ring the bell of the house now."], ["Ring the bell of the house now.", first]):
        own = own.saying({"steps": "\n".join(lines), "keys": " ".join(own.keys_for(lines))})
    assert len({step.key for step in own.steps}) == 2


def test_the_shipped_words_pass_the_editor_in_each_language(cast):
    ada = signed_in(cast.ada)
    for book in all_playbooks():
        for language in ("en", "es"):
            assert worded(ada, book.key, language).status_code == 302
    assert all(row.words == {} for row in PlaybookWords.objects.all()), (
        "typed again as they are: still the shipped ones"
    )


def test_a_row_written_past_the_form_stops_no_playbook(cast, case):
    for words in ({"steps": 7, "first": None, "keys": []}, {"steps": "One\nTwo", "keys": "a"}, ["x"], "x"):
        PlaybookWords.objects.create(template="danger", language="en", words=words, written_by=cast.ada)
        assert "Read the whole letter now." in signed_in(cast.mo).get(at("case", case)).content.decode()
        assert signed_in(cast.ada).get(reverse("workflow:playbook", args=["danger", "en"])).status_code == 200
