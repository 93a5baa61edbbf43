"""A mail server that misbehaves when told to: the other end of every test of delivery.

It runs in a thread of a test, or as a process of its own: `python -m tests.faults.sink PORT LOG MODE_FILE`.
Accepted mails are written to LOG, one Message-ID a line, before the server says yes.
"""

import asyncio
import signal
import sys
import threading
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

REPLIES = {
    "busy": {"MAIL": "421 4.3.2 too busy"},
    "greylist": {"RCPT": "450 4.2.0 try later"},
    "unknown": {"RCPT": "550 5.1.1 no such person"},
    "full": {"DATA": "452 4.2.2 mailbox full"},
    "refuse": {"DATA": "554 5.7.1 not wanted"},
}
SLOW = 30


class Server(SMTP):
    """aiosmtpd's server, with the faults that need the connection itself."""

    def cut(self) -> None:
        self.transport.abort()


class Sink:
    """Takes mail as `mode` says: ok, slow, cut, or one of REPLIES. `only` limits a fault to one address."""

    def __init__(self, log: Path | None = None, mode_file: Path | None = None) -> None:
        self.log, self.mode_file = log, mode_file
        self.accepted: list[Any] = []
        self.mode, self.only, self.pipelines = "ok", "", True

    def _mode(self, address: str = "") -> str:
        mode = self.mode_file.read_text().strip() if self.mode_file else self.mode
        return mode if not self.only or self.only == address else "ok"

    def _reply(self, verb: str, address: str = "") -> str:
        return REPLIES.get(self._mode(address), {}).get(verb, "")

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [*responses[:-1], *["250-PIPELINING"] * self.pipelines, responses[-1]]

    async def handle_MAIL(self, server, session, envelope, address, options):
        if reply := self._reply("MAIL"):
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := self._reply("RCPT", address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        mode = self._mode(address)
        if mode == "slow":
            await asyncio.sleep(SLOW)
        if mode == "cut":
            server.cut()
            return "250 nobody hears this"
        if reply := self._reply("DATA", address):
            return reply
        self._keep(envelope)
        if mode == "cut-after":  # taken, and the line breaks before the yes
            server.cut()
        return "250 kept"

    def _keep(self, envelope) -> None:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.accepted.append(message)
        if self.log:
            with self.log.open("a") as log:
                log.write(f"{message['Message-ID']}\n")


class Post(Controller):
    """The listening server. With `tls` it offers STARTTLS and takes nothing before it."""

    tls = None

    def factory(self):
        tls = {"tls_context": self.tls, "require_starttls": True} if self.tls else {}
        return Server(self.handler, hostname="sink", data_size_limit=None, **tls)


def main() -> None:
    port, log, mode_file = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    controller = Post(Sink(log, mode_file), hostname="127.0.0.1", port=port)
    controller.start()
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, frame: done.set())
    done.wait()
    controller.stop(no_assert=True)


if __name__ == "__main__":
    main()
