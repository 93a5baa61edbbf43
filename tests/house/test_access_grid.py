"""The access grid: every address x every person x the expected answer. An address that is missing here fails the suite.

A stranger is sent to sign in (or sees the page, where it is public). Who is signed in but has no business there gets
404 on rows and on whole desks that are not theirs to know of; staff of another desk get 403.
"""

import re

import pytest
from django.conf import settings as in_force
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from config import settings
from notifications import heartbeat, unsubscribe
from notifications.models import About
from qa.models import Publication
from tests.cast import again, make_case, topic
from workflow.actions import answering, asking
from workflow.actions import asked as colleagues
from workflow.states import State

pytestmark = pytest.mark.once

PEOPLE = ["stranger", "rosa", "bela", "erin", "theo", "mo", "ada"]
SIGN_IN, GONE, OK, NO, POST_ONLY = "sign-in", 404, 200, 403, 405


def everybody(answer):
    return dict.fromkeys(PEOPLE, answer)


PUBLIC = everybody(OK)
MEMBER = {"stranger": SIGN_IN, "rosa": OK, "bela": OK, "erin": GONE, "theo": GONE, "mo": GONE, "ada": GONE}
LED = {**MEMBER, **dict.fromkeys(["erin", "theo", "mo", "ada"], "/")}  # public pages point there: colleagues are led on
OWN = {**MEMBER, "bela": GONE}
MODERATOR = {"stranger": SIGN_IN, "rosa": GONE, "bela": GONE, "erin": NO, "theo": NO, "mo": OK, "ada": NO}
EXPERT = {"stranger": SIGN_IN, "rosa": GONE, "bela": GONE, "erin": OK, "theo": OK, "mo": NO, "ada": NO}
OWN_EXPERT = {**EXPERT, "theo": GONE}
STAFF = {**MEMBER, "rosa": GONE, "bela": GONE, "erin": OK, "theo": OK, "mo": OK, "ada": OK}
LED_ON = {who: "/" if answer == OK else answer for who, answer in STAFF.items()}
DELIVERY = {**MODERATOR, "mo": NO, "ada": OK}


def posting(row):
    """A page that only takes POST: those who may be there are told so (405); all others learn nothing more."""
    return {who: POST_ONLY if answer == OK else answer for who, answer in row.items()}


