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
import os
import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))
from workflow.safety.learned import FOLDER, KINDS, Model, class_of, kind_of, marks, plain  # noqa: E402
from workflow.safety.rules_file import standard_book  # noqa: E402
from workflow.safety.scan import Scanner  # noqa: E402
from workflow.safety.text import sentences  # noqa: E402

EMPTY = frozenset(tomllib.loads((FOLDER / "classes.toml").read_text())["empty"]["words"].split()) | {""}
RANK = {"none": 0, "concern": 1, "urgent": 2, "emergency": 3}
KEPT = 20_000  # marks that weigh most
STRENGTH = 0.3  # of the regression: the inverse of how much it is held back
THRESHOLDS = (1200, 2500)  # of a letter as pressing danger, and of one place in it as any danger (docs/safety.md)
# Of a word, for the category of a danger: how often it must stand in dangers, what it must weigh, and how much is held back.
SEEN, TELLING, CATEGORY_STRENGTH = 10, 100, 0.1
TEXTS = HOME / "tests/workflow/safety"
LETTERS = HOME / "benchmarks/letters"
# Nobody has read these: what is measured on them is worth something as long as nothing was made with them.
UNREAD = {
    f"{number}_other_hand"
    for number in ("twentyseventh", "twentyeighth", "twentyninth", "thirtieth", "thirtyfirst", "thirtysecond")
}
MARKED = Path(os.environ.get("SHARED_DIR", HOME.parent / "shared")) / "letters/letters.jsonl"


@dataclass(frozen=True)
class Row:
    """Something to train on: where it comes from, its plain words, how grave, of what category, and how grave the whole is
    that it is a part of."""

    source: str
    words: tuple[str, ...]
    level: int
    category: str = ""
    whole: int = 0


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
    """Every sentence, and every two that follow: as grave as the letter where the evidence stands, else not known to be."""
    rows = []
    for letter in letters(path):
        text, safety = letter["text"], letter["safety"]
        whole = RANK[safety["severity"]]
        made = []
        for one in sentences(text, standard_book().speller):
            raw = text[one.spans[0][0] : one.spans[-1][1]]
            is_it = any(said and (said in raw or raw in said) for said in safety.get("evidence") or [])
            category = (safety["categories"] or [""])[0] if is_it else ""
            made.append(Row(path.stem, tuple(plain(one.words)), whole if is_it else 0, category, whole))
        rows += made
        rows += [
            Row(path.stem, a.words + b.words, max(a.level, b.level), a.category or b.category, whole)
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


def matrix_of(rows: list[Row], known: dict) -> csr_matrix:
    """Which of the known marks stand in which row."""
    classes = class_of()
    places = [sorted({known[mark] for mark in marks(row.words, classes) if mark in known}) for row in rows]
    ends = np.cumsum([0] + [len(place) for place in places], dtype=np.int32)
    columns = np.array([column for place in places for column in place], dtype=np.int32)
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(known)))


def fitted(matrix: csr_matrix, rows: list[Row], level: int, of: int = 0) -> tuple[np.ndarray, float]:
    """What each mark says for rows at least so grave, against all others at least as grave as `of`.

    Left out are sentences of a letter that is so grave which are not among its evidence: nobody said that they are harmless.
    """
    known = [index for index, row in enumerate(rows) if row.level >= of and (row.level >= level or row.whole < level)]
    wanted = np.array([rows[index].level >= level for index in known])
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(matrix[known], wanted)
    return model.coef_[0], float(model.intercept_[0])


def of_categories(rows: list[Row]) -> dict[str, dict[str, int]]:
    """What each word and class says for each category of a danger; "" is what each has before a word is read."""
    classes = class_of()
    dangers = [row for row in rows if row.level and row.category]
    said = [set(row.words) | {classes.get(word, word) for word in row.words} for row in dangers]
    seen = Counter(word for words in said for word in words)
    known = sorted(word for word, times in seen.items() if times >= SEEN)
    place = {word: index for index, word in enumerate(known)}
    ends = np.cumsum([0] + [sum(word in place for word in words) for words in said])
    columns = np.array([place[word] for words in said for word in sorted(words) if word in place])
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(said), len(known)))
    model = LogisticRegression(C=CATEGORY_STRENGTH, max_iter=1000).fit(matrix, [row.category for row in dangers])
    made = {"": weights_of(model, model.intercept_)}
    for word, weights in zip(known, model.coef_.T, strict=True):
        told = {name: weight for name, weight in weights_of(model, weights).items() if abs(weight) > TELLING}
        if told:
            made[word] = told
    return made


def weights_of(model: LogisticRegression, weights: np.ndarray) -> dict[str, int]:
    """In thousandths, by category."""
    return {name: round(1000 * weight) for name, weight in zip(model.classes_, weights, strict=True)}


def trained(rows: list[Row]) -> dict:
    """The weights as they are written to the file."""
    classes = class_of()
    every = {mark for row in rows for mark in marks(row.words, classes)}
    known = sorted(mark for mark in every if set(mark) - EMPTY)
    matrix = matrix_of(rows, {mark: index for index, mark in enumerate(known)})
    size = np.maximum(*(np.abs(fitted(matrix, rows, level)[0]) for level in (2, 1)))
    kept = np.sort(np.argsort(-size, kind="stable")[:KEPT])
    matrix = matrix[:, kept]
    pressing, pressing_bias = fitted(matrix, rows, 2)
    danger, danger_bias = fitted(matrix, rows, 1)
    # Among dangers: which are happening now. Asked of those alone, or it would only say again what is dangerous.
    now, now_bias = fitted(matrix, rows, RANK["emergency"], of=RANK["urgent"])
    tables: dict[str, dict] = {kind: {} for kind in KINDS}
    for column, index in enumerate(kept):
        weight = [round(1000 * one[column]) for one in (pressing, danger, now)]
        if any(weight):
            tables[kind_of(known[index])][" ".join(known[index])] = weight
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
