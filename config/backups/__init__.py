"""Backups that can be believed: encrypted, read back before they count, and restored only into an empty place.

`manage.py backup` and `manage.py restore`; docs/operations.md says how often, and where the keys lie.
"""
