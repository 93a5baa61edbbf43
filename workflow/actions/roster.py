"""The on-call roster is kept by moderators and administrators: turns are given, swapped and dropped; nothing is forgotten."""

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User

from .. import policies, queues
from ..models import Shift
from ..transitions import Refused

MOST_WEEKS = 26
LONGEST_HOURS = 24


@transaction.atomic
def give_turn(*, by: User, person: User, day: date, from_hour: int, until_hour: int, weeks: int = 1) -> list[Shift]:
    """Put a moderator on call on a day, also on the same day of the weeks after. What stands already is left as it is."""
    _require_keeper(by, person)
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(f"Give between 1 and {MOST_WEEKS} weeks.")
    if not (0 <= from_hour < LONGEST_HOURS and from_hour < until_hour <= from_hour + LONGEST_HOURS):
        raise Refused("A turn ends after it begins, and within a day.")
    made = []
    for week in range(weeks):
        first = day + timedelta(weeks=week)
        starts, ends = _at(first, from_hour), _at(first, until_hour)
        if ends <= timezone.now():
            raise Refused("That turn is over already. Choose a day from today on.")
        shift, _ = Shift.objects.standing().get_or_create(
            person=person, starts_at=starts, ends_at=ends, gone_at=None, defaults={"set_by": by}
        )
        made.append(shift)
    return made


def swap_turn(*, by: User, shift_id: int, to: User) -> Shift:
    """Somebody else takes this turn; both rows stay, so that it is known who had it."""
    _require_keeper(by, to)
    with transaction.atomic():
        shift = _standing(shift_id)
        if shift.person_id == to.pk:
            return shift
        _end(shift, by)
        try:
            with transaction.atomic():
                return Shift.objects.create(
                    person=to, starts_at=shift.starts_at, ends_at=shift.ends_at, set_by=by, instead_of=shift
                )
        except IntegrityError:
            raise Refused(f"{to.staff_name} is on call at that time already.") from None


def drop_turn(*, by: User, shift_id: int) -> None:
    """Nobody takes this turn."""
    _require_keeper(by, None)
    with transaction.atomic():
        _end(_standing(shift_id), by)


def _end(shift: Shift, by: User) -> None:
    shift.gone_at, shift.gone_by = timezone.now(), by
    shift.save()


def _standing(shift_id: int) -> Shift:
    shift = Shift.objects.select_for_update(of=("self",)).filter(pk=shift_id, gone_at__isnull=True).first()
    if shift is None:
        raise Refused("Somebody changed this turn already. Look at the roster again.")
    return shift


def _require_keeper(by: User, person: User | None) -> None:
    if not policies.may_keep_roster(by):
        raise Refused("The roster is kept by moderators and administrators.")
    if person is not None and not queues.may_take_turns(by).filter(pk=person.pk).exists():
        raise Refused("Only a moderator can be on call. Choose somebody else.")


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=hour // 24), time(hour % 24)))
