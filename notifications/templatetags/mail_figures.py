"""On the page of figures: how the mail did, week by week."""

from typing import Any

from django import template

from workflow.drawing import bars

from ..weekly import COLUMNS, weeks

register = template.Library()


@register.inclusion_tag("notifications/mail_figures.html")
def mail_figures(number: int) -> dict[str, Any]:
    """A chart of so many weeks, and the table behind it."""
    made = weeks(number)
    named = [
        ("Went out", [float(week.sent) for week in made]),
        ("Given up", [float(week.given_up) for week in made]),
    ]
    picture = bars("Mails by week", [week.start for week in made], named, "{:g}".format, "{:g}".format)
    troubled = sum(week.given_up + week.dead + week.unwanted for week in made)
    return {"picture": picture, "columns": COLUMNS, "rows": [week.row for week in made], "troubled": troubled}
