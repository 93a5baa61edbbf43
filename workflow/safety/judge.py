"""Weighs mentions together: compounds, one flag per category, and a concern for what could not be read."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from .context import Surroundings
from .learned import HAPPENING, Place, Reading, plain
from .report import RANK, Evidence, Flag, Mention, Report
from .rules_file import CUE, Compound, Rule, RuleBook
from .words import Category, Severity, Subject, Timing

FEWEST_WORDS = 15
LEARNED = "scan.learned"
LIKE_IT = "Resembles what families say of danger. No rule names it: please read."
MOST_LEARNED = 3
ALONE = "Stands alone in a long letter, and this rule is often mistaken by itself."
LONG = 5  # sentences; in a longer letter a rule that is often mistaken wants a second sign
_WRITER = frozenset("i im ive id ill me my myself mine we".split())
_OTHERS = frozenset("he she they hes shes him her his them himself herself themself themselves hell shell".split())
_CHILD = frozenset(
    "baby babies infant newborn toddler grandbaby kid kids child children grandkids grandchild grandchildren bebe nino nina "
    "ninos granddaughter grandson".split()
)
_SAYS = frozenset(
    "said says say saying told tells telling texted texts text texting wrote writes posted yelled yelling screaming screamed "
    "whispered messaged message note letter he she".split()
)


def subject_of(rule: Rule, around: Surroundings, first: int, last: int) -> Subject:
    """Whom the mention threatens: what the rule says, or by the words themselves; "I" that is quoted is not the writer."""
    if rule.subject != "auto":
        return Subject(rule.subject)
    words = around.sentence.words
    inside = words[first : last + 1]
    if not _OTHERS.isdisjoint(inside):
        return Subject.LOVED_ONE
    if not _CHILD.isdisjoint(inside):
        return Subject.CHILD
    if not _WRITER.isdisjoint(inside):
        before = words[max(0, first - 7) : first]
        is_quoted = not _SAYS.isdisjoint(before) and not ({"i", "ive"} & set(before[-4:]))
        return Subject.LOVED_ONE if is_quoted else Subject.WRITER
    return Subject.LOVED_ONE


def weigh(book: RuleBook, mentions: list[Mention]) -> list[tuple[Category, Evidence]]:
    """Every mention that is a danger of its own, and every compound, with its category."""
    found = [(mention.rule.category, mention.evidence) for mention in mentions if mention.evidence.severity]
    by_tag: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.counts:
            for tag in mention.rule.tags:
                by_tag[tag].append(mention)
    for number in sorted({number for tag in by_tag for number in book.begun_by.get(tag, ())}):
        compound = book.compounds[number]
        if not any(map(by_tag.keys().isdisjoint, compound.all)):
            found.extend((compound.category, evidence) for evidence in _together(compound, by_tag))
    return found


def _together(compound: Compound, by_tag: dict[str, list[Mention]]) -> list[Evidence]:
    groups = [[mention for tag in group for mention in by_tag.get(tag, [])] for group in compound.all]
    for anchor in groups[0]:
        near = [anchor]
        for group in groups[1:]:
            match = next(
                (m for m in group
                 if m not in near and (not compound.within or abs(m.sentence - anchor.sentence) <= compound.within)
                 and not _same_words(m, near)),
                None,
            )  # fmt: skip
            if match is None:
                break
            near.append(match)
        else:
            return [
                replace(mention.evidence, rule=compound.id, reason=compound.reason, source=compound.source,
                        severity=compound.severity, timing=compound.timing, subject=anchor.evidence.subject, softened="")
                for mention in near
            ]  # fmt: skip
    return []


def _same_words(mention: Mention, near: list[Mention]) -> bool:
    return any(
        mention.rule.id == other.rule.id
        and (mention.evidence.start, mention.evidence.end) == (other.evidence.start, other.evidence.end)
        for other in near
    )


def report(
    book: RuleBook,
    around: list[Surroundings],
    mentions: list[Mention],
    set_aside: list[Evidence],
    failed: list[str],
    is_complete: bool,
    language: str,
) -> Report:
    """The whole verdict of one scan."""
    found = weigh(book, mentions)
    if is_complete:
        found = _without_a_second(book, around, found)
    found.extend((Category.UNREAD, evidence) for evidence in _unreadable(around, failed, is_complete, language))
    by_category: dict[Category, list[Evidence]] = defaultdict(list)
    for category, evidence in found:
        by_category[category].append(evidence)
    flags = [flag_of(category, evidence) for category, evidence in by_category.items()]
    flags.sort(key=lambda flag: (-RANK[flag.severity], flag.category.value))
    set_aside.sort(key=lambda evidence: (evidence.start, evidence.rule))
    return Report(tuple(flags), tuple(set_aside), book.version, language, tuple(sorted(set(failed))), is_complete)


def _without_a_second(
    book: RuleBook, around: list[Surroundings], found: list[tuple[Category, Evidence]]
) -> list[tuple[Category, Evidence]]:
    """A long letter's only pressing place, found by rules that are often mistaken by themselves (`alone`): what they then
    are worth. Another place, or one other rule, and everything stays as it is; so does a letter of few sentences."""
    pressing = [evidence for _, evidence in found if RANK[Severity(evidence.severity)] >= RANK[Severity.URGENT]]
    if len(around) <= LONG or not pressing:
        return found
    worth = book.alone
    if not all(evidence.rule in worth for evidence in pressing):
        return found
    joined = {compound.id for compound in book.compounds}
    if len({_place(around, evidence) for evidence in pressing if evidence.rule not in joined}) > 1:
        return found
    return [
        (
            category,
            replace(evidence, severity=worth[evidence.rule], softened=ALONE) if evidence in pressing else evidence,
        )
        for category, evidence in found
    ]


def _place(around: list[Surroundings], evidence: Evidence) -> int:
    """The sentence in which the evidence begins."""
    return bisect_right([one.sentence.spans[0][0] for one in around], evidence.start) - 1


def flag_of(category: Category, evidence: list[Evidence]) -> Flag:
    unique = list(dict.fromkeys(evidence))
    unique.sort(key=lambda item: (-RANK[Severity(item.severity)], bool(item.softened), item.start, item.rule))
    top = unique[0]
    is_about_writer = any(item.subject == Subject.WRITER for item in unique if item.severity == top.severity)
    subject = Subject.WRITER if is_about_writer else top.subject
    return Flag(category, Severity(top.severity), subject, top.timing, tuple(unique))


def _unreadable(around: list[Surroundings], failed: list[str], is_complete: bool, language: str) -> list[Evidence]:
    words = sum(len(one.sentence.words) for one in around)
    reasons = []
    if failed:
        reasons.append(("scan.rule-failed", "A rule failed on this letter: a person must read it."))
    if not is_complete:
        reasons.append(
            ("scan.too-much", "The letter is too much for the scan to read to its end: a person must read it.")
        )
    if language != "en":
        reasons.append(("scan.language", "The letter does not seem to be in English: the scan reads it only in part."))
    elif words < FEWEST_WORDS:
        reasons.append(("scan.short", "The letter is too short for the scan to tell what is happening."))
    return [_about_the_whole(rule, reason) for rule, reason in reasons]


def _about_the_whole(rule: str, reason: str) -> Evidence:
    return Evidence(0, 0, rule, reason, "docs/safety.md", Severity.CONCERN, Timing.NOW, Subject.LOVED_ONE)


def nothing() -> Report:
    """A report that says nothing."""
    return Report((), (), "")


def with_failed(report: Report, rules: tuple[str, ...]) -> Report:
    """The report when these rules could not be tried at all: a concern for a person, beside what it says."""
    evidence = _about_the_whole("scan.rule-failed", "A rule failed on this letter: a person must read it.")
    before = [item for flag in report.flags if flag.category == Category.UNREAD for item in flag.evidence]
    others = tuple(flag for flag in report.flags if flag.category != Category.UNREAD)
    failed = tuple(sorted({*report.failed_rules, *rules}))
    return replace(report, flags=(*others, flag_of(Category.UNREAD, [*before, evidence])), failed_rules=failed)


def severity_of(flags: Iterable[Flag]) -> str:
    """The highest severity of the flags that speak of the letter's words; "" when none does."""
    return max((flag.severity for flag in flags if flag.category != Category.UNREAD), key=RANK.__getitem__, default=CUE)


