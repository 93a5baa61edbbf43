"""Three windows on one draft, acts at random in each, in any order: every text ever sent is in some version.

A hundred acts in each; `make prove PART=tabs` takes twenty walks of two hundred.
"""

import os
import random

import pytest
from django.test import Client
from django.urls import reverse

from qa.sanitize import as_paragraphs, clean_html
from tests.cast import again, make_case
from workflow.actions import answering, holding
from workflow.models import Case
from workflow.states import State

pytestmark = pytest.mark.once

ACTS = int(os.environ.get("ALLAY_TAB_ACTS", "100"))  # in each window
WALKS = int(os.environ.get("ALLAY_TAB_WALKS", "1"))


class Tab:
    """A window as site.js drives it: it knows what it was opened with, types, saves, reloads, and shows what it was told."""

    def __init__(self, case, person, luck):
        self.client, self.case, self.luck = Client(), case, luck
        self.client.force_login(person)
        self.kept: list[str] = []
        self.reload()

    def at(self, name, *more):
        return reverse(f"workflow:{name}", args=[self.case.public_id, *more])

    def reload(self):
        standing = again(self.case).draft
        self.body = standing.body if standing else ""
        self.based_on = standing.number if standing else 0

    def type(self):
        self.body += f"<p>Words {self.luck.randrange(10**9)}.</p>"
        if len(self.body) > 2_000:
            self.body = f"<p>Anew {self.luck.randrange(10**9)}.</p>"

    def send(self, name, **more):
        self.kept.append(clean_html(as_paragraphs(self.body)))
        typed = {"body": self.body, "based_on": self.based_on, **more.pop("data", {})}
        return self.client.post(self.at(name), typed, **more)

    def autosave(self):
        response = self.send("save_answer", headers={"X-Autosave": "1"})
        if response.status_code == 200:
            self.based_on = response.json()["based_on"] or self.based_on
        else:
            assert response.status_code == 409, response.status_code

    def save(self):
        response = self.send("save_answer")
        assert response.status_code in {302, 409}
        self.reload()

    def insert(self):
        self.send("insert", data={"insert": "words"})
        self.reload()

    def restore(self):
        numbers = list(self.case.question.revisions.values_list("number", flat=True))
        if numbers:
            chosen = self.luck.choice(numbers)
            self.client.post(self.at("revision", chosen), {"based_on": self.based_on})
            self.reload()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, WALKS + 1))
def test_it_keeps_every_typed_text_of_three_tabs(cast, seed):
    luck = random.Random(seed)
    case = make_case(cast, state=State.TRIAGED)
    tabs = [Tab(case, cast.erin, luck) for _ in range(3)]
    acts = ["type"] * 5 + ["autosave"] * 5 + ["save", "reload", "restore", "insert", "expire"]
    for _ in range(ACTS * len(tabs)):
        act = luck.choice(acts)
        if act == "expire":  # the claim runs out under their hands
            if again(case).draft is not None and again(case).expert_id:
                Case.objects.filter(pk=case.pk).update(claim_until="2020-01-01T00:00Z")
                holding.tend()
            continue
        getattr(luck.choice(tabs), act)()
    bodies = set(case.question.revisions.values_list("pk", flat=True))
    versions = {revision.body for revision in case.question.revisions.all()}
    lost = [text for tab in tabs for text in tab.kept if text and not any(text in body for body in versions)]
    assert lost == []
    assert len(bodies) > 30
    assert sum(len(tab.kept) for tab in tabs) > 60


def test_it_would_notice_a_lost_text(cast):
    case = make_case(cast, state=State.TRIAGED)
    tab = Tab(case, cast.erin, random.Random(0))
    tab.type()
    tab.autosave()
    answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>Other.</p>", based_on=1)
    assert any(tab.kept[0] == revision.body for revision in case.question.revisions.all())
    case.question.revisions.filter(number=1).update(body="")
    assert not any(tab.kept[0] == revision.body for revision in case.question.revisions.all())
