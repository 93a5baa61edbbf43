"""Which Chromium draws. Its engine alone takes half the work for each page; the whole browser alone keeps pages for Back."""

import shutil

WHOLE = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install chromium chromium-headless-shell (the second is optional: half the work)"


def find_whole() -> str | None:
    return next((found for name in WHOLE if (found := shutil.which(name))), None)


def find_quickest() -> str | None:
    return shutil.which("chromium-headless-shell") or find_whole()
