"""Local rules: administrators word ways of seeing danger and see first what that would change; a moderator says yes or no."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.numbers import whole_number
from accounts.roles import Role

from ..actions import rules as actions
from ..actions.rescanning import to_read
from ..actions.rulebook import rules_of_now
from ..decorators import desk, person
from ..forms.rules import RefusalForm, RuleForm, SwitchForm
from ..models import RuleTrial, RuleVersion
from ..models.rules import WORDS
from ..queues import rules as queues
from ..safety.rules_file import standard_book
from ..safety.words import Severity
from ..transitions import Refused

UNREADABLE = 422
MONTH = 30  # days


@desk(Role.ADMINISTRATOR)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The local rules, how far letters are read again, and what went wrong."""
    who, now = person(request), rules_of_now()
    context = {
        "rules": queues.local_rules(who),
        "proposed": queues.proposed_rules(),
        "mine": set(queues.rules_to_decide(who).values_list("pk", flat=True)),
        "trials": queues.trials_of_rules(who)[: queues.TRIALS],
        "troubles": queues.troubles_of_rules(who),
        "shipped": len(standard_book().rules),
        "waiting": to_read(now.version).count(),
        "readings": queues.readings_by(now.version),
        "version": now.version,
        "broken": now.broken,
    }
    return render(request, "workflow/rules/rules.html", context)


@desk(Role.ADMINISTRATOR)
def new_rule(request: HttpRequest) -> HttpResponse:
    """Write a rule and try it."""
    return _write(request, None)


@desk(Role.ADMINISTRATOR)
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """Change a rule: the same page, with its versions."""
    versions = list(queues.local_rule_versions(person(request), number))
    if not versions:
        raise Http404
    return _write(request, versions[0], versions=versions)


@desk(Role.ADMINISTRATOR)
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """Turn a rule off, or on again, with a reason."""
    versions = list(queues.local_rule_versions(person(request), number))
    if not versions:
        raise Http404
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return _page(request, RuleForm(initial=_words(versions[0])), versions[0], versions, switch_form=form)
    is_on = not versions[0].is_on
    with told(request):
        actions.switch(rule_id=number, by=person(request), is_on=is_on, why=form.cleaned_data["why"])
        messages.success(request, "It is on. Letters are read again." if is_on else "It is off. Flags it raised stay.")
    return redirect("workflow:rule", number)


@desk(Role.ADMINISTRATOR)
@require_POST
def go_back(request: HttpRequest, number: int) -> HttpResponse:
    """Try an earlier version once more, to save it as the newest."""
    versions = queues.local_rule_versions(person(request), number)
    typed = request.POST.get("version", "")
    chosen = get_object_or_404(versions, number=whole_number(typed))
    form = RuleForm(_words(chosen))
    if not form.is_valid():
        return _page(request, form, versions[0], list(versions), status=UNREADABLE)
    return _try(request, form, versions[0])


@desk(Role.ADMINISTRATOR)
@require_safe
def trial(request: HttpRequest, number: int) -> HttpResponse:
    """What the rule would change, in counts; how far the count is."""
    shown = get_object_or_404(queues.trials_of_rules(person(request)), pk=number)
    return render(request, "workflow/rules/trial.html", {"trial": shown})


@desk(Role.ADMINISTRATOR)
@require_safe
def trial_count(request: HttpRequest, number: int) -> HttpResponse:
    """The counts alone: the page keeps them current."""
    shown = get_object_or_404(queues.trials_of_rules(person(request)), pk=number)
    return render(request, "workflow/rules/_count.html", {"trial": shown})


@desk(Role.ADMINISTRATOR)
@require_POST
def cancel_trial(request: HttpRequest, number: int) -> HttpResponse:
    """Stop counting."""
    shown = get_object_or_404(queues.trials_of_rules(person(request)), pk=number)
    actions.cancel_trial(trial_id=shown.pk)
    messages.info(request, "The count is stopped. Nothing is proposed yet.")
    return redirect("workflow:rule_trial", number)


