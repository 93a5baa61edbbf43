"""What `smtplib.sendmail` says for one mail to one address, in half the round trips.

The bytes are ready, so nothing is taken apart again. A server that knows PIPELINING (RFC 2920; nearly all do) gets the
three commands before the text at once, and answers each; the others get them one by one, as smtplib does.
"""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress

GOODBYE, GO_ON = 421, 354


def _nothing() -> None:
    pass


def hand_over(
    over: smtplib.SMTP, sender: str, to: str, wire: bytes, *, meanwhile: Callable[[], None] = _nothing
) -> None:
    """Raises what smtplib would raise, with the connection as smtplib would leave it.

    `meanwhile` is done while the server thinks about the commands; it has not seen a word of the mail by then.
    """
    over.ehlo_or_helo_if_needed()
    commands = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"]
    ask = _together if over.has_extn("pipelining") else _one_by_one
    replies = ask(over, commands, meanwhile)
    said = list(replies)
    if fault := _refusal(said, sender, to):
        _leave(over, said)
        raise fault
    over.send(_ended(wire))
    code, reason = over.getreply()
    if code != 250:
        _leave(over, [(code, reason)])
        raise smtplib.SMTPDataError(code, reason)


def _together(over: smtplib.SMTP, commands: list[str], meanwhile: Callable[[], None]) -> Iterator[tuple[int, bytes]]:
    over.send("\r\n".join([*commands, ""]).encode("ascii"))
    meanwhile()
    for _ in commands:
        code, reason = over.getreply()
        yield code, reason
        if code == GOODBYE:
            return


def _one_by_one(over: smtplib.SMTP, commands: list[str], meanwhile: Callable[[], None]) -> Iterator[tuple[int, bytes]]:
    for command in commands:
        over.putcmd(command)
        meanwhile()
        meanwhile = _nothing
        code, reason = over.getreply()
        yield code, reason
        if code >= 400:
            return


def _refusal(said: list[tuple[int, bytes]], sender: str, to: str) -> smtplib.SMTPException | None:
    if said[0][0] != 250:
        return smtplib.SMTPSenderRefused(*said[0], sender)
    if len(said) > 1 and said[1][0] not in {250, 251}:
        return smtplib.SMTPRecipientsRefused({to: said[1]})
    return smtplib.SMTPDataError(*said[-1]) if said[-1][0] != GO_ON else None


def _leave(over: smtplib.SMTP, said: list[tuple[int, bytes]]) -> None:
    """After a refusal the line is fit for the next mail, or closed."""
    if said[-1][0] == GOODBYE:
        over.close()
        return
    with suppress(smtplib.SMTPServerDisconnected):
        if said[-1][0] == GO_ON:  # it waits for the text of a mail it refused: an empty one ends that
            over.send(b".\r\n")
            over.getreply()
        over.rset()


def _ended(wire: bytes) -> bytes:
    """With dots made double where a line begins with one, and the dot that ends it."""
    if b"\r\n." in wire:
        wire = wire.replace(b"\r\n.", b"\r\n..")
    return wire + (b".\r\n" if wire.endswith(b"\r\n") else b"\r\n.\r\n")
