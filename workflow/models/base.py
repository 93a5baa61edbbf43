"""Base for rows that carry an FSM state; cures two faults of the library that were found by running it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMFieldMixin

from ..needs import Need


class WorkflowModel(ConcurrentTransitionMixin, models.Model):
    """A stale second save is refused (SQLite has no row locks), and refreshing never unprotects the state.

    django-fsm-2's own refresh_from_db switches `protected` off on the class while it runs, for every thread.
    """

    class Meta:
        abstract = True

    answers: dict[Need, bool] | None = None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Nothing that a need asks about changes inside: each is asked once. The caller holds the row."""
        self.answers = {}
        try:
            yield
        finally:
            self.answers = None

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        wanted = list(fields) if fields is not None else None
        held = {
            field.name: self.__dict__.pop(field.name)
            for field in self._meta.concrete_fields
            if isinstance(field, FSMFieldMixin)
            and (wanted is None or field.name in wanted)
            and field.name in self.__dict__
        }
        try:
            models.Model.refresh_from_db(self, using=using, fields=wanted)
        except BaseException:
            self.__dict__.update(held)
            raise
        self._update_initial_state()
