"""What a reader writes who recognizes somebody."""

from django import forms


class RecognitionForm(forms.Form):
    """No name, no address: only what gave it away, if they want to say it."""

    words = forms.CharField(
        required=False,
        max_length=1_000,
        label="What made you think so?",
        help_text="You need not say who it is. One sentence is enough, or nothing at all.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "Keep it under %(limit_value)d characters."},
    )
    sure = forms.BooleanField(
        label="I think I know who this is about",
        error_messages={"required": "Tick this box, so that we know it was no slip."},
    )
