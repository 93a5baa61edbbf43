"""The web server's way in."""

import os
import threading

from django.core.wsgi import get_wsgi_application

from config import watch
from workflow.safety.scan import standard_scanner

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
watch.begin()
threading.Thread(target=lambda: standard_scanner().make_ready(), daemon=True).start()  # no member waits for it
