"""The demo's mail server: takes every message on a local port and writes it to a folder, for the mailbox page.

python scripts/mail_catcher.py 1025 var/mailbox
"""

import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

KEEP = 500  # messages; older ones are dropped


class Catcher:
    """One file a message, named by time so that names sort."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        name = f"{time.time_ns():020d}"
        part = self.folder / f"{name}.part"
        part.write_bytes(envelope.content)
        part.rename(self.folder / f"{name}.eml")
        for old in sorted(self.folder.glob("*.eml"))[:-KEEP]:
            old.unlink(missing_ok=True)
        return "250 kept"


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    controller = Controller(Catcher(folder), hostname="127.0.0.1", port=port)
    controller.start()
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, frame: done.set())
    done.wait()
    controller.stop()


if __name__ == "__main__":
    main()
