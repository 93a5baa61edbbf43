"""How the sign-in library keeps the keys of second steps: sealed like letters, so that a copy of the database opens nothing."""

from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.master_keys import decrypt, encrypt

PLACE = "mfa.Authenticator.data"


class Adapter(DefaultMFAAdapter):
    """Adapter of the sign-in library."""

    def encrypt(self, text: str) -> str:
        return encrypt(text, bound_to=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, bound_to=PLACE)
