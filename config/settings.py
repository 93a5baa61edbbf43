"""All settings, from the environment, secure by default: without ALLAY_ENV the product believes it is in production.

In production every secret must be given; a missing one stops the start and is named. ALLAY_ENV=development (what
`make run` uses) and ALLAY_ENV=test fill in harmless values. docs/operations.md lists each variable.
"""

import base64
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME or NAME_FILE (a path to a secret)

ENVIRONMENT = env.str("ALLAY_ENV", "production")
if ENVIRONMENT not in {"production", "development", "test"}:  # a slip ("prod") must not switch the guards off
    raise ImproperlyConfigured("ALLAY_ENV must be production, development or test; without it, it is production.")
PRODUCTION = ENVIRONMENT == "production"
DEVELOPMENT = ENVIRONMENT == "development"
DEBUG = env.bool("DEBUG", False) and not PRODUCTION
VAR_DIR = Path(env.str("ALLAY_VAR", str(BASE_DIR / "var")))

MAIL_PROVIDER = env.str("MAIL_PROVIDER", "")
REQUIRED = [
    "SECRET_KEY",
    "FIELD_KEYS",
    "PUBLIC_URL",
    "DATABASE_URL",
    "ANYMAIL" if MAIL_PROVIDER else "EMAIL_URL",
    "MAIL_FROM",
]
if PRODUCTION and (missing := [name for name in REQUIRED if not env.str(name, "")]):
    raise ImproperlyConfigured(
        f"Allay will not start in production without: {', '.join(missing)}. See docs/operations.md; "
        "to try Allay on your own machine use `make run`."
    )


