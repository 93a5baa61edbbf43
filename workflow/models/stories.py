"""What belongs together: letters of one member that are parts of one story, and letters that came twice."""

from django.db import models


class InStory(models.Model):
    """Columns of a case. Both say how the desks see it, and touch no letter.

    `story` is shared by the parts of one story as colleagues see it. What readers see as parts of a story is another
    thing: the letter's own, which only the member begins (by going on from an earlier letter). `merged_into` names the
    case that this one is the same letter as; it is answered there, and this one waits for nobody.
    """

    story = models.UUIDField(null=True, blank=True, db_index=True, editable=False)
    merged_into = models.ForeignKey(
        "workflow.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates"
    )

    class Meta:
        abstract = True
