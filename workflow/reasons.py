"""A reason that somebody else reads before or after: a sentence, not a word and not an essay."""

LEAST_REASON = 10  # characters
REASON_CHARS = 1_000
