"""The fault harness of mail (`make faults`): real processes, a mail server that misbehaves, SIGKILL at any moment.

Rounds: every named fail-point by itself (all but one must double nothing), then kills at random moments, then a server
that misbehaves in every way at once. Afterwards the server's own log is compared with what should have been sent.
Only the clocks are shortened (lease, back-off); everything else is the product as it runs.
"""

import argparse
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNAVOIDABLE = "accepted"
WORKERS = 4
TIMEOUT, LEASE = 2.0, 14.0  # seconds; six steps of a talk with the server fit into a lease, as in the product
PATIENCE = 240.0
CHANCE = {"fanned_out": 0.3, "dispatched": 0.3, "claimed": 0.3}  # of dying there; elsewhere 0.05


@dataclass
class Report:
    """What one round did, and what came of it."""

    name: str
    mails: int = 0
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: dict[str, int] = field(default_factory=dict)
    may_double: bool = False
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        copies = sum(self.doubled.values())
        return not self.lost and (copies <= self.kills if self.may_double else copies == 0)

    def __str__(self) -> str:
        return (
            f"{'ok  ' if self.holds else 'FAIL'} {self.name:<22} {self.mails:>5} mails {self.kills:>4} kills "
            f"{len(self.lost):>3} lost {sum(self.doubled.values()):>3} copies with the same Message-ID "
            f"{self.seconds:6.1f} s"
        )


