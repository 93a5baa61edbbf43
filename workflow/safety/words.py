"""The words of danger used everywhere: categories, severities, who and when. Pure data, on the floor below models."""

from enum import StrEnum


class Category(StrEnum):
    """What kind of danger a safety flag speaks of (glossary: safety flag)."""

    OVERDOSE = "overdose"
    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    CHILD = "child"
    WITHDRAWAL = "withdrawal"
    MISSING = "missing"
    IMPAIRED_DRIVING = "impaired_driving"
    MEDICAL = "medical"
    WRITER_CRISIS = "writer_crisis"
    UNREAD = "unread"  # the scan could not read it: another language, too few words, a fault


class Severity(StrEnum):
    """How soon a person must act: emergency at once, urgent today, concern when read."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    CONCERN = "concern"


class Subject(StrEnum):
    """Whom the danger threatens."""

    LOVED_ONE = "loved_one"
    WRITER = "writer"
    CHILD = "child"
    OTHER = "other"


class Timing(StrEnum):
    """When the danger is, seen from the moment of writing."""

    NOW = "now"
    RECENT = "recent"
    PAST = "past"


# The same words as people on the desks read them.
CATEGORY_WORDS = {
    Category.OVERDOSE: "Overdose",
    Category.SUICIDE: "Suicide",
    Category.SELF_HARM: "Self-harm",
    Category.VIOLENCE: "Violence",
    Category.CHILD: "A child at risk",
    Category.WITHDRAWAL: "Withdrawal",
    Category.MISSING: "Somebody missing",
    Category.UNREAD: "Not wholly read by the scan",
    Category.IMPAIRED_DRIVING: "Impaired driving",
    Category.MEDICAL: "Medical danger",
    Category.WRITER_CRISIS: "The writer cannot go on",
}
PRESSING = (Severity.EMERGENCY, Severity.URGENT)  # somebody must act now or today
SEVERITY_WORDS = {
    Severity.EMERGENCY: "Emergency",
    Severity.URGENT: "Urgent",
    Severity.CONCERN: "Concern",
}
# As forms offer them: the word that the board shows, and what it asks of whoever reads it.
SEVERITY_CHOICES = [
    (Severity.EMERGENCY.value, "Emergency: a life may be at risk now. Act at once."),
    (Severity.URGENT.value, "Urgent: grave danger in the next days. Act today."),
    (Severity.CONCERN.value, "Concern: nothing presses now. Keep an eye on it."),
]
# What a person can name. That the scan could not read a letter is for the scan to say.
CATEGORY_CHOICES = [(kind.value, words) for kind, words in CATEGORY_WORDS.items() if kind != Category.UNREAD]
SUBJECT_WORDS = {
    Subject.LOVED_ONE: "their loved one",
    Subject.WRITER: "the writer",
    Subject.CHILD: "a child",
    Subject.OTHER: "somebody else",
}
TIMING_WORDS = {Timing.NOW: "now", Timing.RECENT: "in the last days", Timing.PAST: "in the past"}
