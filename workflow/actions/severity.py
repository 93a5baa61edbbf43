"""How grave a flag is: a moderator changes it, with a reason. Graver calls people again; milder only once it was taken on."""

from accounts.models import User

from .. import events
from ..events import Kind
from ..models import SafetyFlag
from ..safety.report import RANK
from ..safety.words import Severity
from ..states import Act
from ..transitions import Refused, acting
from .scanning import retier


def change_severity(*, case_id: int, flag_id: int, by: User, severity: Severity, reason: str) -> SafetyFlag:
    """Set how soon somebody must act. The reason is kept in the history; who took the flag on stays named."""
    with acting(case_id, Act.CHANGE_FLAG, by=by) as case:
        flag = case.flags.open().filter(pk=flag_id).first()
        if flag is None:
            raise Refused("That flag is closed, or not part of this case. It stays as it is.", case=case)
        before = Severity(flag.severity)
        if severity == before:
            return flag
        is_graver = RANK[severity] > RANK[before]
        if not is_graver and flag.acknowledged_at is None:
            raise Refused("Nobody has taken this flag on yet. Take it on first, then say that it can wait.", case=case)
        if not reason.strip():
            raise Refused("Please write why, in a few words.", case=case)
        flag.severity = severity
        flag.save()
        retier(case)
        case.version += 1
        case.save()
        data = {"flag": flag.pk, "from": before, "severity": severity, "is_graver": is_graver}
        events.record(Kind.FLAG_CHANGED, case=case, by=by, remark=reason, data=data)
    return flag
