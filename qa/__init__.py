"""NOUNS: what was asked, what was answered, what the public reads. Knows no process."""