class Sink:
    """The mail server, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.log, self.mode_file, self.port = folder / "accepted.log", folder / "mode", free_port()
        self.log.touch()
        self.set("ok")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.faults.sink", str(self.port), str(self.log), str(self.mode_file)]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the mail server did not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def set(self, mode: str) -> None:
        part = self.mode_file.with_suffix(".part")
        part.write_text(mode)
        part.replace(self.mode_file)

    def accepted(self) -> Counter[str]:
        return Counter(self.log.read_text().split())


class Crew:
    """Worker processes that sweep the outbox over and over; the dead are replaced."""

    def __init__(self) -> None:
        self.children: set[int] = set()
        self.deaths = 0

    def keep(self, wanted: int, *, pause: float = 0.02) -> None:
        self._bury()
        while len(self.children) < wanted:
            self.children.add(fork_worker(pause))

    def kill_one(self) -> None:
        if self.children:
            os.kill(random.choice(sorted(self.children)), signal.SIGKILL)

    def _bury(self, *, options: int = os.WNOHANG) -> None:
        for child in list(self.children):
            done, status = os.waitpid(child, options)
            if done:
                self.children.discard(child)
                self.deaths += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def dismiss(self) -> None:
        """Let them finish the sweep they are in, and go."""
        for child in self.children:
            os.kill(child, signal.SIGTERM)
        self._bury(options=0)


def fork_worker(pause: float) -> int:
    """A child that does what the background worker does, with that many seconds between sweeps, until somebody ends it."""
    from django.db import connections

    from notifications.tasks import sweep

    connections.close_all()
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    random.seed()
    dismissed: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: dismissed.append(number))
    while not dismissed and os.getppid() == parent:
        try:
            sweep()
        except Exception as fault:  # noqa: BLE001 (a locked database: the next sweep tries again)
            say(f"sweep: {type(fault).__name__} {fault}")
        time.sleep(pause)
    os._exit(0)


def shorten_clocks(port: int) -> None:
    from django.conf import settings

    from notifications import fates, ledger

    settings.MAIL_PER_HOUR = 1_000_000
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, TIMEOUT
    ledger.LEASE = timedelta(seconds=LEASE)
    fates.SERVER_BACK_OFF = timedelta(seconds=0.3)
    fates.BACK_OFF = [timedelta(seconds=0.3)] * 200
    fates.MAX_DEATHS = 10_000  # parking is tested elsewhere; here every mail must arrive


def write_letters(count: int) -> set[str]:
    """`count` mails' worth of letters, through the product's own action. Returns the Message-IDs that must arrive."""
    from accounts.models import User
    from accounts.roles import Role
    from notifications.emails import message_id, sealed_hash
    from workflow.actions.intake import submit_letter

    moderators = list(User.objects.holding(Role.MODERATOR))
    expected = set()
    for _ in range(count // (1 + len(moderators))):
        member = User.objects.create_user(f"member{secrets.token_hex(6)}@people.example")
        case = submit_letter(by=member, text="A letter of some length, as they come in.", danger="yes")
        event = case.events.get()
        expected.add(message_id(sealed_hash("message", event.pk, "received", "member")))
        expected |= {message_id(sealed_hash("message", event.pk, "work_danger", person.pk)) for person in moderators}
    return expected


def all_done() -> bool:
    from notifications.models import Message
    from workflow.models import Event

    return not Message.objects.pending().exists() and not Event.objects.filter(dispatch__isnull=True).exists()


def run_round(
    report: Report, sink: Sink, *, mails: int, kills: int, chaos: bool = False, places: tuple[str, ...] = ()
) -> Report:
    """Write letters while workers die; then let them finish in peace, and compare."""
    from notifications import failpoints

    before, began, crew = sink.accepted(), time.monotonic(), Crew()
    failpoints._ARMED = {place: CHANCE.get(place, 0.05) / len(places) for place in places}
    expected, batch = set(), max(4, mails // 40 // 4 * 4)
    while len(expected) < mails or crew.deaths < kills:
        if time.monotonic() - began > PATIENCE:
            break
        if len(expected) < mails or places:
            expected |= write_letters(batch)
        crew.keep(WORKERS)
        if not places and crew.deaths < kills:
            time.sleep(random.uniform(0, 0.08))
            crew.kill_one()
        if chaos and random.random() < 0.15:
            misbehave(sink)
        time.sleep(0.02)
    crew.dismiss()
    failpoints._ARMED = {}
    finish(crew, sink)
    report.seconds, report.mails, report.kills = time.monotonic() - began, len(expected), crew.deaths
    arrived = sink.accepted() - before
    report.lost = sorted(expected - set(arrived))
    report.doubled = {name: count - 1 for name, count in arrived.items() if count > 1}
    return report


def misbehave(sink: Sink) -> None:
    """Another fault of the server, or an outage."""
    mode = random.choice(["ok", "ok", "busy", "greylist", "full", "cut", "slow", "down"])
    if mode != "down":
        sink.set(mode)
        return
    sink.stop()
    time.sleep(0.3)
    sink.start()


def finish(crew: Crew, sink: Sink) -> None:
    sink.set("ok")
    until = time.monotonic() + PATIENCE
    while not all_done() and time.monotonic() < until:
        crew.keep(WORKERS, pause=0.5)  # what is left mostly waits for the leases of the dead
        time.sleep(0.1)
    crew.dismiss()


def prepare_people() -> None:
    from accounts.models import User
    from accounts.roles import Role

    for number in range(3):
        User.objects.create_user(f"moderator{number}@people.example", roles=(Role.MODERATOR,))


def rounds(*, mails: int, kills: int, short: bool) -> list[tuple[Report, dict[str, object]]]:
    """What to play: each fail-point alone, then chance, then chance and chaos.

    In the short form all fail-points but one are played together, and chance only with chaos.
    """
    from notifications.failpoints import PLACES

    avoidable = tuple(place for place in PLACES if place != UNAVOIDABLE)
    alone = [avoidable] if short else [(place,) for place in avoidable]
    each = {"mails": mails // (len(alone) + 4), "kills": kills // (len(alone) + 4)}
    played = [
        (Report(f"dies at: {places[0] if len(places) == 1 else 'any but one'}"), {**each, "places": places})
        for places in alone
    ]
    played.append((Report(f"dies at: {UNAVOIDABLE}", may_double=True), {**each, "places": (UNAVOIDABLE,)}))
    more = {"mails": each["mails"] * 2, "kills": each["kills"] * 2}
    if not short:
        played.append((Report("dies at any moment", may_double=True), more))
    return [*played, (Report("and a bad server", may_double=True), {**more, "chaos": True})]


def run(*, mails: int, kills: int, short: bool) -> list[Report]:
    """All rounds on the database that the environment names."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    prepare_people()
    reports = []
    with tempfile.TemporaryDirectory(prefix="allay-faults-") as folder:
        sink = Sink(Path(folder))
        shorten_clocks(sink.port)
        for report, how in rounds(mails=mails, kills=kills, short=short):
            reports.append(run_round(report, sink, **how))  # type: ignore[arg-type]
            say(report)
        sink.stop()
    return reports


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def summary(name: str, reports: list[Report]) -> bool:
    total = Report(f"all of {name}", may_double=True)
    for report in reports:
        total.mails, total.kills = total.mails + report.mails, total.kills + report.kills
        total.lost += report.lost
        total.doubled |= report.doubled
        total.seconds += report.seconds
    say(f"{total}\n")
    return all(report.holds for report in reports)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2600, help="at least so many, on each database")
    parser.add_argument("--kills", type=int, default=160, help="at least so many, on each database")
    parser.add_argument("--here", action="store_true", help="on the database of DATABASE_URL, in this process")
    parser.add_argument("--short", action="store_true", help="fewer rounds, as the test suite plays them")
    options = parser.parse_args()
    if options.here:
        return 0 if summary(os.environ.get("DATABASE_URL", "").split(":")[0], run(**sizes(options))) else 1
    sys.path.insert(0, str(ROOT / "scripts"))
    from postgres import INSTALL, find_binaries, running_server

    numbers = ["--mails", str(options.mails), "--kills", str(options.kills), *(["--short"] * options.short)]
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="allay-faults-"))
        urls = [f"sqlite:///{var}/faults.sqlite3"]
        if binaries := find_binaries():
            urls.append(stack.enter_context(running_server(binaries)))
        else:
            say(f"PostgreSQL is not installed, so its rounds are skipped. To install it: {INSTALL}")
        return max(on(url, var, numbers) for url in urls)


def on(url: str, var: str, numbers: list[str]) -> int:
    if url.startswith("postgres"):
        import psycopg

        with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE allay")
    env = {
        **os.environ,
        "ALLAY_ENV": "test",
        "ALLAY_VAR": var,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "tests.faults.harness", "--here", *numbers]
    return subprocess.run(command, cwd=ROOT, env=env).returncode


def sizes(options: argparse.Namespace) -> dict[str, int]:
    return {"mails": options.mails, "kills": options.kills, "short": options.short}


if __name__ == "__main__":
    sys.exit(main())