def seconded(report: Report, around: list[Surroundings], reading: Reading) -> Report:
    """The report, in which a place that stood alone is urgent where the learned model seconds it."""
    return replace(report, flags=tuple(_seconded(flag, around, reading) for flag in report.flags))


def _seconded(flag: Flag, around: list[Surroundings], reading: Reading) -> Flag:
    if not any(item.softened == ALONE for item in flag.evidence):
        return flag
    evidence = [
        replace(item, severity=Severity.URGENT, softened="")
        if item.softened == ALONE and reading.seconds(_place(around, item))
        else item
        for item in flag.evidence
    ]
    return flag_of(flag.category, evidence)


def happening(report: Report, around: list[Surroundings], reading: Reading) -> Report:
    """The report, in which what is urgent is an emergency where a place of the letter reads as happening now."""
    if severity_of(report.flags) != Severity.URGENT:
        return report
    likely = [
        place for place in reading.places if place.happening >= HAPPENING and not _told_of_elsewhere(around, place)
    ]
    if not likely:
        return report
    place = min(likely, key=lambda place: (-place.happening, place.first))
    return _with(report, _learned(around, reading, place, Severity.EMERGENCY, ""))


def with_learned(report: Report, around: list[Surroundings], reading: Reading) -> Report:
    """The report with what the learned model adds: a flag, or a graver one; urgent at most, and nothing is lowered."""
    lowest = RANK[severity_of(report.flags)]
    if lowest >= RANK[Severity.URGENT]:
        return report
    elsewhere = {place for place, one in enumerate(around) if one.told_of_elsewhere}
    if reading.is_pressing(elsewhere):
        return _adding(report, around, reading, reading.heaviest(MOST_LEARNED, elsewhere), Severity.URGENT)
    if lowest >= RANK[Severity.CONCERN]:
        return report
    dangers = [place for place in reading.places if place.danger >= reading.model.thresholds[1]]
    dangers.sort(key=lambda place: (-place.danger, place.first))
    if not dangers and reading.is_pressing():
        dangers = reading.heaviest(1)
    return _adding(report, around, reading, dangers[:MOST_LEARNED], Severity.CONCERN)


