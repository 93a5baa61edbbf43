"""The line to the mail server: one connection for many mails, and what its answers mean for us."""

import re
import smtplib
from contextlib import suppress
from types import TracebackType

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from .moulds import Mail, bare_address
from .smtp import Talk

PLAIN_ADDRESS = re.compile(r"[^\s<>@\"]+@[^\s<>@\"]+", re.ASCII)


class Unreachable(Exception):
    """No mail can be sent now, whatever it is: the server is down, or does not take our name and password."""


class Refusal(Exception):
    """The server did not take this mail. Final: it never will (5xx)."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class Line:
    """Opens the connection when it is first needed, keeps it for the next mail, opens it again after a break."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._talk: Talk | None = None
        self._is_open = False

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Make sure there is a connection. Raises Unreachable."""
        if self._is_open:
            return
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise Unreachable(type(fault).__name__) from None
        self._is_open = True
        # Over plain SMTP the bytes cast for it are sent; a provider gets the mail itself.
        over = self._connection.connection if type(self._connection) is EmailBackend else None
        self._talk = Talk(over, bare_address(settings.MAIL_FROM)) if over else None

    def close(self) -> None:
        """Say goodbye if the server still listens; the next `open` begins afresh in any case."""
        talk, self._talk, self._is_open = self._talk, None, False
        with suppress(OSError, smtplib.SMTPException):
            if talk is None or not talk.abandon():
                self._connection.close()
        self._connection = get_connection()

    def send(self, mail: Mail, *, following: Mail | None = None) -> None:
        """Hand one mail over. Raises Refusal; the exception's text never holds an address.

        `following` most likely is next: the server is told so with this one, if it likes that.
        """
        try:
            self._hand_over(mail, following)
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise Refusal(f"recipient refused {max(codes)}", is_final=min(codes) >= 500) from None
        except (smtplib.SMTPServerDisconnected, Unreachable):
            self.close()
            raise Refusal("connection lost", is_final=False) from None
        except smtplib.SMTPSenderRefused as fault:  # our own name is at fault, not this mail
            self.close()
            raise Refusal(f"sender refused {fault.smtp_code}", is_final=False) from None
        except smtplib.SMTPResponseException as fault:
            raise Refusal(f"mail refused {fault.smtp_code}", is_final=fault.smtp_code >= 500) from None
        except AnymailRecipientsRefused:
            raise Refusal("recipient refused", is_final=True) from None
        except AnymailError as fault:  # the provider's answer; whether it is this mail or our account, it cannot say
            raise Refusal(f"provider: {type(fault).__name__}"[:40], is_final=False) from None
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise Refusal(f"connection broke: {type(fault).__name__}"[:40], is_final=False) from None

    def _hand_over(self, mail: Mail, following: Mail | None) -> None:
        wire = _wire(mail)
        if self._talk and self._talk.expected not in {"", mail.to if wire else ""}:
            self.close()  # the mail it waits for is not sent after all
        self.open()
        if self._talk is None or wire is None:
            self._connection.send_messages([mail.whole()])
        else:
            self._talk.hand_over(mail.to, wire, following=following.to if following and _wire(following) else "")


def _wire(mail: Mail) -> bytes | None:
    """Its bytes, if it can be handed over as bytes."""
    return mail.wire() if PLAIN_ADDRESS.fullmatch(mail.to) else None
