"""Loaded by pytest before anything else (`-p tests.environment`): harmless settings, whatever the shell says."""

import atexit
import os
import shutil
import tempfile

_CLEARED = ("SENTRY_DSN", "REDIS_URL", "MAILBOX_DIR", "PUBLIC_URL", "EMAIL_URL", "DEBUG", "SECRET_KEY", "FIELD_KEYS")

os.environ["ALLAY_ENV"] = "test"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the browser tests
os.environ["ALLAY_VAR"] = tempfile.mkdtemp(prefix="allay-test-")
os.mkdir(os.path.join(os.environ["ALLAY_VAR"], "static"))  # whitenoise warns about a missing folder
atexit.register(shutil.rmtree, os.environ["ALLAY_VAR"], ignore_errors=True)
for name in _CLEARED:
    os.environ.pop(name, None)
