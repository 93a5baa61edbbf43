"""What a moderator writes to a member because of a danger."""

from django import forms

from ..actions.playbook import MESSAGE_CHARS


class TellForm(forms.Form):
    """The words that the member reads on their page."""

    text = forms.CharField(
        max_length=MESSAGE_CHARS,
        label="What they will read",
        help_text="Change every word that does not fit. It stands on their page only; the mail just says that there is a message.",
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "required": "Write the message before you send it.",
            "max_length": "The message is too long. Keep it under %(limit_value)d characters.",
        },
    )
