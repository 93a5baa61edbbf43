"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from workflow.safety.scan import standard_scanner

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
standard_scanner()  # made ready here, so that no member waits for it
