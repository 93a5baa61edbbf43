"""A comment on an answer: what is said, and the words it is about."""

from typing import Any

from django import forms

from qa.passages import QUOTE_CHARS, Passage

from ..actions import comments
from ..models import Case


class CommentForm(forms.Form):
    """The fields around the words are filled in by the browser when a passage is marked; they only tell equal words apart."""

    quote = forms.CharField(
        label="The words it is about",
        help_text="Mark them in the answer, or copy them from there. Empty: the whole answer.",
        max_length=QUOTE_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-quote": ""}),
        error_messages={"max_length": f"Choose a shorter passage, {QUOTE_CHARS} characters at most."},
    )
    before = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput(attrs={"data-before": ""}))
    after = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput(attrs={"data-after": ""}))
    text = forms.CharField(
        label="Your comment",
        max_length=comments.COMMENT_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Please write the comment first.",
            "max_length": f"Please keep a comment under {comments.COMMENT_CHARS:,} characters.",
        },
    )

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data, auto_id="comment_%s")
        self.case = case

    def clean_quote(self) -> str:
        quote: str = self.cleaned_data["quote"]
        if quote and comments.stands_in(self.case, Passage(quote)) is None:
            raise forms.ValidationError(comments.NOT_THERE)
        return quote

    @property
    def about(self) -> Passage:
        words = self.cleaned_data
        return Passage(words["quote"], words.get("before", ""), words.get("after", ""))
