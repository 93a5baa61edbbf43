"""What a process costs and what a reader waits for: start-up, memory of web and worker beside plain Django, first paint.

    python -m benchmarks.footprint [--no-paint]

Start-up is CPU time from nothing to the first answer. Memory is what a process adds to a machine (PSS) with both engines
loaded; "as served" is what gunicorn.conf.py does: all is loaded once and two workers are forked from it, each of which then
answers 20 pages and reads 20 letters. First paint: Chromium, nothing in its cache, CPU slowed 4 times, a slow line
(1.6 Mbit/s down, 150 ms away).
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.processes import answers, free_port, wait

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
ROUNDS = 5
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SAY = """
import re, resource
used = resource.getrusage(resource.RUSAGE_SELF)
pss = int(re.search(r"^Pss: *(\\d+)", open("/proc/self/smaps_rollup").read(), re.M)[1]) / 1024
print(f"{used.ru_utime + used.ru_stime:5.1f} s CPU {pss:6.0f} MB")
"""
PLAIN = """
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
apps = [f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages", "staticfiles")]
settings.configure(ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], INSTALLED_APPS=apps, SECRET_KEY="x",
                   DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
urlpatterns = [path("", lambda request: HttpResponse("Hello"))]
import django; django.setup()
from django.test import Client
import django.db.models, django.forms
assert Client().get("/").status_code == 200
"""
WEB = """
import django; django.setup()
from django.test import Client
assert Client().get("/").status_code == 200
"""
ENGINES = """
from workflow import language
from workflow.anonymize import find
from workflow.safety.scan import scan
words = "My son Mike lives in Gloucester and takes too much. I cannot wake him. "
scan(words); find(words); language.check(words)
"""
SERVED = """
import os, runpy
conf = runpy.run_path("gunicorn.conf.py")
import config.wsgi
conf["when_ready"](None)
pipes = [(os.pipe(), os.pipe()) for _ in range(2)]
workers = []
for (told, tell), (heard, say) in pipes:
    if not (child := os.fork()):
        from django.test import Client
        for _ in range(20): assert Client().get("/").status_code == 200
        for _ in range(20): work()
        os.write(tell, b"."); os.read(heard, 1); os._exit(0)
    os.read(told, 1)
    workers.append(child)
def pss(process): return int(re.search(r"^Pss: *(\\d+)", open(f"/proc/{process}/smaps_rollup").read(), re.M)[1]) / 1024
used = [pss(process) for process in workers]
print(f"{'':>11}{sum(used) / 2:6.0f} MB; with half of the process that forked them {(sum(used) + pss(os.getpid())) / 2:.0f} MB")
for _, (heard, say) in pipes: os.write(say, b".")
"""
WORKER = """
import django; django.setup()
import django_q.cluster, config.supervisor, config.schedules
"""
SEED = """
import django; django.setup()
from django.core.management import call_command
for command in ("migrate", "createcachetable"): call_command(command, verbosity=0)
from qa.models import Topic
from tests.qa.pages import publish
topic = Topic.objects.create(slug="detox", title="Detox")
for number in range(30):
    print(publish(f"My son came home from detox {number}", topic, number=900 + number).slug)
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
        Path(folder, "static").mkdir()
        env = {**os.environ, "ALLAY_ENV": "test", "ALLAY_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        env["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        slug = python(SEED, env).split()[0]
        print(f"{'':<36}to the first answer, memory")
        print(f"  {'plain Django':<34}{python(PLAIN + SAY, os.environ | {'DJANGO_SETTINGS_MODULE': ''})}")
        print(f"  {'web':<34}{python(WEB + SAY, env)}")
        print(f"  {'web, both engines loaded':<34}{python(WEB + ENGINES + SAY, env)}")
        work = "def work():\n" + "".join(f"    {line}\n" for line in ENGINES.strip().splitlines())
        print(f"  {'web, each of two as served':<34}{python('import re' + chr(10) + work + SERVED, env)}")
        print(f"  {'worker, both engines loaded':<34}{python(WORKER + ENGINES + SAY, env)}", flush=True)
        if "--no-paint" not in sys.argv:
            paint(env, slug)
    return 0


def python(run: str, env) -> str:
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=ROOT, env=dict(env), check=True, capture_output=True, text=True
    )
    return done.stdout.strip("\n")


def paint(env: dict[str, str], slug: str) -> None:
    if not Path(CHROMIUM).exists():
        print(f"Skipped: there is no {CHROMIUM}, so the first paint is not measured.")
        return
    from playwright.sync_api import sync_playwright

    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        home = f"http://127.0.0.1:{port}/"
        wait(lambda: answers(home))
        with sync_playwright() as chromium:
            browser = chromium.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, path in {"home": "", "a letter and its answer": f"read/{slug}/"}.items():
                urllib.request.urlopen(home + path).read()
                print(f"  {name:<34}{seen(browser, home + path)}   load average {os.getloadavg()[0]:.1f}", flush=True)
            browser.close()
    finally:
        server.terminate()
        server.wait(60)


def seen(browser, url: str) -> str:
    times, weights, requests = [], [], []
    for _ in range(ROUNDS):
        page = browser.new_context().new_page()
        line, sizes = page.context.new_cdp_session(page), []
        line.send("Network.enable")
        line.on("Network.loadingFinished", lambda done, sizes=sizes: sizes.append(done["encodedDataLength"]))
        line.send("Network.emulateNetworkConditions", LINE)
        line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(url, wait_until="load", timeout=120_000)
        first = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        until = time.monotonic() + 30
        while (at := page.evaluate(first)) is None and time.monotonic() < until:
            page.wait_for_timeout(50)
        times.append(at)
        weights.append(sum(sizes) / 1024)
        requests.append(len(sizes))
        page.context.close()
    return f"first paint {statistics.median(times):5.0f} ms, {statistics.median(weights):4.0f} KB, {max(requests)} requests"


if __name__ == "__main__":
    sys.exit(main())
