"""The standing cast of every test, and cases walked to a state through the real actions."""

from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from notifications import heartbeat
from qa.models import Audience, HelpLine, Topic
from workflow.actions import answering, findings, intake, publication, review, triage
from workflow.models import Case
from workflow.states import State
from workflow.transitions import Seen

MARKER = "Zyxwermelt"  # a word no page of the product would ever contain by itself
LETTER = (
    f"My son Mikey {MARKER} is 24 and he moved back home with us on Friday. I am so tired and I do not know "
    "what to say to him when he comes in at night. We live in Gloucester and his sister sees everything."
)
QUESTION = "My son came home from detox a few days ago. I do not know what to say to him when he comes in at night."
ANSWER = "<p>You are doing a great deal already.</p><h2>What you could say</h2><p>Choose a calm hour.</p>"
IN_DANGER = (
    f"{ANSWER}<p>If he cannot be woken, call 911 right away.</p>"  # what a letter with a danger needs of its answer
)


def signed_in(person: User) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    browser.force_login(person)
    return browser


@dataclass
class Cast:
    """rosa and bela are members; erin and theo experts; mo and dana moderators; mora moderates and answers; ada administers."""

    rosa: User
    bela: User
    erin: User
    theo: User
    mo: User
    dana: User
    mora: User
    ada: User

    def everybody(self) -> dict[str, User]:
        return dict(self.__dict__)


def seed_helplines() -> None:
    """The registry as a new installation has it (tests with real transactions start from an emptied database)."""
    if not HelpLine.objects.exists():
        import_module("qa.migrations.0002_helplines").fill(apps, None)
        import_module("qa.migrations.0010_spanish").fill(apps, None)
        import_module("qa.migrations.0014_lines_checked_since_changed").say_what_to_press(apps, None)


def make_cast() -> Cast:
    seed_helplines()
    heartbeat.beat()

    def person(name: str, *roles: Role) -> User:
        return User.objects.create_user(
            f"{name}@people.example",
            roles=roles,
            called=name.capitalize(),
            public_line=f"{name.capitalize()}, counselor",
        )

    return Cast(
        rosa=person("rosa"),
        bela=person("bela"),
        erin=person("erin", Role.EXPERT),
        theo=person("theo", Role.EXPERT),
        mo=person("mo", Role.MODERATOR),
        dana=person("dana", Role.MODERATOR),
        mora=person("mora", Role.EXPERT, Role.MODERATOR),
        ada=person("ada", Role.ADMINISTRATOR),
    )


def topic(slug: str = "early-recovery") -> Topic:
    return Topic.objects.get_or_create(slug=slug, defaults={"title": "Early recovery"})[0]


def make_case(
    cast: Cast, *, state: State = State.SUBMITTED, audience: str = Audience.PUBLIC, danger: str = "no"
) -> Case:
    """A case of rosa's in the wanted state, taken there by mo (moderator) and erin (expert), step by step."""
    case = intake.submit_letter(by=cast.rosa, text=LETTER, danger=danger, audience=audience)
    if state == State.SUBMITTED:
        return again(case)
    if state == State.WITHDRAWN:
        return intake.withdraw(case_id=case.pk, by=cast.rosa)
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    if state == State.DECLINED:
        return triage.decline(case_id=case.pk, by=cast.mo, seen=None, reason="Not for us", message="We are sorry.")
    settle(case, by=cast.mo)
    case = triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.erin)
    if state == State.TRIAGED:
        return case
    body = ANSWER if danger == "no" else IN_DANGER
    case = answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=0, seen=Seen.of(case))
    if state == State.DRAFTED:
        return case
    case = review.approve(case_id=case.pk, by=cast.mo, seen=None)
    if state == State.REVIEWED:
        return case
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience=audience)
    return publication.publish(case_id=case.pk, by=cast.mo, seen=None)


def settle(case: Case, *, by: User) -> None:
    """Everything a moderator does before triage: decide findings, write and confirm the question, choose a topic."""
    words = {"title": "When he comes home at night", "label": "A mother", "intro": "", "text": QUESTION}
    for finding in case.findings.filter(decision=""):
        findings.decide(case_id=case.pk, finding_id=finding.pk, by=by, decision="replaced")
    triage.save_question(case_id=case.pk, by=by, seen=None, words=words, topics=[topic()], confirm=True, ticked_by=by)


def again(case: Case) -> Case:
    """The case as the database has it now (never refresh_from_db a Case)."""
    return Case.objects.get(pk=case.pk)
