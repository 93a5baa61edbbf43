"""Whole numbers as they come from forms and addresses: never trusted, never a fault."""


def whole_number(typed: str, *, digits: int = 9, otherwise: int = 0) -> int:
    """The number, if it is written in at most that many plain digits; else `otherwise`. Nothing typed can raise."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= digits else otherwise
