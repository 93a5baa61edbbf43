"""Trains the small model of workflow/safety/learned.py and says what it is worth on text that it has not seen.

    python -m venv /tmp/train && /tmp/train/bin/pip install -r benchmarks/safety-requirements.txt
    /tmp/train/bin/python benchmarks/train_safety.py            # figures only, every set held out in turn
    /tmp/train/bin/python benchmarks/train_safety.py --write    # and write workflow/safety/model/weights.json

All text is invented and written for this project, so nobody's private words are in the weights. Which words are kin
(model/kin.txt) comes of public word vectors: benchmarks/safety_classes.py. Trained on the letters and sayings of
benchmarks/letters, the sayings of tests/workflow/safety and the rules' own examples.
`../shared/letters`, where present, is only scored, never trained on.
"""

import argparse
import json
import math
import os
import re
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))
from workflow.safety.learned import FOLDER, Model, class_of, marks, plain  # noqa: E402
from workflow.safety.rules_file import standard_book  # noqa: E402
from workflow.safety.scan import Scanner  # noqa: E402
from workflow.safety.text import sentences  # noqa: E402

EMPTY = frozenset(tomllib.loads((FOLDER / "classes.toml").read_text())["empty"]["words"].split()) | {""}
RANK = {"none": 0, "concern": 1, "urgent": 2, "emergency": 3}
KEPT = 26_000  # marks that weigh most
STRENGTH = 0.05  # of the regression: the inverse of how much it is held back
THRESHOLDS = (1000, 1700)  # the first: the lowest at which the marked letters keep their precision (docs/safety.md)
SEEN, TELLING = 6, 700  # of a word: how often it must stand in dangers, and how much it must say of their category
TEXTS = HOME / "tests/workflow/safety"
LETTERS = HOME / "benchmarks/letters"
# Nobody has read these: what is measured on them is worth something as long as nothing was made with them.
UNREAD = {
    f"twenty{number}_other_hand"
    for number in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
}
MARKED = Path(os.environ.get("SHARED_DIR", HOME.parent / "shared")) / "letters/letters.jsonl"


@dataclass(frozen=True)
class Row:
    """Something to train on: where it comes from, its plain words, how grave, of what category."""

    source: str
    words: tuple[str, ...]
    level: int
    category: str = ""


def read(text: str) -> list[list[str]]:
    return [sentence.words for sentence in sentences(text, standard_book().speller)]


def short(source: str, text: str, level: str, category: str = "") -> list[Row]:
    """A short text as one row; a harmless one also by its sentences and by every two that follow."""
    parts = [tuple(plain(one)) for one in read(text)]
    rows = [Row(source, tuple(word for part in parts for word in part), RANK[level], category)]
    if level == "none" and len(parts) > 1:
        rows = [Row(source, part, 0) for part in parts] + [Row(source, a + b, 0) for a, b in pairwise(parts)]
    return rows


def letters(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def of_letters(path: Path) -> list[Row]:
    """Every sentence, and every two that follow: as grave as the letter where the evidence stands, else harmless."""
    rows = []
    for letter in letters(path):
        text, safety = letter["text"], letter["safety"]
        made = []
        for one in sentences(text, standard_book().speller):
            raw = text[one.spans[0][0] : one.spans[-1][1]]
            is_it = any(said and (said in raw or raw in said) for said in safety.get("evidence") or [])
            category = (safety["categories"] or [""])[0] if is_it else ""
            made.append(Row(path.stem, tuple(plain(one.words)), RANK[safety["severity"]] if is_it else 0, category))
        rows += made
        rows += [
            Row(path.stem, a.words + b.words, max(a.level, b.level), a.category or b.category)
            for a, b in pairwise(made)
        ]
    return rows


def sayings(path: Path) -> list[tuple[str, str, str]]:
    """(severity, category, text) of each saying; the category may be absent."""
    found = re.findall(
        r"^(emergency|urgent|concern|none)(?: ([a-z_]+))?[<>] (.+)$", path.read_text(encoding="utf-8"), re.M
    )
    return [(level, category, text) for level, category, text in found]


def of_demo() -> list[Row]:
    """The demo's letters in which neither its authors nor the rules see anything pressing: ordinary life at length."""
    alone, rows = Scanner(standard_book(), model=None), []
    for path in sorted((HOME / "config/demo/letters").glob("*.toml")):
        demo = tomllib.loads(path.read_text(encoding="utf-8"))
        pressing = [flag for flag in demo.get("flags", []) if RANK[flag["severity"]] >= RANK["urgent"]]
        if (
            demo.get("danger") != "yes"
            and not pressing
            and alone.scan(demo["letter"]).severity not in ("urgent", "emergency")
        ):
            rows += short("demo", demo["letter"], "none")
    return rows


def everything() -> list[Row]:
    rows = [row for path in sorted(LETTERS.glob("*.jsonl")) if path.stem not in UNREAD for row in of_letters(path)]
    for path in sorted(LETTERS.glob("*.txt")) + sorted(TEXTS.glob("*.txt")):
        for level, category, text in sayings(path):
            rows += short(path.stem, text, level, category.replace("none", ""))
    rows += of_demo()
    for rule in standard_book().rules:
        level = (rule.severity or "concern").lower()
        for text in rule.examples:
            rows += short("rules", text, level, rule.category.value)
        for text in rule.not_examples:
            rows += short("rules", text, "none")
    return rows


def fitted(rows: list[Row], level: int, known: dict) -> tuple[np.ndarray, float]:
    """What each mark says for rows at least so grave, against all others of these rows."""
    classes = class_of()
    places = [sorted({known[mark] for mark in marks(list(row.words), classes) if mark in known}) for row in rows]
    ends = np.cumsum([0] + [len(place) for place in places], dtype=np.int32)
    columns = np.array([column for place in places for column in place], dtype=np.int32)
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(known)))
    wanted = np.array([row.level >= level for row in rows])
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=3000, random_state=0).fit(matrix, wanted)
    return model.coef_[0], float(model.intercept_[0])


