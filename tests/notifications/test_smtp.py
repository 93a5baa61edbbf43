"""Mails handed over in one round trip each where the server allows it, one command at a time where not; smtplib's faults."""

import datetime
import ipaddress
import smtplib
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.post import Line, Unreachable
from notifications.smtp import Talk
from tests.config.test_guards_of_pages import settings_in
from tests.faults.sink import Post, Sink

pytestmark = pytest.mark.pure
WIRE = b"Message-ID: <1@allay.example>\r\nSubject: Dots\r\n\r\n.one\r\n..two\r\nthree."
SENDER, ROSA, OTTO = "hello@allay.example", "rosa@people.example", "otto@people.example"


@pytest.fixture(params=[True, False], ids=["pipelining", "one by one"])
def server(request):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    post = Post(Sink(), hostname="127.0.0.1", port=port)
    post.handler.pipelines = request.param
    post.start()
    yield post
    post.stop(no_assert=True)


@pytest.fixture
def line(server):
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as line:
        yield line


class Spy:
    """Counts what is sent to the server."""

    def __init__(self, line):
        self.sent, self.real = [], line.send
        line.send = self

    def __call__(self, text):
        self.sent.append(text)
        self.real(text)


def test_it_hands_over_what_was_written_with_every_dot(server, line):
    Talk(line, SENDER).hand_over(ROSA, WIRE)
    (mail,) = server.handler.accepted
    assert mail.get_content().replace("\r\n", "\n") == ".one\n..two\nthree.\n"


def test_it_says_three_commands_at_once_to_a_server_that_knows_that(server, line):
    line.ehlo()
    spy = Spy(line)
    Talk(line, SENDER).hand_over(ROSA, WIRE)
    assert len(spy.sent) == (2 if server.handler.pipelines else 4)


@pytest.mark.parametrize(
    ("mode", "fault", "code"),
    [
        ("busy", smtplib.SMTPSenderRefused, 421),
        ("greylist", smtplib.SMTPRecipientsRefused, 450),
        ("unknown", smtplib.SMTPRecipientsRefused, 550),
        ("full", smtplib.SMTPDataError, 452),
        ("refuse", smtplib.SMTPDataError, 554),
    ],
)
def test_it_raises_what_smtplib_raises_and_goes_on_with_the_next_mail(server, line, mode, fault, code):
    server.handler.mode = mode
    with pytest.raises(fault) as ours:
        Talk(line, SENDER).hand_over(ROSA, WIRE)
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as other, pytest.raises(fault) as theirs:
        other.sendmail(SENDER, [ROSA], WIRE)
    assert ours.value.args == theirs.value.args
    assert str(code) in str(ours.value.args)
    server.handler.mode = "ok"
    if code == 421:
        assert line.sock is None, "the server said goodbye"
    else:
        Talk(line, SENDER).hand_over(ROSA, WIRE)
        assert len(server.handler.accepted) == 1


def test_it_ends_the_text_that_a_server_asks_for_after_it_refused_the_address(server, line):
    """Some answer 354 all the same; the refused mail must not become the next one's beginning."""
    line.ehlo()
    replies = iter([(250, b"ok"), (550, b"nobody"), (354, b"go on"), (554, b"no valid address"), (250, b"reset")])
    line.getreply = lambda: next(replies)
    line.esmtp_features["pipelining"] = ""
    line.send = lambda text: None
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        Talk(line, SENDER).hand_over(ROSA, WIRE)
    assert next(replies, None) is None, "every answer was read"
    del line.getreply, line.send


def test_it_says_that_the_connection_is_lost(server, line):
    server.handler.mode = "cut"
    with pytest.raises(smtplib.SMTPServerDisconnected):
        Talk(line, SENDER).hand_over(ROSA, WIRE)


def test_it_announces_the_next_mail_with_the_text_of_this_one(server, line):
    line.ehlo()
    talk, spy = Talk(line, SENDER), Spy(line)
    talk.hand_over(ROSA, WIRE, following=OTTO)
    talk.hand_over(OTTO, WIRE, following=ROSA)
    talk.hand_over(ROSA, WIRE)
    assert [mail.get_content()[:4] for mail in server.handler.accepted] == [".one"] * 3
    assert len(spy.sent) == (4 if server.handler.pipelines else 12)
    assert not talk.expected


@pytest.mark.parametrize("mode", ["full", "refuse"])
def test_it_sends_the_announced_mail_when_the_one_before_is_refused(server, line, mode):
    talk, server.handler.mode = Talk(line, SENDER), mode
    with pytest.raises(smtplib.SMTPDataError):
        talk.hand_over(ROSA, WIRE, following=OTTO)
    server.handler.mode = "ok"
    talk.hand_over(OTTO, WIRE)
    assert len(server.handler.accepted) == 1


def test_it_never_says_a_word_to_a_server_that_waits_for_another_mail(server, line):
    talk = Talk(line, SENDER)
    talk.hand_over(ROSA, WIRE, following=OTTO)
    if not server.handler.pipelines:
        assert not talk.abandon()
        return
    with pytest.raises(smtplib.SMTPServerDisconnected):
        talk.hand_over(ROSA, WIRE)
    assert talk.abandon()
    assert line.sock is None
    assert len(server.handler.accepted) == 1


@pytest.fixture
def certificate(tmp_path):
    """One for 127.0.0.1 that nobody has vouched for, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "sink.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


def opened(server, settings):
    """Our line to this server, with TLS asked for as EMAIL_URL=smtp+tls://… does. Raises Unreachable."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, True
    with Line() as line:
        line.open()
        return type(line._connection.connection.sock)


@pytest.mark.parametrize("server", [True], indirect=True)
def test_it_hands_no_mail_to_whom_the_commands_before_it_named(server, line):
    talk = Talk(line, SENDER)
    talk.hand_over(ROSA, WIRE, following=OTTO)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="waits for another mail"):
        talk.hand_over(ROSA, WIRE)
    assert len(server.handler.accepted) == 1
    assert talk.abandon()


@pytest.mark.parametrize("server", [True], indirect=True)
def test_it_sends_nothing_in_clear_and_nothing_to_whom_nobody_vouches_for(server, settings, certificate, monkeypatch):
    """Unreachable: the mail waits, and costs no try (tests/notifications/test_delivery.py)."""
    with pytest.raises(Unreachable, match="SMTPNotSupportedError"):
        opened(server, settings)
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(certificate)
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        opened(server, settings)
    assert server.handler.accepted == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert opened(server, settings) is ssl.SSLSocket


@pytest.mark.parametrize("name", ["EMAIL_URL", "ALARM_EMAIL_URL"])
def test_it_does_not_start_in_production_where_mail_would_go_in_clear(name):
    given = dict.fromkeys(["SECRET_KEY", "FIELD_KEYS", "MAIL_FROM"], "x")
    given |= {"PUBLIC_URL": "https://a.example", "DATABASE_URL": "sqlite:///x", "EMAIL_URL": "smtp+tls://x:587"}
    assert f"{name} must begin" in settings_in(**{**given, name: "smtp://x:25"}).stderr
