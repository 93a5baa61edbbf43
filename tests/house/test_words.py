"""Every word that a member or a reader sees is there in English and in Spanish, and easy to read. Pure: no database."""

import re
import tomllib
from pathlib import Path

import pytest

from config.browser_words import SAID
from qa.tongues import written_in
from scripts import catalogue
from workflow.safety import cards

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
# What members and readers see. The desks are English (docs/adr/0017); 500 says everything in both.
SEEN = sorted(
    path
    for pattern in (
        "[4s]*.html",
        "base.html",
        "qa/[!e]*.html",
        "qa/parts/*.html",
        "workflow/member/*.html",
        "workflow/intake/*.html",
        "workflow/pages/t*.html",
        "workflow/safety/_cards.html",
        "account/sign_[io]*.html",
        "account/code.html",
        "config/account.html",
        "config/erase.html",
        "config/own_data.html",
        "notifications/stop.html",
        "notifications/preferences.html",
        "components/c[ar][li]*.html",
        "components/*_*.html",
        "components/languages.html",
        "components/pager.html",
        "components/typed.html",
    )
    for path in TEMPLATES.glob(pattern)
)
_MARKED = re.compile(
    r"\{% blocktranslate.*?\{% endblocktranslate %\}|\{% block (?:main_class|body_class) %\}.*?\{% endblock[^%]*%\}"
    r"|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<svg.*?</svg>|<script.*?</script>|<!doctype html>",
    re.S,
)
_TOLD = re.compile(r"""(?:aria-label|title|placeholder|alt)=["']([^"'{]*[A-Za-z]{2}[^"'{]*)["']""")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_it_has_every_marked_sentence_in_spanish_and_nothing_doubtful():
    assert catalogue.faults("es") == []


@pytest.mark.parametrize("path", SEEN, ids=name)
def test_it_marks_every_word_of_a_page(path):
    bare = _MARKED.sub("", path.read_text(encoding="utf-8"))
    assert _TOLD.findall(bare) == []
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<style>.*?</style>|<[^>]*>", " ", bare)) == []


def test_it_gives_the_browser_every_word_it_says():
    script = (ROOT / "static/js/site.js").read_text(encoding="utf-8")
    assert set(re.findall(r'\bsay\("([^"]+)"\)', script)) == set(SAID)


def test_it_gives_them_to_every_page_that_somebody_types_into():
    for path in sorted(
        one for room in ("member", "intake", "asking") for one in TEMPLATES.glob(f"workflow/{room}/[!_]*.html")
    ):
        text = path.read_text(encoding="utf-8")
        parts = [TEMPLATES / part for part in re.findall(r'include "(workflow/[^"]+)"', text)]
        whole = text + "".join(part.read_text(encoding="utf-8") for part in parts)
        if "base.html" in text and re.search(r"data-autosave|-counter", whole):
            assert "components/words.html" in text, name(path)


def test_it_says_the_same_on_a_card_of_first_help():
    for one, other in zip(cards.all_cards(), cards.all_cards("es"), strict=True):
        assert (one.key, one.call, one.also, one.categories) == (other.key, other.call, other.also, other.categories)
        assert (len(one.steps), len(one.after)) == (len(other.steps), len(other.after))
        assert written_in(" ".join([other.now, *other.steps])) == "es"


def test_it_tells_of_every_help_line_with_the_same_numbers():
    english = {line["key"]: line for line in tomllib.loads((ROOT / "qa/helplines.toml").read_text("utf-8"))["line"]}
    spanish = tomllib.loads((ROOT / "qa/helplines_es.toml").read_text("utf-8"))
    assert set(english) == set(spanish)
    for key, line in spanish.items():
        said, known = " ".join(line.values()), str(english[key])
        assert {"when", "languages"} <= set(line)
        assert set(re.findall(r"\d[\d-]{4,}", said)) <= set(re.findall(r"\d[\d-]{4,}", known)), key


# ---- how easy it is -------------------------------------------------------------------------------------------------
def sentences(texts: list[str]) -> list[list[str]]:
    plain = " ".join(f"{re.sub(r'<[^>]*>', ' ', text)}." for text in texts)
    plain = re.sub(r"%\(\w+\)s|\{\w+\}|[“”]", " ", plain)
    found = [re.findall(r"[^\W\d_]+", part) for part in re.split(r"[.!?:;…]+", plain)]
    return [words for words in found if words]


def english_syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, groups - (word.lower().endswith("e") and not word.lower().endswith("le") and groups > 1))


def spanish_syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeoáéíóú]|[iu]+(?![aeoáéó])|[iuü]+$", word.lower())))


def told(language: str) -> list[str]:
    """Everything that is told in whole sentences; single words of buttons would only make it look easier."""
    found = []
    for message in catalogue.kept("es"):
        said = message.id if language == "en" else message.string
        for text in said if isinstance(said, list | tuple) else [said]:
            if text and len(text.split()) > 4:
                found.append(text)
    return found


def test_it_can_be_read_by_a_child_of_eleven():
    """Flesch–Kincaid: a grade is the age minus five."""
    parts = sentences(told("en"))
    words = [word for part in parts for word in part]
    grade = 0.39 * len(words) / len(parts) + 11.8 * sum(map(english_syllables, words)) / len(words) - 15.59
    assert grade <= 6


def test_it_is_as_easy_in_spanish():
    """Szigriszt-Pazos on the INFLESZ scale: from 65 "rather easy", from 80 "very easy" (primary school)."""
    parts = sentences(told("es"))
    words = [word for part in parts for word in part]
    ease = 206.835 - 62.3 * sum(map(spanish_syllables, words)) / len(words) - len(words) / len(parts)
    assert ease >= 70
