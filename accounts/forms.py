"""The three small forms of signing in."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User

CODE_DIGITS = 6
PASSWORD_CODE_DIGITS = 10
LONGEST_PASSWORD = 1_000  # more is refused before it is hashed: hashing is slow by design
TOO_OFTEN = _("That was wrong too often. Please wait five minutes and try again.")


class EmailField(forms.EmailField):
    """An address as people type it on a phone; kept in lower case, so that one mailbox is one person."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"})
        errors = {
            "required": _("Please type your email address."),
            "invalid": _("Please look at the address again. It needs an @ and a dot, like name@example.com."),
            "max_length": _("That is longer than an email address can be. Please look at it again."),
        }
        super().__init__(**{"max_length": 254, "widget": widget, "error_messages": errors, **kwargs})

    def clean(self, value: Any) -> Any:
        return super().clean(value).lower()


def new_password_field() -> forms.CharField:
    """For the password that somebody chooses; what is refused, settings.AUTH_PASSWORD_VALIDATORS say."""
    return forms.CharField(
        label="Your new password",
        help_text="At least 12 characters. A few words that only you would put together are easy to remember.",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Please type a new password."},
    )


class AddressForm(forms.Form):
    """Where the code shall go."""

    email = EmailField(label=_("Your email address"))


class CodeForm(forms.Form):
    """The six digits from the mail. Spaces and dashes do not matter."""

    code = forms.CharField(
        label=_("The six digits"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={
            "required": _("Please type the six digits from the mail."),
            "max_length": _("The code has six digits. Please look at the mail again."),
        },
    )

    digits = CODE_DIGITS

    def clean_code(self) -> str:
        typed = re.sub(r"[\s\-–.]", "", self.cleaned_data["code"])
        if not (typed.isascii() and typed.isdigit() and len(typed) == self.digits):
            raise forms.ValidationError(self.fields["code"].error_messages["max_length"])
        return typed


class StepForm(forms.Form):
    """A code of an app (six digits), a spare code (eight), or what the browser answers for a passkey."""

    code = forms.CharField(
        label="The code",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    credential = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def clean_code(self) -> str:
        return re.sub(r"[\s\-–.]", "", self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not given.get("code") and not given.get("credential"):
            self.add_error("code", "Please type the code that your app shows, or one of your spare codes.")
        elif given.get("code") and not re.fullmatch(r"[0-9]{6}|[0-9]{8}", given["code"]):
            self.add_error("code", "A code of the app has six digits, a spare code eight. Please look again.")
        return given


class NewPasswordForm(CodeForm):
    """Ten digits, because what they open is a desk; and the new password."""

    digits = PASSWORD_CODE_DIGITS
    password = new_password_field()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        code = self.fields["code"]
        code.label = "The ten digits"
        code.error_messages["required"] = "Please type the ten digits from the mail."
        code.error_messages["max_length"] = "The code has ten digits. Please look at the mail again."

    def clean_password(self) -> str:
        """Compared with the address that was typed and not with an account: the answer must not tell if there is one."""
        password = str(self.cleaned_data["password"])
        validate_password(password, User(email=self.email))
        return password


class ChangePasswordForm(forms.Form):
    """The password of now and the new one: whoever only found a screen open changes nothing (OWASP ASVS 5.0, 6.2.3)."""

    old = forms.CharField(
        label="Your password now",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Please type the password that you have now."},
    )
    new = new_password_field()

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_new(self) -> str:
        password = str(self.cleaned_data["new"])
        validate_password(password, self.person)
        return password

    def is_right(self) -> bool:
        """Slow, as comparing passwords must be: asked last, and counted (accounts/passwords.py)."""
        return self.person.check_password(self.cleaned_data["old"])


class PasswordForm(forms.Form):
    """How our team signs in. One answer for every wrong pair, so that nobody learns who works here."""

    email = EmailField(label=_("Your email address"))
    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Please type your password."},
    )
    person: User | None = None

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "email" in given and "password" in given:
            person = self._person(given["email"], given["password"])
            if not isinstance(person, User) or not (person.is_active and person.is_on_staff):
                raise forms.ValidationError("The address or the password is not right. Please try again.")
            self.person = person
        return given

    def _person(self, email: str, password: str) -> object:
        try:
            return get_adapter().authenticate(self.request, email=email, password=password)
        except forms.ValidationError as limit:
            raise forms.ValidationError(TOO_OFTEN, code="too_often") from limit
