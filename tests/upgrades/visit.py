"""Run by test_upgrades.py in a process of its own, on a kept database: brings it up to this release and looks at everything."""

import json
import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

call_command("prepare")
call_command("verify_audit_log")

import tests.conftest  # noqa: E402, F401  # `force_login` then stands for both steps of signing in
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from config import rotation  # noqa: E402
from qa.models import Letter, LetterKey, Publication  # noqa: E402
from workflow import queues  # noqa: E402
from workflow.actions import intake  # noqa: E402
from workflow.models import Case  # noqa: E402
from workflow.states import State  # noqa: E402


def inside(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def opened(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


pages = 0
for model in apps.get_models():  # whatever is sealed can be read
    rows: list[models.Model] = list(models.QuerySet(model))
    assert all(str(row) for row in rows)
moderator, administrator = User.objects.holding(Role.MODERATOR)[0], User.objects.holding(Role.ADMINISTRATOR)[0]
for page in Publication.objects.filter(withdrawn_at=None):
    assert page.title in opened(inside(moderator), page.get_absolute_url()).replace("&#x27;", "'").replace(
        "&quot;", '"'
    )
    pages += 1
desk = inside(moderator)
for state in State:
    for case in Case.objects.filter(state=state)[:2]:
        opened(desk, case.get_absolute_url())
        pages += 1
for name in ("workflow:queue", "workflow:cases", "admin:index"):
    opened(inside(administrator) if name.startswith("admin") else desk, reverse(name))
letters = 0
for member in User.objects.filter(grants=None):
    given = json.loads(opened(inside(member), reverse("own_export", args=["json"])))
    letters += sum(bool(letter["text"]) for letter in given["letters"])
standing = Case.objects.exclude(state=State.WITHDRAWN)
assert letters == standing.count() > 10, (letters, standing.count())


def addresses_in_the_database() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM accounts_user ORDER BY id")
        return [stored for (stored,) in cursor.fetchall()]


people = list(User.objects.order_by("pk").values_list("email", flat=True))
assert addresses_in_the_database() == people  # as that release wrote them
call_command("rotate_keys")
assert rotation.waiting() == 0
assert all(stored.startswith("a1:") for stored in addresses_in_the_database())
assert [person.email for person in User.objects.order_by("pk")] == people
assert [User.objects.get(email=one).email for one in people] == people
call_command("migrate", "accounts", "0006", verbosity=0)  # and back, for who has to
assert addresses_in_the_database() == people
call_command("migrate", verbosity=0)
assert rotation.seal_addresses() == len(people)
assert Letter.objects.exclude(text="").count() == letters
case = standing.filter(state_since__lt=timezone.now() - timedelta(seconds=1))[0]
writer = queues.sender(case)
assert writer
intake.withdraw(case_id=case.pk, by=writer)
assert not Letter.objects.get(pk=case.letter_id).text
assert LetterKey.objects.filter(letter__isnull=False).count() == letters - 1
call_command("verify_audit_log")
print(f"opened {pages} pages and {letters} letters")  # noqa: T201