# name of the address → (the state of the case it is asked about, who gets what on GET)
GRID = {
    "qa:home": (None, PUBLIC),
    "qa:topics": (None, PUBLIC),
    "qa:topic": (None, PUBLIC),
    "qa:publication": (State.PUBLISHED, PUBLIC),
    "qa:search": (None, PUBLIC),
    "qa:help_now": (None, PUBLIC),
    "qa:about": (None, PUBLIC),
    "qa:privacy": (None, PUBLIC),
    "qa:short": (State.PUBLISHED, everybody("/")),
    **{
        f"qa:{name}": (None, PUBLIC)
        for name in ("atom", "json_feed", "topic_atom", "topic_json_feed", "robots", "sitemap")
    },
    "qa:sitemap_part": (State.PUBLISHED, PUBLIC),
    **{f"qa:{name}": (None, PUBLIC) for name in ("api_description", "api_topics", "api_publications")},
    "qa:api_publication": (State.PUBLISHED, PUBLIC),
    "qa:embed": (State.PUBLISHED, PUBLIC),
    "qa:oembed": (None, everybody(GONE)),
    "workflow:similar": (None, posting(MEMBER)),
    "workflow:tell": (State.PUBLISHED, PUBLIC),
    "workflow:published": (None, MODERATOR),
    "workflow:page": (State.PUBLISHED, MODERATOR),
    "account_login": (None, {**everybody("/"), "stranger": OK}),
    "account_confirm_login_code": (None, {**everybody("/"), "stranger": "/"}),
    "staff_login": (None, {**everybody("/"), "stranger": OK}),
    "staff_new_password": (None, PUBLIC),
    "staff_new_password_code": (None, everybody("/")),
    "mfa_authenticate": (None, everybody("/")),
    "second_step_again": (None, STAFF),
    "second_step": (None, LED_ON),
    "second_step_app": (None, STAFF),
    "second_step_picture": (None, STAFF),
    "second_step_passkey": (None, STAFF),
    "second_step_codes": (None, {**posting(STAFF), "rosa": 405, "bela": 405}),
    "second_step_remove": (None, {**posting(STAFF), "rosa": 405, "bela": 405}),
    "own_sign_ins": (None, {**everybody(OK), "stranger": SIGN_IN}),
    "staff_change_password": (None, STAFF),
    "account_logout": (None, {**everybody(OK), "stranger": "/"}),
    "start": (None, {**everybody("/"), "stranger": SIGN_IN}),
    "leave": (None, everybody("/")),
    "language": (None, everybody(POST_ONLY)),
    "healthz": (None, PUBLIC),
    "readyz": (None, everybody(503)),
    "metrics": (None, everybody(GONE)),
    "security_txt": (None, everybody(GONE)),
    "healthz_clock": (None, PUBLIC),
    "styleguide": (None, everybody(GONE)),
    "mailbox": (None, everybody(GONE)),
    "mailbox_message": (None, everybody(GONE)),
    "mailbox_html": (None, everybody(GONE)),
    "own_account": (None, LED),
    "own_export": (None, MEMBER),
    "own_erase": (None, MEMBER),
    "workflow:ask": (None, LED),
    "workflow:save_draft": (None, posting(MEMBER)),
    "workflow:delete_draft": (None, posting(MEMBER)),
    "workflow:ask_check": (None, {**MEMBER, "rosa": "/", "bela": "/"}),
    "workflow:ask_sent": (State.SUBMITTED, OWN),
    "workflow:my_cases": (None, MEMBER),
    "workflow:status": (State.SUBMITTED, OWN),
    "workflow:my_answer": (State.REVIEWED, OWN),
    "workflow:consent": (State.REVIEWED, OWN),
    "workflow:my_unpublish": (State.PUBLISHED, OWN),
    "workflow:withdraw": (State.SUBMITTED, OWN),
    "workflow:queue": (None, MODERATOR),
    "workflow:cases": (None, MODERATOR),
    "workflow:board": (None, MODERATOR),
    "workflow:news": (None, MODERATOR),
    "workflow:bulk": (None, posting(MODERATOR)),
    "workflow:keep_view": (None, posting(MODERATOR)),
    "workflow:drop_view": (None, posting(MODERATOR)),
    "workflow:undo": (None, posting(MODERATOR)),
    "workflow:habits": (None, {**MODERATOR, "erin": OK, "theo": OK}),
    "workflow:next": (None, {**MODERATOR, "mo": "/"}),
    "workflow:presence": (State.TRIAGED, posting({**MODERATOR, "erin": OK, "theo": OK})),
    "workflow:case": (State.SUBMITTED, MODERATOR),
    "workflow:letter": (State.SUBMITTED, MODERATOR),
    "workflow:findings": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:question": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:raise_flag": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:acknowledge_flag": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:close_flag": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:change_flag": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:tick_step": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:tell_member": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:hand_on": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:link": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:split": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:merge": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:unmerge": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:assign": (State.TRIAGED, posting(MODERATOR)),
    "workflow:triage": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:decline": (State.SUBMITTED, MODERATOR),
    "workflow:review": (State.DRAFTED, MODERATOR),
    "workflow:request_changes": (State.DRAFTED, posting(MODERATOR)),
    "workflow:approve": (State.DRAFTED, posting(MODERATOR)),
    "workflow:approve_alone": (State.DRAFTED, posting(MODERATOR)),
    "workflow:confirm_answer": (State.REVIEWED, posting(MODERATOR)),
    "workflow:note": (State.TRIAGED, {**posting(MODERATOR), "erin": 405, "theo": 405}),
    "workflow:comment": (State.DRAFTED, posting(MODERATOR)),
    "workflow:resolve_comment": (State.DRAFTED, posting({**MODERATOR, "erin": OK, "theo": OK})),
    "workflow:ask_colleague": (State.DRAFTED, {**MODERATOR, "erin": OK, "theo": GONE}),
    "workflow:asked": (State.DRAFTED, {**OWN_EXPERT, "erin": GONE, "theo": OK, "mo": GONE}),
    "workflow:start_review": (State.DRAFTED, posting(MODERATOR)),
    "workflow:take_over_review": (State.DRAFTED, posting(MODERATOR)),
    "workflow:keep_words_at_review": (State.DRAFTED, posting(MODERATOR)),
    "workflow:reopen": (State.REVIEWED, posting(MODERATOR)),
    "workflow:preview": (State.REVIEWED, MODERATOR),
    "workflow:publish": (State.REVIEWED, posting(MODERATOR)),
    "workflow:unschedule": (State.REVIEWED, posting(MODERATOR)),
    "workflow:unpublish": (State.PUBLISHED, posting(MODERATOR)),
    "workflow:colleagues": (None, {**MODERATOR, "ada": OK}),
    "workflow:contact": (State.SUBMITTED, MODERATOR),
    "workflow:decide_contact": (State.SUBMITTED, posting(MODERATOR)),
    "workflow:hold": (State.SUBMITTED, MODERATOR),
    "workflow:keep_longer": (State.DECLINED, posting(MEMBER)),
    "retention": (None, {**MODERATOR, "ada": OK}),
    "workflow:roster": (None, {**MODERATOR, "ada": OK}),
    "workflow:change_shift": (None, posting({**MODERATOR, "ada": OK})),
    **{
        f"workflow:{name}": (None, {**MODERATOR, "ada": OK})
        for name in ("flow", "flow_csv", "figures", "figures_csv", "help_lines", "playbook_changes")
    },
    "workflow:check_line": (None, posting(DELIVERY)),
    **{f"workflow:{name}": (None, DELIVERY) for name in ("rules", "new_rule", "playbooks", "playbook")},
    **{f"workflow:{name}": (None, {**DELIVERY, "ada": GONE}) for name in ("rule", "rule_trial", "trial_count")},
    "workflow:rule_proposal": (None, {**MODERATOR, "mo": GONE}),
    **{
        f"workflow:{name}": (None, posting(DELIVERY))
        for name in ("rule_switch", "rule_back", "cancel_trial", "propose_rule")
    },
    "workflow:reply": (State.TRIAGED, {**OWN, "rosa": "/"}),
    "workflow:keep_reply": (State.TRIAGED, posting(MEMBER)),
    "workflow:ask_member": (State.TRIAGED, {**MODERATOR, "erin": OK, "theo": GONE}),
    "workflow:take_back_inquiry": (State.TRIAGED, posting({**MODERATOR, "erin": OK, "theo": OK})),
    "workflow:pass_on_reply": (State.TRIAGED, MODERATOR),
    "workflow:answering": (None, EXPERT),
    "workflow:write": (State.TRIAGED, OWN_EXPERT),
    "workflow:afterwards": (State.PUBLISHED, OWN_EXPERT),
    "workflow:claim": (State.TRIAGED, posting(EXPERT)),
    "workflow:give_back": (State.TRIAGED, posting(EXPERT)),
    "workflow:away": (None, posting({**EXPERT, "mo": OK})),
    "workflow:hand_over": (State.TRIAGED, posting(EXPERT)),
    "workflow:language": (State.TRIAGED, posting(EXPERT)),
    "workflow:insert": (State.TRIAGED, posting(EXPERT)),
    "workflow:compare": (State.TRIAGED, OWN_EXPERT),
    "workflow:keep_words": (State.TRIAGED, posting(EXPERT)),
    "workflow:save_answer": (State.TRIAGED, posting(EXPERT)),
    "workflow:submit_draft": (State.TRIAGED, posting(EXPERT)),
    "workflow:expert_reopen": (State.REVIEWED, posting(EXPERT)),
    "workflow:expert_flag": (State.TRIAGED, posting(EXPERT)),
    "workflow:revision": (State.TRIAGED, OWN_EXPERT),
    "notifications:preferences": (None, {**everybody(OK), "stranger": SIGN_IN}),
    "notifications:stop": (None, PUBLIC),
    "workflow:choose_mail": (State.SUBMITTED, posting(MEMBER)),
    "notifications:skip": (None, posting(MODERATOR)),
    "notifications:delivery": (None, DELIVERY),
    "notifications:by_week_csv": (None, {**MODERATOR, "ada": OK}),
    "notifications:wordings": (None, DELIVERY),
    "notifications:wording": (None, DELIVERY),
    "notifications:brake": (None, posting(DELIVERY)),
    "notifications:retry": (None, posting(DELIVERY)),
    "notifications:go": (State.TRIAGED, {**everybody(GONE), "stranger": SIGN_IN, "rosa": "/", "erin": "/", "mo": "/"}),
}


