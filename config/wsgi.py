"""The web server's way in."""

import logging
import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config import watch
from workflow.anonymize import find
from workflow.safety.scan import standard_scanner

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def make_ready() -> None:
    """Load every page, and all that letters are read by, so that nobody waits for it. Never raises: whoever asks gets the fault."""
    try:
        get_resolver().url_patterns  # noqa: B018 (reading it imports every view)
        standard_scanner().make_ready()
        find("My son Mike came hoem to Gloucester.")  # with a slip, which takes a list of its own
    except Exception:
        logging.getLogger("allay.safety").exception("something could not be made ready")


if not watch.is_begun_by_workers:  # whatever serves us, other than gunicorn with our gunicorn.conf.py
    watch.begin()
    threading.Thread(target=make_ready, daemon=True).start()
