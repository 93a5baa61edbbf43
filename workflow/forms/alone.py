"""What is typed and ticked by somebody who approves their own answer, in an emergency."""

from .reasons import reason_field
from .review import ApproveForm


class AloneForm(ApproveForm):
    """The same four lines as for every approval, and the reason."""

    field_order = ["reason", "checked"]
    reason = reason_field(
        "Why can nobody else read it first?",
        help_text="Kept in the history of the case. Colleagues read it.",
        missing="Write why nobody else can read it first, in a sentence. It is kept, and all leads are told.",
    )