def test_it_knows_every_address():
    assert {name for name, _ in _patterns(get_resolver())} == set(GRID)


def address(name, case):
    pattern = next(item for item in _patterns(get_resolver()) if item[0] == name)[1]
    wanted = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    page = Publication.objects.first()
    values = {
        "public_id": case.public_id if case else "",
        "slug": topic().slug if name.startswith("qa:topic") else page.slug if page else "",
        "flag_id": 1,
        "number": page.pk if page and name in {"qa:short", "workflow:page"} else number_of(name, case),
        "part": 0,
        "page": "case",
        "key": "1",
        "form": "json",
        "table": "by-week",
        "message_id": 1,
        "mail": "received",
        "book": "overdose",
        "language": "en",
        "token": unsubscribe.address(User.objects.get(email="rosa@people.example"), About.PROGRESS).split("/")[-2],
    }
    return reverse(name, kwargs={key: values[key] for key in wanted})


ASKING = {"workflow:reply", "workflow:keep_reply", "workflow:take_back_inquiry", "workflow:pass_on_reply"}


def number_of(name, case):
    """The number in an address: of what the member was asked, or simply the first."""
    asked = case.inquiries.first() if case and name in ASKING else None
    return asked.pk if asked else 1


def prepare(name, case, cast):
    """What an address needs beside the state of its case."""
    if name in {"workflow:revision", "workflow:compare"}:
        answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>First.</p>", based_on=0)
    if name == "workflow:asked":
        colleagues.ask_colleague(case_id=case.pk, by=cast.mo, colleague=cast.theo)
    if name in ASKING:
        asked = asking.ask(case_id=case.pk, by=cast.erin, text="Does he sleep at home?")
        if name == "workflow:pass_on_reply":
            asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=asked.pk, text="Yes.")


