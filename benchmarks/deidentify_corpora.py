"""Names in public text that nobody wrote for us: this engine, Presidio and scrubadub over the same corpora, in one run.

    /tmp/deidentify/bin/python benchmarks/deidentify_corpora.py ../shared/corpora      # environment: see deidentify.py

Reads, where present: WNUT-17, the Broad Twitter Corpus, WikiGold (CoNLL: a word and its tag a line) and Presidio's synthetic
sentences (JSON). No text of them is kept here. A name counts as found when all of its letters and digits are covered.
"""

import json
import logging
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from deidentify import Finder, allay, presidio, scrubadub

TEXTS = 700  # the first of each corpus
PERSONS = {"PERSON", "PER", "person"}
Marked = tuple[str, list[tuple[str, int, int]]]
SENTENCES = ("wikigold/wikigold.conll.txt", "btc/btc.test", "wnut17/emerging.test.annotated")


def conll(path: Path) -> list[Marked]:
    """Sentences of a CoNLL file, with the places of what is tagged in them."""
    blocks = path.read_text(encoding="utf-8").replace("\t\n", "\n").split("\n\n")
    return [
        _sentence([line.split() for line in block.splitlines() if line.split()]) for block in blocks if block.strip()
    ]


def _sentence(rows: list[list[str]]) -> Marked:
    text, marked, last = "", [], ""
    for word, tag in ((row[0], row[-1]) for row in rows):
        start = len(text) + bool(text)
        text = f"{text} {word}" if text else word
        kind = tag.split("-")[-1]
        if tag == "O":
            last = ""
            continue
        if tag.startswith("B") or kind != last:
            marked.append([kind, start, len(text)])
        else:
            marked[-1][2] = len(text)
        last = kind
    return text, [(kind, start, end) for kind, start, end in marked]


def synthetic(path: Path) -> list[Marked]:
    """Presidio's own sentences."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [
        (row["full_text"], [(s["entity_type"], s["start_position"], s["end_position"]) for s in row["spans"]])
        for row in rows
    ]


def score(texts: list[Marked], find: Finder) -> str:
    whole = marked = persons = whole_persons = spans = right = 0
    began = time.process_time()
    found = [find(text) for text, _ in texts]
    spent = time.process_time() - began
    for (text, truth), these in zip(texts, found, strict=True):
        covered = {k for start, end in these for k in range(start, end)}
        for kind, start, end in truth:
            is_whole = all(k in covered for k in range(start, end) if text[k].isalnum())
            marked, whole = marked + 1, whole + is_whole
            if kind in PERSONS:
                persons, whole_persons = persons + 1, whole_persons + is_whole
        spans += len(these)
        right += sum(any(start < e and s < end for _, s, e in truth) for start, end in these)
    return (
        f"persons {whole_persons / persons:.3f} of {persons}  all kinds {whole / marked:.3f} of {marked}  "
        f"precision {right / max(1, spans):.3f}  {spent * 1000 / len(texts):.2f} ms CPU a text"
    )


def main() -> None:
    logging.disable(logging.ERROR)
    folder = Path(sys.argv[1])
    read = dict.fromkeys(SENTENCES, conll) | {"presidio_research/synth_dataset_v2.json": synthetic}
    systems = {make.__name__: make() for make in (allay, presidio, scrubadub)}
    for name, reader in read.items():
        if not (folder / name).exists():
            print(f"{name}: not here, left out")
            continue
        texts = reader(folder / name)[:TEXTS]
        for system, find in systems.items():
            print(f"{name.split('/')[0]:18} {system:10} {score(texts, find)}", flush=True)


if __name__ == "__main__":
    main()