def of_categories(rows: list[Row]) -> dict[str, dict[str, int]]:
    """How much more often a word stands in what is said of one category than in the others (naive Bayes, smoothed)."""
    classes, counts, total = class_of(), defaultdict(Counter), Counter()
    for row in rows:
        if row.level and row.category:
            for word in set(row.words) | {classes.get(word, word) for word in row.words}:
                counts[word][row.category] += 1
            total[row.category] += 1
    made = {}
    for word, seen in counts.items():
        if sum(seen.values()) < SEEN:
            continue
        share = {name: math.log((seen[name] + 0.5) / (count + 5)) for name, count in total.items()}
        middle = sum(share.values()) / len(share)
        weights = {name: round(1000 * (value - middle)) for name, value in sorted(share.items())}
        made[word] = {name: weight for name, weight in weights.items() if abs(weight) > TELLING}
    return {word: weights for word, weights in sorted(made.items()) if weights}


def trained(rows: list[Row]) -> dict:
    """The weights as they are written to the file."""
    classes = class_of()
    every = {mark for row in rows for mark in marks(list(row.words), classes)}
    known = {mark: index for index, mark in enumerate(sorted(mark for mark in every if set(mark[1:]) - EMPTY))}
    pressing, pressing_bias = fitted(rows, 2, known)
    danger, danger_bias = fitted(rows, 1, known)
    # Among dangers: which are happening now. Asked of those alone, or it would only say again what is dangerous.
    now, now_bias = fitted([row for row in rows if row.level >= RANK["urgent"]], RANK["emergency"], known)
    size = np.maximum(np.abs(pressing), np.abs(danger))
    floor = np.sort(size)[-KEPT] if len(size) > KEPT else 0
    tables: dict[str, dict] = {"words": {}, "beside": {}, "distant": {}}
    for mark, index in known.items():
        weight = [round(1000 * one[index]) for one in (pressing, danger, now)]
        if size[index] >= floor and any(weight):
            tables[mark[0]][f"{mark[1]} {mark[2]}".strip()] = weight
    return {
        "about": "Weights of the learned safety model. Made by benchmarks/train_safety.py; do not edit.",
        "provenance": "Invented text written for this project: benchmarks/letters, tests/workflow/safety, the rules' examples.",
        "licence": "The licence of this project. Classes of kin words: from GloVe (Public Domain Dedication and License 1.0).",
        "rows": dict(sorted(Counter(row.source for row in rows).items())),
        "thresholds": list(THRESHOLDS),
        "bias": [round(1000 * bias) for bias in (pressing_bias, danger_bias, now_bias)],
        **tables,
        "categories": of_categories(rows),
    }  # fmt: skip


def held_out_sets() -> dict[str, list[tuple[str, str]]]:
    made = {
        path.stem: [(row["safety"]["severity"], row["text"]) for row in letters(path)]
        for path in LETTERS.glob("*.jsonl")
    }
    made |= {path.stem: [(level, text) for level, _, text in sayings(path)] for path in LETTERS.glob("*.txt")}
    if MARKED.exists():
        made["marked"] = [(row["safety"]["severity"], row["text"]) for row in letters(MARKED)]
    return dict(sorted(made.items()))


def figures(name: str, texts: list[tuple[str, str]], scan) -> str:
    """Recall, precision and what harmless letters suffer; the concern for very short letters is left out."""
    seen = Counter()
    for want, text in texts:
        found = max((RANK[flag.severity.value] for flag in scan(text).flags if flag.category != "unread"), default=0)
        seen[want] += 1
        seen[want, "raised"] += found >= 2
        seen[want, "flagged"] += found >= 1
    raised = sum(seen[level, "raised"] for level in RANK)
    right = seen["emergency", "raised"] + seen["urgent", "raised"]
    return (
        f"{name:20} emergency {seen['emergency', 'raised']}/{seen['emergency']}  urgent {seen['urgent', 'raised']}/{seen['urgent']}  "
        f"precision {right}/{raised} = {right / max(1, raised):.2f}  concern {seen['concern', 'flagged']}/{seen['concern']}  "
        f"harmless raised {seen['none', 'raised']}/{seen['none']}, flagged {seen['none', 'flagged']}/{seen['none']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only-write", action="store_true", help="without the figures of held-out sets")
    parser.add_argument("--sets", nargs="*", help="hold out only these")
    parser.add_argument("--thresholds", type=int, nargs=2, default=THRESHOLDS)
    options = parser.parse_args()
    rows = everything()
    book = standard_book()
    rules_alone = Scanner(book, model=None)
    # Letters of one hand are held out together: the second set's author wrote the first too.
    together = {"first_other_hand": "other_hand", "second_other_hand": "other_hand"}
    models: dict[str, Model] = {}
    sets = {} if options.only_write else held_out_sets()
    for name, texts in sets.items():
        if options.sets and name not in options.sets:
            continue
        key = together.get(name, name)
        if key not in models:
            kept = [row for row in rows if together.get(row.source, row.source) != key]
            models[key] = replace(Model.of(trained(kept), class_of(), "held out"), thresholds=tuple(options.thresholds))
        print(figures(name + " rules", texts, rules_alone.scan))
        print(figures(name + " both", texts, Scanner(book, model=models[key]).scan))
    if options.write or options.only_write:
        text = json.dumps(trained(rows), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / "weights.json").write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")
        print(f"{len(rows)} rows, {(FOLDER / 'weights.json').stat().st_size:,} bytes written")


if __name__ == "__main__":
    main()
