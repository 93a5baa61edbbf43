"""Loaded by pytest before anything else (`-p tests.environment`): harmless settings, whatever the shell says."""

import atexit
import os
import shutil
import sys
import tempfile

_CLEARED = ("SENTRY_DSN", "REDIS_URL", "MAILBOX_DIR", "PUBLIC_URL", "EMAIL_URL", "DEBUG", "SECRET_KEY", "FIELD_KEYS")

os.environ["ALLAY_ENV"] = "test"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the browser tests
os.environ["ALLAY_VAR"] = tempfile.mkdtemp(prefix="allay-test-")
# What time it is must not decide a test: it is always an hour in which a letter is read within a quarter of an hour.
os.environ |= {"STAFFED_HOURS": "0-24", "ON_CALL_HOURS": "0-24", "ON_CALL_READ_MINUTES": "15"}
os.environ["SAFETY_SCAN_SECONDS"] = "30"  # nor how busy the machine is: a scan that takes longer flags its letter
os.mkdir(os.path.join(os.environ["ALLAY_VAR"], "static"))  # whitenoise warns about a missing folder
atexit.register(shutil.rmtree, os.environ["ALLAY_VAR"], ignore_errors=True)
for name in _CLEARED:
    os.environ.pop(name, None)
# What is read once is kept, beside the source, also where a shell says not to: to read all tests and to put their
# assertions into words takes each worker of each round several seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
