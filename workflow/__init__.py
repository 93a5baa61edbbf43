"""VERBS: how a letter becomes an answer and a publication, and who may do what."""
