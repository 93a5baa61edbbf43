"""Log lines that can be read by machines and never carry a letter: names come from code, arguments are dropped."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

LEFT_OUT = "(left out)"
ERASURES = "allay.erasures"  # kept long, so without the request's number, which would tie a person to their letters
REQUEST: ContextVar[str] = ContextVar("request", default="")  # the number of the request that is being answered
# The place of an argument in a message: "%s", "%(name)r", "%5.1f"; or a plain percent sign, "%%".
_PLACE = re.compile(r"%%|%(?:\([^)]*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")


class NoLetterText(logging.Filter):
    """Drops what a record carries from a request or a task: only our own `allay` loggers may fill in arguments.

    Messages of our own code are fixed phrases with ids. Others' messages (Django, django-q) can hold addresses,
    paths and exception texts, so only their fixed words are kept, and each argument is "(left out)".
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("allay"):
            if record.name.startswith("django-q"):
                record.msg = "background worker reported a problem"
            record.msg = str(record.msg).split("\n", 1)[0][:200]
            if record.args:
                record.msg = _PLACE.sub(lambda place: "%" if place[0] == "%%" else LEFT_OUT, record.msg)
            record.args = ()
        if record.exc_info and record.exc_info[0]:
            record.fault = record.exc_info[0].__name__
            record.where = _where(record)
            record.exc_info, record.exc_text = None, None
        return True


def _where(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info and record.exc_info[2] else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""


class JsonLine(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, number of the request, and for faults the type and place only."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        extras = {
            "request": REQUEST.get() if record.name != ERASURES else "",
            "fault": getattr(record, "fault", ""),
            "where": getattr(record, "where", ""),
        }
        line |= {name: value for name, value in extras.items() if value}
        return json.dumps(line)
