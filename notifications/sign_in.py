"""How sign-in codes reach a mailbox: as messages of the outbox, like all mail."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Adapter of the sign-in library."""
