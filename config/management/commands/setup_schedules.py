"""`manage.py setup_schedules`: makes the background worker's schedules what config/schedules.py says. Run it as often as you like."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django_q.models import Schedule

from config.schedules import JOBS

RUN = "config.schedules.run"


class Command(BaseCommand):
    help = "Write the recurring jobs into the background worker's table."

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        Schedule.objects.filter(func=RUN).exclude(name__in=JOBS).delete()
        for name, job in JOBS.items():
            wanted = {
                "func": RUN,
                "args": repr((name,)),
                "schedule_type": Schedule.MINUTES,
                "minutes": job.minutes,
                "repeats": -1,
            }
            Schedule.objects.update_or_create(name=name, defaults=wanted)