def _harmless(purpose: str) -> str:
    """A fixed value for development and tests only; production has stopped above."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"allay {purpose}".encode()).digest()).decode()


SECRET_KEY = env.str("SECRET_KEY", _harmless("secret key"))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# "id:key" pairs, newest first; a key is 32 bytes in urlsafe base64. The first encrypts, all decrypt.
FIELD_KEYS = env.list("FIELD_KEYS", default=[f"dev:{_harmless('field key')}"])
# Off only while an older release still serves beside this one: it cannot read what is under a letter's own key.
LETTER_KEYS = env.bool("LETTER_KEYS", True)
# The same form, for backups; kept apart from them and from FIELD_KEYS. Without one no backup is made.
BACKUP_KEYS = env.list("BACKUP_KEYS", default=[] if PRODUCTION else [f"dev:{_harmless('backup key')}"])
BACKUP_DIR = env.str("BACKUP_DIR", "")
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "Allay")
MAIL_FROM = env.str("MAIL_FROM", "Allay <hello@allay.example>")
MAIL_NEUTRAL_NAME = env.str("MAIL_NEUTRAL_NAME", SITE_NAME)
EXIT_URL = env.str("EXIT_URL", "https://www.weather.gov/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PUBLIC_URL.split("://")[-1].split(":")[0].split("/")[0]])
if not PRODUCTION:
    ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
HTTPS = PUBLIC_URL.startswith("https://")
if PRODUCTION and not HTTPS:
    raise ImproperlyConfigured("PUBLIC_URL must start with https:// in production: letters must not travel in clear.")
# Sites that may show a card of a public letter in a frame, e.g. https://www.example.org; empty: none.
EMBED_HOSTS = env.list("EMBED_HOSTS", default=[])
PAGE_REVIEW_MONTHS = env.int("PAGE_REVIEW_MONTHS", 12)  # how long a published answer stands before a person looks again

INSTALLED_APPS = [
    "config",
    "notifications",
    "workflow",
    "qa",
    "accounts",
    "config.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_prose_editor",
    "django_q",
]
MIDDLEWARE = [
    "config.middleware.Numbered",
    "config.middleware.NeverInClear",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PrivatePages",
    "config.languages.LanguageInAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.Csrf",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.sessions.IdleEnds",
    "config.languages.Speaks",
    "config.middleware.SignInFirst",
    "config.sessions.SecondStepFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workflow.middleware.Refusals",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db("DATABASE_URL", f"sqlite:///{VAR_DIR / 'allay.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: two people at once wait for each other instead of failing at once (docs/adr/0004).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # secure_delete: what is erased leaves no bytes in the file; journal_size_limit: nor in the write-ahead log,
        # which otherwise keeps the old pages after a checkpoint until they happen to be written over.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA journal_size_limit=0;"
        ),
    }
    if (
        ENVIRONMENT != "test"
    ):  # one process alone checkpoints: `manage.py work` (SQLite's WAL-reset fault, docs/adr/0004)
        DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA wal_autocheckpoint=0;"
    # Tests use a file too, so that two real connections can race for it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # Counts of signing in live here. Django's 300 rows would let a flood of guesses push out the counts themselves.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# The task table is a doorbell; the truth is the outbox. Every figure is explained in docs/adr/0005.
Q_CLUSTER = {
    "name": "allay",
    "workers": env.int("WORKERS", 2),
    "queue_limit": env.int("WORKERS", 2),
    "bulk": 1,
    "timeout": 60,
    "retry": 600,
    "max_attempts": 5,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 500,
    "max_rss": 400_000,
    "poll": 0.5,
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.password_words.OftenUsed"},
    {"NAME": "accounts.password_words.WordsOfTheHouse"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "qa:home"
ACCOUNT_ADAPTER = "notifications.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# ip: one machine; key: one address asked for from one machine. A code lives for ten minutes and five tries. From one
# machine fewer codes can be asked for than a mailbox gets in an hour (notifications.timing.CODES_AN_HOUR).
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,120/h/ip,3/m/key,6/h/key",
    "login_failed": "10/m/ip,5/5m/key",
    "wrong_step": "4/h/key",  # the next one is told to the owner, once an hour
    "wrong_step_told": "1/h/key",
    "second_step": "30/h/key",  # of one person, from everywhere: a stolen password and many machines guess no code
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("BEHIND_PROXY", False) else 0
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

MFA_ADAPTER = "config.second_step.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half minutes that a phone's clock may be off
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 24 * 3600  # members may be idle for a day (WCAG 2.2.1; NHS: at least 20 hours)
SESSION_SAVE_EVERY_REQUEST = False
STAFF_IDLE_MINUTES = env.int(
    "STAFF_IDLE_MINUTES", 60
)  # people at the desks, without a step of theirs (config/sessions.py)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12)  # and at most, however busy
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.forged"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-s", "__Host-c"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS: list[str] = []  # the product takes no files
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        # The one inline style element of the editor (ProseMirror), by its hash; it belongs to the pinned version.
        "style-src": [SELF, "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", "America/New_York")
USE_I18N = True
LANGUAGES = [("en", "English"), ("es", "Español")]  # what we write in; mails: notifications/wordings
LOCALE_PATHS = [BASE_DIR / "locale"]  # pages: gettext
FORMAT_MODULE_PATH = "config.formats"
LANGUAGE_COOKIE_NAME = "__Host-l" if HTTPS else "language"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION  # development and tests need no collectstatic
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Mail waits a little so that a slip can be taken back first; a demo shows each at once.
MAIL_HOLD = env.int("MAIL_HOLD", 30 if PRODUCTION else 0)  # seconds: decisions that a member hears of
MAIL_WINDOW = env.int("MAIL_WINDOW", 600 if PRODUCTION else 0)  # seconds: work at the desks, then told together
MAIL_PER_HOUR = env.int("MAIL_PER_HOUR", 20_000)  # more than this is a fault of ours: the brake is pulled
MAIL_NEW_PER_HOUR = env.int(
    "MAIL_NEW_PER_HOUR", 500
)  # codes to addresses that never signed in; more is a stranger's doing
MAIL_PERSON_HOUR, MAIL_PERSON_DAY = 6, 20  # to one person; what is more goes into their daily mail
vars().update(env.email_url("EMAIL_URL", "smtp://localhost:1025"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
_AT_HOME = {"localhost", "127.0.0.1", "::1"}  # a mail server of this machine may be spoken to without TLS
for _name in ("EMAIL_URL", "ALARM_EMAIL_URL"):
    _server = urlsplit(env.str(_name, ""))
    if PRODUCTION and _server.scheme == "smtp" and _server.hostname not in _AT_HOME:
        raise ImproperlyConfigured(
            f"{_name} must begin with smtp+tls:// or smtp+ssl://: codes must not travel in clear."
        )
# Another way out than SMTP: any provider that django-anymail knows, e.g. MAIL_PROVIDER=postmark ANYMAIL={"POSTMARK_…": "…"}
ANYMAIL = {"IGNORE_UNSUPPORTED_FEATURES": True, **env.json("ANYMAIL", {})}
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
# Where the demo's mail catcher keeps what it received; empty: no mail page.
MAILBOX_DIR = env.str("MAILBOX_DIR", "") if not PRODUCTION else ""

METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # what Prometheus shows to be let in; without it there are no figures
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")  # mailto: or https: address for reports of holes
SENTRY_DSN = env.str("SENTRY_DSN", "")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"quiet": {"()": "config.logs.NoLetterText"}},
    "formatters": {"line": {"()": "config.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
    "root": {"handlers": ["console"], "level": "INFO" if PRODUCTION else "WARNING"},
    "loggers": {
        "allay": {"level": "INFO"},
        "django-q": {"level": "WARNING"},
        "django.server": {"handlers": [], "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS = ["security.W003"]  # config.middleware.Csrf is the CSRF middleware it misses

# The member's side of the bargain, stated on the pages: one place for each figure.
LETTER_MIN_CHARS = 40
LETTER_MAX_CHARS = 25_000
# A flag that nobody took on: the next on the roster, then all moderators and leads.
ESCALATION_MINUTES = env.list("ESCALATION_MINUTES", int, [10, 20])
# The safety clock beats every 20 seconds. Silent for longer than this, the web says so on every desk page and by mail.
CLOCK_SILENCE_SECONDS = env.int("CLOCK_SILENCE_SECONDS", 180)
ALARM_TO = env.list("ALARM_TO", default=[])  # further addresses for that alarm, e.g. of a gateway to text messages
# The alarm goes straight to a mail server, past the outbox and the worker; best to another one than all other mail.
_alarm = env.email_url("ALARM_EMAIL_URL", env.str("EMAIL_URL", "smtp://localhost:1025"))
ALARM_EMAIL = {
    "backend": _alarm["EMAIL_BACKEND"],
    "host": _alarm["EMAIL_HOST"],
    "port": _alarm["EMAIL_PORT"],
    "username": _alarm["EMAIL_HOST_USER"],
    "password": _alarm["EMAIL_HOST_PASSWORD"],
    "use_tls": _alarm.get("EMAIL_USE_TLS", False),
    "use_ssl": _alarm.get("EMAIL_USE_SSL", False),
    "timeout": EMAIL_TIMEOUT,
}
if MAIL_PROVIDER and not env.str("ALARM_EMAIL_URL", ""):
    ALARM_EMAIL = {"backend": EMAIL_BACKEND}
CONTACT_MINUTES = 60  # how long a moderator who was let see a member's address sees it
LETTER_UNREAD_HOURS = env.int("LETTER_UNREAD_HOURS", 12)  # no letter lies unread for longer without a call
SAFETY_SCAN_SECONDS = env.float("SAFETY_SCAN_SECONDS", 0.5)  # a scan that takes longer is reported, and flags
# What we promise, in working days: what pages say, and what the desks count by. Where danger was seen: STAFFED_READ_MINUTES.
PROMISE_ANSWER_DAYS = env.int("PROMISE_ANSWER_DAYS", 10)
PROMISE_READ_DAYS = env.int("PROMISE_READ_DAYS", 1)
# How long things are kept, in days (docs/operations.md; config/retention.py says what each is and why).
KEEP_DECLINED_DAYS = env.int("KEEP_DECLINED_DAYS", 180)  # letters we could not answer
KEEP_ANSWERED_DAYS = env.int("KEEP_ANSWERED_DAYS", 730)  # answered and not published
KEEP_ORIGINAL_DAYS = env.int("KEEP_ORIGINAL_DAYS", 365)  # the original behind a published page
KEEP_WARN_DAYS = env.int("KEEP_WARN_DAYS", 30)  # the member hears so long before
KEEP_IDLE_ACCOUNT_DAYS = env.int("KEEP_IDLE_ACCOUNT_DAYS", 730)  # accounts without a letter
KEEP_MAIL_DAYS = env.int("KEEP_MAIL_DAYS", 90)  # that a mail went out; its words are never kept
KEEP_CONTACT_DAYS = env.int("KEEP_CONTACT_DAYS", 365)  # who asked to see an address
KEEP_REPORT_DAYS = env.int("KEEP_REPORT_DAYS", 180)  # what readers reported about a page, once it is closed
if min(KEEP_DECLINED_DAYS, KEEP_ANSWERED_DAYS, KEEP_ORIGINAL_DAYS) <= KEEP_WARN_DAYS or KEEP_WARN_DAYS < 7:
    raise ImproperlyConfigured(
        "KEEP_…_DAYS must be longer than KEEP_WARN_DAYS, and that at least 7: members hear before."
    )
# Who is there when (workflow/hours.py). Hours as "from-until" of the service's own clock; empty: never.
STAFFED_HOURS = env.str("STAFFED_HOURS", "9-17")  # on working days, at the desk
ON_CALL_HOURS = env.str("ON_CALL_HOURS", "8-22")  # every day, by the roster
STAFFED_READ_MINUTES = env.int("STAFFED_READ_MINUTES", 15)  # first reading where danger was seen, while staffed
ON_CALL_READ_MINUTES = env.int("ON_CALL_READ_MINUTES", 60)  # and while somebody is on call
HOLIDAYS_COUNTRY = env.str("HOLIDAYS_COUNTRY", "US")
HOLIDAYS_STATE = env.str("HOLIDAYS_STATE", "")  # e.g. MA, for the holidays of one state too
CLOSED_DAYS = env.list("CLOSED_DAYS", default=[])  # further days on which nobody works, as 2026-12-24
