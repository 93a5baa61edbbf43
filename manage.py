#!/usr/bin/env python
"""Django's command line for Allay."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == [
        "scan_letters"
    ]:  # asks no secret and no database, and keeps nothing: it runs in a bare checkout
        os.environ.setdefault("ALLAY_ENV", "development")
    execute_from_command_line(sys.argv)
