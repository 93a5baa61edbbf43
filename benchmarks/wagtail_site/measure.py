"""Run inside the throwaway environment: python -m wagtail_site.measure PAGES, from benchmarks/."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 7
BODY = "My son came home from detox a few days ago. I do not know what to say to him when he comes in at night. " * 4


def configure(folder: str) -> None:
    import django
    from django.conf import settings

    Path(folder, "letters_migrations").mkdir()
    Path(folder, "letters_migrations", "__init__.py").touch()
    sys.path.append(folder)
    settings.configure(
        SECRET_KEY="bench",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{folder}/wagtail.sqlite3",
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=wal"},
            }
        },
        INSTALLED_APPS=[
            *(f"wagtail.{name}" for name in ("users", "snippets", "documents", "images", "search", "admin")),
            "wagtail",
            "modelcluster",
            "taggit",
            *(
                f"django.contrib.{name}"
                for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
            ),
            "wagtail_site",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        MIGRATION_MODULES={"wagtail_site": "letters_migrations"},
        ROOT_URLCONF="wagtail_site.urls",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        STATIC_URL="/static/",
        USE_TZ=True,
        WAGTAIL_SITE_NAME="Letters",
        WAGTAILADMIN_BASE_URL="http://localhost",
        WAGTAILADMIN_COMMENTS_ENABLED=False,
        ALLOWED_HOSTS=["*"],
    )
    django.setup()


def people():
    from django.contrib.auth.models import Group, User
    from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

    root = Page.objects.get(depth=1).get_children().first()
    flow = Workflow.objects.create(name="Two people")
    for at, name in enumerate(("Moderators of letters", "Reviewers")):
        group = Group.objects.get(name="Editors") if not at else Group.objects.get(name="Moderators")
        task = GroupApprovalTask.objects.create(name=name)
        task.groups.add(group)
        WorkflowTask.objects.create(workflow=flow, task=task, sort_order=at)
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": flow})
    made = []
    for name, group in (("writer", "Editors"), ("mo", "Editors"), ("dana", "Moderators")):
        user = User.objects.create_user(name, f"{name}@people.example", "x")
        user.groups.add(Group.objects.get(name=group))
        made.append(user)
    return root, made


def fill(root, writer, number: int, waiting: int) -> None:
    from wagtail_site.models import LetterPage

    for at in range(number):
        page = LetterPage(
            title=f"Letter {at}", slug=f"letter-{at}", question=BODY, answer=BODY, live=True, owner=writer
        )
        root.add_child(instance=page)
        if at < waiting:
            page.save_revision(user=writer)
            page.get_workflow().start(page, writer)


def client_of(user):
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def spent(act) -> float:
    before = time.process_time()
    act()
    return 1000 * (time.process_time() - before)


def letter(root, clients, number: int) -> float:
    """Written, edited, sent in, approved by one and by another, who publishes it: over HTTP."""
    from django.urls import reverse
    from wagtail_site.models import LetterPage

    writer, mo, dana = clients
    words = {"title": f"New {number}", "slug": f"new-{number}", "question": BODY, "answer": ""}
    add = reverse("wagtailadmin_pages:add", args=("wagtail_site", "letterpage", root.pk))
    total = spent(lambda: expect(writer.post(add, words)))
    page = LetterPage.objects.get(slug=f"new-{number}")
    edit = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    total += spent(lambda: expect(writer.post(edit, {**words, "answer": BODY})))
    total += spent(lambda: expect(writer.post(edit, {**words, "answer": BODY, "action-submit": "1"})))
    for client in (mo, dana):
        task = page.current_workflow_task_state
        url = reverse("wagtailadmin_pages:workflow_action", args=(page.pk, "approve", task.pk))
        total += spent(lambda client=client, url=url: expect(client.post(url, {})))
        page = LetterPage.objects.get(pk=page.pk)
    page = LetterPage.objects.get(pk=page.pk)
    assert page.live
    assert not page.workflow_in_progress
    return total


def expect(answer) -> None:
    assert answer.status_code in {200, 302}, answer.status_code


def looked_at(client, url: str) -> str:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        expect(client.get(url))
        asked = len(captured)
    middle = statistics.median(spent(lambda: client.get(url)) for _ in range(ROUNDS))
    return f"{asked:>5} queries {middle:>8.1f} ms CPU"


def main() -> None:
    number, waiting = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
        configure(folder)
        from django.core.management import call_command
        from django.urls import reverse

        call_command("makemigrations", "wagtail_site", verbosity=0)
        call_command("migrate", verbosity=0)
        root, users = people()
        fill(root, users[0], number, waiting)
        clients = [client_of(user) for user in users]
        letter(root, clients, 0)
        steps = statistics.median(letter(root, clients, at + 1) for at in range(ROUNDS))
        print(f"  {'five steps of a letter':<34}{'':>14}{steps:>8.1f} ms CPU")
        mo = clients[1]
        print(f"  {f'home of who approves, {waiting} waiting':<34}{looked_at(mo, reverse('wagtailadmin_home'))}")
        print(f"  {'moderation list':<34}{looked_at(mo, reverse('wagtailadmin_reports:workflow'))}")


if __name__ == "__main__":
    main()
