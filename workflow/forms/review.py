"""What reviewers type and tick."""

from django import forms

CHECKS = {
    "read": "I read the question and the answer to the end.",
    "unnamed": "Nothing in them could tell a neighbor who the family is.",
    "safe": "The advice is safe: nothing in it could hurt somebody who follows it, and emergency help is named where it is needed.",
    "kind": "The tone is kind: no blame, no labels, no jargon.",
}


class ReturnForm(forms.Form):
    """Back to the expert, with what should change."""

    comment = forms.CharField(
        label="What should change?",
        help_text="The expert reads this on top of the answer. The member never sees it.",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Please write what should change, so that the expert knows what to do.",
            "max_length": "Please keep the comment under 5,000 characters.",
        },
    )


class ApproveForm(forms.Form):
    """Four things that only a person can check; every one must be ticked."""

    checked = forms.MultipleChoiceField(
        label="Before you approve",
        choices=list(CHECKS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Please tick each line once you have checked it."},
    )

    def clean_checked(self) -> list[str]:
        checked: list[str] = self.cleaned_data["checked"]
        missing = [words for name, words in CHECKS.items() if name not in checked]
        if missing:
            raise forms.ValidationError(
                f"Not ticked yet: {' '.join(missing)} If one is not true, return the answer instead."
            )
        return checked