def _adding(
    report: Report, around: list[Surroundings], reading: Reading, places: Iterable[Place], severity: Severity
) -> Report:
    for place in places:
        report = _with(report, _learned(around, reading, place, severity, _told_of_elsewhere(around, place)))
    return report


def _with(report: Report, found: tuple[Category, Evidence]) -> Report:
    """The report with one finding of the model. Whom it threatens the rules know better, where they named that danger."""
    category, evidence = found
    flags = {flag.category: flag for flag in report.flags}
    if known := flags.get(category):
        evidence = replace(evidence, subject=known.subject)
    flags[category] = flag_of(category, [*(known.evidence if known else ()), evidence])
    return replace(
        report, flags=tuple(sorted(flags.values(), key=lambda flag: (-RANK[flag.severity], flag.category.value)))
    )


def _told_of_elsewhere(around: list[Surroundings], place: Place) -> str:
    """Why what the model found may be of long ago, of a film or of somebody who died; empty when it seems not to."""
    return next((why for one in around[place.first : place.last + 1] if (why := one.told_of_elsewhere)), "")


def _learned(
    around: list[Surroundings], reading: Reading, place: Place, severity: Severity, softened: str
) -> tuple[Category, Evidence]:
    """One finding of the model, and its category."""
    window = around[place.first : place.last + 1]
    words = ", ".join(f"“{said}”" for said in reading.because(place, side=int(severity == Severity.CONCERN)))
    reason = f"Resembles what families say of danger ({words}). No rule names it: please read." if words else LIKE_IT
    category = reading.category([word for one in window for word in plain(one.sentence.words)])
    start, end = window[0].sentence.spans[0][0], window[-1].sentence.spans[-1][1]
    subject = Subject.WRITER if category == Category.WRITER_CRISIS else Subject.LOVED_ONE
    evidence = Evidence(start, end, LEARNED, reason, "docs/safety.md", severity, Timing.NOW, subject, softened)
    return category, evidence


def unread(reason: str, version: str) -> Report:
    """The verdict when the scan itself failed: a concern for a person."""
    evidence = _about_the_whole("scan.failed", reason)
    flag = Flag(Category.UNREAD, Severity.CONCERN, evidence.subject, evidence.timing, (evidence,))
    return Report((flag,), (), version, "", ("scan.failed",), is_complete=False)
