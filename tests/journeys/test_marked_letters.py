"""The marked letters that lie beside a checkout, sent through the product's own service: none fails, danger comes first."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from qa.models import Letter
from workflow import queues
from workflow.actions import intake
from workflow.models import Case

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[3] / "shared"))
LETTERS = SHARED / "letters" / "letters.jsonl"
pytestmark = pytest.mark.skipif(not LETTERS.exists(), reason="no marked letters beside this checkout")
# What the writers of these letters would tick: somebody in danger now says yes.
TICKED = {"emergency": "yes", "urgent": "no", "concern": "no", "none": "no"}


def marked():
    return [json.loads(line) for line in LETTERS.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.fixture
def sent(cast):
    """Every letter, from a member of its own."""
    rows = []
    for number, row in enumerate(marked()):
        member = User.objects.create_user(f"writer{number}@people.example")
        danger = TICKED[row["safety"]["severity"]]
        case = intake.submit_letter(by=member, text=row["text"], danger=danger, audience="public")
        rows.append((row, case))
    return rows


def test_it_takes_every_marked_letter_as_it_is(sent):
    assert len(sent) >= 36
    for row, case in sent:
        assert Letter.objects.get(pk=case.letter_id).text == row["text"]
        assert Case.objects.get(pk=case.pk).state == "submitted"


def test_it_puts_danger_first_and_then_the_longest_waiting(sent, cast):
    queue = list(queues.open_queue(cast.mo))
    assert len(queue) == len(sent)
    order = [(case.tier, case.submitted_at, case.pk) for case in queue]
    assert order == sorted(order)
    emergencies = {case.pk for row, case in sent if row["safety"]["severity"] == "emergency"}
    assert emergencies
    assert emergencies <= {case.pk for case in queue if case.tier == 0}


def test_it_shows_the_queue_of_all_of_them_without_a_word_of_a_letter(sent, cast):
    client = Client()
    client.force_login(cast.mo)
    pages = [client.get(reverse("workflow:queue"), {"page": number}).content.decode() for number in (1, 2)]
    assert any(str(case.public_id) in page for _, case in sent for page in pages)
    for row, _ in sent:
        opening = " ".join(row["text"].split()[5:13])
        assert all(opening not in page for page in pages)
