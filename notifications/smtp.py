"""What `smtplib.sendmail` says for one mail to one address, in a quarter of the round trips.

The bytes are ready, so nothing is taken apart again. A server that knows PIPELINING (RFC 2920; nearly all do) gets the
three commands before a text at once, and the commands of the next mail right behind the text: section 3.1 allows a text
to begin a group of commands. The others get them one by one, as from smtplib.
"""

import smtplib
from collections.abc import Iterator
from contextlib import suppress

GOODBYE, GO_ON, DONE = 421, 354, 250


class Talk:
    """One connection, mail after mail. `expected`: to whom the commands of the next mail were said already."""

    def __init__(self, over: smtplib.SMTP, sender: str) -> None:
        self.over, self.sender, self.expected = over, sender, ""

    def hand_over(self, to: str, wire: bytes, *, following: str = "") -> None:
        """Raises what smtplib would raise, with the connection as smtplib would leave it."""
        self.over.ehlo_or_helo_if_needed()
        self._ask(to)
        is_at_once = bool(following) and self._pipelines()
        self.over.send(_ended(wire) + (self._together(following) if is_at_once else b""))
        self.expected = following if is_at_once else ""
        code, reason = self.over.getreply()
        if code != DONE:
            self._leave([(code, reason)])
            raise smtplib.SMTPDataError(code, reason)

    def abandon(self) -> bool:
        """End it where the server waits for a text: anything said now would be that text. False: it does not wait."""
        if self.expected:
            self.over.close()
        return bool(self.expected)

    def _ask(self, to: str) -> None:
        """The commands, unless they were said, and the answers to them."""
        if self.expected and self.expected != to:
            raise smtplib.SMTPServerDisconnected("the server waits for another mail")
        if self._pipelines():
            if not self.expected:
                self.over.send(self._together(to))
            said = list(self._answers())
        else:
            said = list(self._one_by_one(to))
        self.expected = ""
        if fault := _refusal(said, self.sender, to):
            self._leave(said)
            raise fault

    def _pipelines(self) -> bool:
        return self.over.has_extn("pipelining")

    def _commands(self, to: str) -> list[str]:
        return [f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{to}>", "DATA"]

    def _together(self, to: str) -> bytes:
        return "\r\n".join([*self._commands(to), ""]).encode("ascii")

    def _answers(self) -> Iterator[tuple[int, bytes]]:
        for _ in range(3):
            code, reason = self.over.getreply()
            yield code, reason
            if code == GOODBYE:
                return

    def _one_by_one(self, to: str) -> Iterator[tuple[int, bytes]]:
        for command in self._commands(to):
            self.over.putcmd(command)
            code, reason = self.over.getreply()
            yield code, reason
            if code >= 400:
                return

    def _leave(self, said: list[tuple[int, bytes]]) -> None:
        """After a refusal the line is fit for the next mail, or closed. Commands that were said stay said."""
        if said[-1][0] == GOODBYE:
            self.expected = ""
            self.over.close()
        if said[-1][0] == GOODBYE or self.expected:
            return
        with suppress(smtplib.SMTPServerDisconnected):
            if said[-1][0] == GO_ON:  # it waits for the text of a mail it refused: an empty one ends that
                self.over.send(b".\r\n")
                self.over.getreply()
            self.over.rset()


def _refusal(said: list[tuple[int, bytes]], sender: str, to: str) -> smtplib.SMTPException | None:
    if said[0][0] != DONE:
        return smtplib.SMTPSenderRefused(*said[0], sender)
    if len(said) > 1 and said[1][0] not in {DONE, 251}:
        return smtplib.SMTPRecipientsRefused({to: said[1]})
    return smtplib.SMTPDataError(*said[-1]) if said[-1][0] != GO_ON else None


def _ended(wire: bytes) -> bytes:
    """With dots made double where a line begins with one, and the dot that ends it."""
    if b"\r\n." in wire:
        wire = wire.replace(b"\r\n.", b"\r\n..")
    return wire + (b".\r\n" if wire.endswith(b"\r\n") else b"\r\n.\r\n")
