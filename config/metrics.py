"""Figures for Prometheus, read from the database when asked, so that any number of processes tell the same. No text, no people."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.second_step import before_second_step
from notifications.models import Message, Progress, Pulse
from workflow.models import Case, SafetyFlag


class House(Collector):
    """Everything that somebody might want to be woken for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _by(
            "allay_cases", "Letters by where they are", "state", Case.objects.values_list("state").annotate(Count("pk"))
        )
        flags = SafetyFlag.objects.filter(closed_at__isnull=True)
        yield _by(
            "allay_flags_open", "Dangers that stand", "severity", flags.values_list("severity").annotate(Count("pk"))
        )
        untaken = flags.filter(acknowledged_at__isnull=True).values_list("severity").annotate(Min("raised_at"))
        ages = [(severity, _age(since)) for severity, since in untaken]
        yield _by("allay_flag_untaken_seconds", "The oldest danger that nobody has taken on", "severity", ages)
        mails = Message.objects.filter(state__in=[Progress.WAITING, Progress.SENDING, Progress.UNDELIVERABLE])
        yield _by("allay_mails", "Mails that are not done", "state", mails.values_list("state").annotate(Count("pk")))
        due = Message.objects.pending().filter(next_try_at__lte=timezone.now()).aggregate(oldest=Min("next_try_at"))
        yield GaugeMetricFamily(
            "allay_mail_due_seconds", "The oldest mail that should be out", value=_age(due["oldest"])
        )
        named = Pulse.objects.filter(name__in=["sweep", "safety clock"])
        pulses = [(name, _age(at)) for name, at in named.values_list("name", "at")]
        yield _by("allay_pulse_seconds", "Since when something that must go on was last seen", "name", pulses)


def _age(since: object) -> float:
    return (timezone.now() - since).total_seconds() if since is not None else 0.0  # type: ignore[operator]


def _by(name: str, words: str, label: str, rows: object) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in rows:  # type: ignore[attr-defined]  # rows of two columns
        family.add_metric([value], number)
    return family


@login_not_required
@before_second_step
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus with its bearer token (METRICS_TOKEN); to everybody else this page does not exist."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(House())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