def _patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from _patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", str(pattern.pattern)


class Standing:
    """The people, signed in, and a case in each state that the grid asks about."""

    def __init__(self, cast):
        self.cast = cast
        self.cases = {
            state: make_case(self.cast, state=state) for state in {state for state, _ in GRID.values()} if state
        }
        self.sessions = {}
        for who in PEOPLE[1:]:
            client = Client()
            client.force_login(getattr(self.cast, who))
            self.sessions[who] = client.cookies[in_force.SESSION_COOKIE_NAME].value

    def case(self, name):
        """The case that this address is asked about, with all that it needs beside its state."""
        state, _ = GRID[name]
        case = again(self.cases[state]) if state else None
        prepare(name, case, self.cast)
        return case

    def client(self, who, **options):
        client = Client(**options)
        if who != "stranger":
            client.cookies[in_force.SESSION_COOKIE_NAME] = self.sessions[who]
        return client


@pytest.fixture(scope="module")
def made(lasting_cast):
    """To make it for each address took longer than all the answers."""
    return Standing(lasting_cast)


@pytest.fixture
def standing(made, db):
    """What a test changes is undone when it ends."""
    heartbeat.beat()
    return made


@pytest.mark.parametrize("name", GRID)
def test_it_answers_each_person_as_it_should(standing, name):
    _, row = GRID[name]
    case = standing.case(name)
    for who in PEOPLE:
        response = standing.client(who).get(address(name, case))
        assert told(response) == row[who], (
            f"{who} at {name}: {response.status_code} {response.headers.get('Location', '')}"
        )


