"""What static/js/site.js says; a page in another language carries the translations along."""

import json

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from qa.tongues import ENGLISH, speaking

SAID = (
    _("{length} of {limit} characters"),
    _(": {over} too many"),
    _("Writing …"),
    _("Saving …"),
    _("Saved"),
    _("Saved at {time}"),
    _("You are signed out. Your text is still here: sign in again in another tab, then go on writing."),
    _("Somebody saved another version meanwhile. Yours is kept too: press Save to see both."),
    _("Not saved yet. We keep trying."),
    _("Not saved since {time}. We keep trying."),
)


def browser_words() -> str:
    """As JSON for the page; nothing in English, which the script speaks by itself."""
    return "" if speaking() == ENGLISH else json.dumps({text: gettext(text) for text in SAID}, ensure_ascii=False)