@desk(Role.ADMINISTRATOR)
@require_POST
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for a second person's yes to what was tried."""
    shown = get_object_or_404(queues.trials_of_rules(person(request)), pk=number)
    with told(request):
        actions.propose(trial_id=shown.pk, by=person(request), why=request.POST.get("why", "")[:200].strip())
        messages.success(
            request, "Proposed. All moderators are told. Letters are read by it once one of them says yes."
        )
    return redirect("workflow:rule_trial", number)


@desk(Role.MODERATOR)
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """A moderator looks at a rule that an administrator proposes, and says yes, or no with a reason."""
    shown = get_object_or_404(queues.rules_to_decide(person(request)), pk=number)
    decision = request.POST.get("decision")
    form = RefusalForm(request.POST if decision == "refuse" else None)
    if request.method != "POST":
        return _proposal_page(request, shown, form)
    if decision != "confirm" and not form.is_valid():  # a yes is only ever pressed, never left over
        if not form.is_bound:
            messages.warning(request, "Nothing was decided. Press yes, or write why not and press no.")
        return _proposal_page(request, shown, form, UNREADABLE)
    with told(request):
        if decision == "confirm":
            actions.confirm(trial_id=number, by=person(request))
            messages.success(request, "It is on. New letters are read by it; letters that wait are read again.")
        else:
            actions.refuse(trial_id=number, by=person(request), why=form.cleaned_data["why"])
            messages.success(request, "Refused. They read your reason with their proposal.")
    return redirect("workflow:colleagues")


def _proposal_page(request: HttpRequest, shown: RuleTrial, form: RefusalForm, status: int = 200) -> HttpResponse:
    since = timezone.now() - timedelta(days=MONTH)
    context = {
        "trial": shown,
        "form": form,
        "before": RuleVersion.objects.filter(rule=shown.rule_id, number=shown.based_on).first(),
        "counts": queues.counts_by(shown.started_by, since=since),
    }
    return render(request, "workflow/rules/proposal.html", context, status=status)


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """A refused act is told on the page one comes back to; these addresses only take forms."""
    try:
        yield
    except Refused as refusal:
        messages.warning(request, refusal.sentence)


def _write(request: HttpRequest, newest: RuleVersion | None, versions: list[RuleVersion] | None = None) -> HttpResponse:
    if request.method == "POST":
        form = RuleForm(request.POST)
        return (
            _try(request, form, newest) if form.is_valid() else _page(request, form, newest, versions or [], UNREADABLE)
        )
    return _page(request, RuleForm(initial=_start(request, newest)), newest, versions or [])


def _start(request: HttpRequest, newest: RuleVersion | None) -> dict[str, Any]:
    """What was tried and is to be changed once more, else the newest version."""
    typed = request.GET.get("trial", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 12:
        tried = queues.trials_of_rules(person(request)).filter(pk=int(typed)).first()
        if tried and tried.rule_id == (newest.rule_id if newest else None):
            return _words(tried)
    return _words(newest) if newest else {"severity": Severity.URGENT.value}


def _try(request: HttpRequest, form: RuleForm, newest: RuleVersion | None) -> HttpResponse:
    words = {name: form.cleaned_data[name] for name in WORDS}
    rule, based_on = (newest.rule, newest.number) if newest else (None, 0)
    with told(request):
        return redirect(
            "workflow:rule_trial", actions.try_rule(by=person(request), words=words, rule=rule, based_on=based_on).pk
        )
    return redirect("workflow:rules")


def _page(
    request: HttpRequest,
    form: RuleForm,
    newest: RuleVersion | None,
    versions: list[RuleVersion],
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    groups = standard_book().sources["vocabulary"]["words"]
    context: dict[str, Any] = {"form": form, "rule": newest, "versions": versions, "groups": sorted(groups.items())}
    context |= {"switch_form": SwitchForm(auto_id="switch-%s"), "action": _address(newest), **more}
    return render(request, "workflow/rules/rule.html", context, status=UNREADABLE if "switch_form" in more else status)


def _address(newest: RuleVersion | None) -> str:
    return reverse("workflow:rule", args=[newest.rule_id]) if newest else reverse("workflow:new_rule")


def _words(words: RuleVersion | RuleTrial) -> dict[str, Any]:
    return model_to_dict(words, fields=WORDS)
