"""The codes of our tables in a member's words and language, for the file of everything that is theirs."""

from collections.abc import Mapping

from django import template
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import About, Choice, Progress
from notifications.wordings import fill, shipped
from qa.models import Audience
from qa.tongues import speaking
from workflow.own_words import DANGERS, DECIDED, HAPPENED, STANDS

register = template.Library()
_WORDS: Mapping[str, Mapping[str, object]] = {
    "happened": HAPPENED,
    "stands": STANDS,
    "decided": DECIDED,
    "danger": DANGERS,
    "audience": dict(Audience.choices),
    "mail": {
        Progress.WAITING: _("waits"),
        Progress.SENDING: _("is being sent"),
        Progress.SENT: _("went out"),
        Progress.SKIPPED: _("was not needed any more"),
        Progress.UNDELIVERABLE: _("could not be sent"),
    },
}
_CODE = _("A code to sign in")


@register.filter
def said(code: str, of: str) -> str:
    """What a code means; a code without words, of an older release, as it is. `of`: a key of _WORDS."""
    return str(_WORDS[of].get(code, code.replace("_", " "))) if code else ""


@register.filter
def mail_says(template_name: str) -> str:
    """What a mail told, in its first sentence."""
    if template_name == "sign_in_code":
        return str(_CODE)
    try:
        words = shipped(template_name, "letter", speaking())
    except KeyError:  # a mail that we do not write any more
        return template_name.replace("_", " ")
    return fill(words.fuller_first or words.first, {"name": settings.SITE_NAME, "waiting": ""})


@register.filter
def plainly(value: object) -> str:
    """A fact of the account: yes and no, the names of choices and languages; nothing where there is nothing."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        about, how = dict(About.choices), dict(Choice.choices)
        return "; ".join(f"{about.get(key, key)}: {how.get(chosen, chosen)}" for key, chosen in value.items())
    return str(dict(settings.LANGUAGES).get(str(value), value)) if value is not None else ""
