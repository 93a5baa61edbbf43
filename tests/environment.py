"""Loaded by pytest before anything else (`-p tests.environment`): harmless settings for tests, whatever the shell says."""

import os

os.environ["ALLAY_ENV"] = "test"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the browser tests
for name in ("SENTRY_DSN", "REDIS_URL", "MAILBOX_DIR", "PUBLIC_URL", "EMAIL_URL", "DEBUG"):
    os.environ.pop(name, None)