def told(response):
    """The status, or where a redirect leads: to signing in, or somewhere ("/")."""
    if response.status_code not in {301, 302, 303}:
        return response.status_code
    target = response.headers["Location"]
    return SIGN_IN if target.startswith(("/sign-in/?", "/admin/login")) else "/"


@pytest.mark.parametrize("name", [name for name, (state, row) in GRID.items() if row.get("bela") == GONE and state])
def test_it_tells_a_stranger_the_same_as_for_an_unknown_row(standing, name):
    """A row that is not yours and a row that does not exist look the same, byte for byte."""
    case = standing.case(name)
    real = address(name, case)
    client = standing.client("bela")
    unknown = real.replace(case.public_id, "A" * len(case.public_id))
    first, second = client.get(real), client.get(unknown)
    assert first.status_code == second.status_code
    assert scrubbed(first, real) == scrubbed(second, unknown)


def scrubbed(response, path):
    """The page without what differs in every response: the CSRF token, the nonce and the address itself."""
    text = response.content.decode().replace(path, "")
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", text)


def test_it_shows_the_mailbox_only_where_there_is_one(client, db):
    assert settings.MAILBOX_DIR == ""
    assert client.get(reverse("mailbox")).status_code == GONE


@pytest.mark.parametrize("name", [name for name, (_, row) in GRID.items() if POST_ONLY in row.values()])
def test_it_refuses_a_post_without_a_token(standing, name):
    """CSRF: every address that changes something refuses a forged form, and nothing changes."""
    _, row = GRID[name]
    case = again(standing.cases[GRID[name][0]]) if GRID[name][0] else None
    who = next(person for person, answer in row.items() if answer == POST_ONLY and person != "stranger")
    client = standing.client(who, enforce_csrf_checks=True)
    before = case.events.count() if case else 0
    assert client.post(address(name, case)).status_code == NO
    assert (case.events.count() if case else 0) == before


# Pages that take a form at their own address. Every other page that can be read is only read.
TAKES_FORMS = {
    *("account_login", "account_confirm_login_code", "account_logout", "leave", "mfa_authenticate", "own_erase"),
    *("own_sign_ins", "second_step_again", "second_step_app", "second_step_passkey", "staff_change_password"),
    *("staff_login", "staff_new_password", "staff_new_password_code"),
    *(f"notifications:{name}" for name in ("delivery", "preferences", "stop", "wording")),
    *(f"workflow:{name}" for name in ("ask", "ask_check", "ask_colleague", "ask_member", "asked", "colleagues")),
    *(f"workflow:{name}" for name in ("consent", "contact", "decline", "habits", "hold", "my_unpublish", "new_rule")),
    *(f"workflow:{name}" for name in ("page", "pass_on_reply", "playbook", "reply", "revision", "roster", "rule")),
    *(f"workflow:{name}" for name in ("rule_proposal", "tell", "withdraw")),
}


READ_ONLY = {name for name, (_, row) in GRID.items() if POST_ONLY not in row.values()} - TAKES_FORMS


def test_it_takes_no_form_where_there_is_only_something_to_read(standing):
    answers = {}
    for name in sorted(READ_ONLY):
        _, row = GRID[name]
        case = standing.case(name)
        # Who is let in; where there is no such row yet, an administrator, whose desk it would be on.
        inside = [who for who, answer in row.items() if answer in {OK, "/"}]
        client = standing.client((inside[0] if inside else "ada") if row["stranger"] == SIGN_IN else "stranger")
        answers[name] = client.post(address(name, case)).status_code
    assert answers
    assert {name: answer for name, answer in answers.items() if answer != 405} == {}
