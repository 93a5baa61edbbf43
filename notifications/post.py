"""The line to the mail server: one connection for many mails, and what its answers mean for us."""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from . import smtp
from .moulds import Mail, bare_address

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

    def close(self) -> None:
        """Say goodbye if the server still listens; the next `open` begins afresh in any case."""
        self._is_open = False
        with suppress(OSError, smtplib.SMTPException):
            self._connection.close()
        self._connection = get_connection()

    def send(self, mail: Mail, *, meanwhile: Callable[[], None]) -> None:
        """Hand one mail over. Raises Refusal; the exception's text never holds an address.

        `meanwhile` may be done while the server thinks, before it has the mail.
        """
        try:
            self._hand_over(mail, meanwhile)
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise Refusal(f"recipient refused {max(codes)}", is_final=min(codes) >= 500) from None
        except smtplib.SMTPServerDisconnected:
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

    def _hand_over(self, mail: Mail, meanwhile: Callable[[], None]) -> None:
        """Over plain SMTP the bytes cast for it; a provider gets the mail itself."""
        over = self._connection.connection if type(self._connection) is EmailBackend else None
        wire = mail.wire() if over else None
        if over is None or wire is None or not PLAIN_ADDRESS.fullmatch(mail.to):
            self._connection.send_messages([mail.whole()])
        else:
            smtp.hand_over(over, bare_address(settings.MAIL_FROM), mail.to, wire, meanwhile=meanwhile)
