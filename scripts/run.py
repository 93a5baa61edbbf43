"""`make run`: prepares the database and the demo, then serves web, worker and mail catcher until Ctrl-C.

Standard library only, so that a fault in the product still gives a readable message here.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ALLAY_VAR", ROOT / "var"))
PORT = int(os.environ.get("PORT", "8000"))
Process = subprocess.Popen[bytes]
GRACE = 15  # seconds a process may take to end by itself


def main() -> int:
    if "--reset" in sys.argv:
        return reset()
    web = PORT
    if not is_free(web):
        print(f"Port {web} is taken. Choose another: make run PORT={web + 1}", file=sys.stderr)
        return 1
    # Told to stop or Ctrl-C: the same. Also where a shell that put us into the background had Ctrl-C ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    processes: dict[str, Process] = {}
    try:
        return serve(web, processes)
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stop(processes)


def serve(web: int, processes: dict[str, Process]) -> int:
    """Until interrupted, or until one of the three ends by itself."""
    greeting = prepare(environment(1025))
    smtp = free_port(1025)  # chosen now: to make the demo takes so long that another may have taken it meanwhile
    env = environment(smtp)
    processes["mail catcher"] = start(env, "scripts/mail_catcher.py", str(smtp), str(VAR / "mailbox"))
    processes["web"] = start(
        env, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{web}", "--workers", "2",
        "--threads", "4", "--log-level", "warning", "--graceful-timeout", "5",
    )  # fmt: skip
    processes["worker"] = start(env, "manage.py", "work")
    wait_for(web, processes)
    print(greeting, flush=True)
    while True:
        ended = next((name for name, process in processes.items() if process.poll() is not None), "")
        if ended:
            print(f"The {ended} ended by itself; stopping everything.", file=sys.stderr)
            return 1
        time.sleep(0.3)


def environment(smtp: int) -> dict[str, str]:
    """Development settings; whatever the shell already says wins."""
    defaults = {
        "ALLAY_ENV": "development",
        "ALLAY_VAR": str(VAR),
        "PUBLIC_URL": f"http://localhost:{PORT}",
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
        "MAILBOX_DIR": str(VAR / "mailbox"),
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **os.environ, "EMAIL_URL": defaults["EMAIL_URL"]}


def prepare(env: dict[str, str]) -> str:
    """Tables, schedules and the demo; quick when all of it is there. Returns the greeting."""
    for folder in ("mailbox", "static"):
        (VAR / folder).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "manage.py", "prepare", "--demo", f"http://localhost:{PORT}"]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def reset() -> int:
    """Forget the demo: database and mail."""
    for name in ("allay.sqlite3", "allay.sqlite3-wal", "allay.sqlite3-shm"):
        (VAR / name).unlink(missing_ok=True)
    shutil.rmtree(VAR / "mailbox", ignore_errors=True)
    print("The demo is forgotten. `make run` makes it afresh.")
    return 0


def start(env: dict[str, str], *arguments: str) -> Process:
    """Each process in a session of its own, so that Ctrl-C reaches only us and we end them in order."""
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env, start_new_session=True)


def wait_for(port: int, processes: dict[str, Process]) -> None:
    for _ in range(150):
        if not is_free(port) or any(process.poll() is not None for process in processes.values()):
            return
        time.sleep(0.2)


def stop(processes: dict[str, Process]) -> None:
    """Web first, then the worker (it finishes its mail), then the mail catcher; what does not end is killed."""
    for name in ("web", "worker", "mail catcher"):
        process = processes.get(name)
        if process is None:
            continue
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
        kill_rest(process.pid)


def kill_rest(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port(wanted: int) -> int:
    if is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
