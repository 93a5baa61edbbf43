"""Run by the restore drill in a process of its own, on the restored database: a member signs in, a page is published."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from qa.models import Letter, Publication  # noqa: E402
from workflow.actions import publication  # noqa: E402
from workflow.models import Case  # noqa: E402
from workflow.states import State  # noqa: E402

rosa, mo = (User.objects.get(email=f"{name}@people.example") for name in ("rosa", "mo"))
case = Case.objects.get(state=State.REVIEWED)
assert Letter.objects.get(pk=case.letter_id).text.startswith("My son")
client = Client()
client.post(reverse("account_login"), {"email": rosa.email})
code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
client.post(reverse("account_confirm_login_code"), {"code": code})
assert client.get(reverse("workflow:my_answer", args=[case.public_id])).status_code == 200
publication.consent(case_id=case.pk, by=rosa, page_hash=case.page_hash(), audience="public")
publication.publish(case_id=case.pk, by=mo, seen=None)
page = Publication.objects.get()
assert Client().get(page.get_absolute_url()).status_code == 200
print("signed in and published")  # noqa: T201
