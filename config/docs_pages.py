"""The pages of docs/ that are written from the code: the state machine, its picture's source, who may do what, fields."""

from accounts.roles import Role
from workflow import policies
from workflow.events import Kind
from workflow.states import MACHINE, Act, State, Step

from .browser_rules import browser_rules
from .fields_page import fields_page

HEAD = "<!-- Written by `make docs` from the code. Do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """File name under docs/ → content."""
    return {
        "state-machine.md": state_machine(),
        "state-machine.dot": picture_source(),
        "permissions.md": permissions(),
        "fields.md": HEAD + fields_page(),
        **{f"../static/js/{name}": text for name, text in browser_rules().items()},
    }


def state_machine() -> str:
    rows = []
    for step, edge in MACHINE.items():
        needs = " ".join(str(need.sentence) for need in policies.STEP_RULES[step].needs) or "–"
        reason = " A reason is required." if edge.needs_reason else ""
        sources = ", ".join(edge.sources)
        rows.append(
            f"| {step} | {sources} → {edge.target} | {policies.STEP_RULES[step].who} | {needs}{reason} | {edge.event} |"
        )
    table = "\n".join(rows)
    return (
        f"{HEAD}# The state machine\n\n![The state machine as a picture](state-machine.svg)\n\n"
        "A letter becomes a case in the state `submitted` when the member sends it. Each step goes through the one door\n"
        "(`workflow/transitions.py`): lock, compare with what the person saw, permit, step, save, record.\n\n"
        "| Step | From → to | Who | Refused while | Event |\n|---|---|---|---|---|\n"
        f"{table}\n\n## Acts that leave the state as it is\n\n| Act | In | Who |\n|---|---|---|\n{_acts()}\n\n"
        f"## Kinds of events\n\n{', '.join(f'`{kind}`' for kind in Kind)}\n"
    )


def _acts() -> str:
    rules = policies.ACT_RULES
    return "\n".join(f"| {act} | {', '.join(rules[act].sources)} | {rules[act].who} |" for act in Act)


def picture_source() -> str:
    """The machine for Graphviz; colours follow the stages, the way back is dashed."""
    back = {Step.REQUEST_CHANGES, Step.REOPEN, Step.UNPUBLISH}
    lines = [
        "digraph machine {",
        '  rankdir=LR; bgcolor="transparent"; node [shape=box style="rounded,filled" fillcolor="#f6efe4" color="#7a5c3e" '
        'fontname="Georgia" fontsize=13]; edge [fontname="Georgia" fontsize=11 color="#5b6b63"];',
        '  letter [shape=plaintext fillcolor="none" style="" label="letter"]; letter -> submitted [label="submit"];',
    ]
    for step, edge in MACHINE.items():
        if step == Step.WITHDRAW:
            continue
        style = " style=dashed constraint=false" if step in back else ""
        lines += [f'  {source} -> {edge.target} [label="{step.replace("_", " ")}"{style}];' for source in edge.sources]
    lines.append(
        '  any [shape=plaintext fillcolor="none" style="" label="any state"]; any -> withdrawn [label="withdraw"];'
    )
    return "\n".join([*lines, "}"]) + "\n"


def permissions() -> str:
    """Which role can take which step at all; the person's relation to the case is said in words."""
    rules: list[tuple[str, policies.Rule]] = [*policies.STEP_RULES.items(), *policies.ACT_RULES.items()]
    rows = "\n".join(f"| {name} | {rule.who} | {', '.join(rule.sources)} |" for name, rule in rules)
    roles = "\n".join(f"- **{role}**: {_ROLE_WORDS[role]}" for role in Role)
    return (
        f"{HEAD}# Who may do what\n\nThree gates, one source (`workflow/policies.py`):\n"
        "the desk (may this person be in this room), the row (may they see this case: anything else is 404),\n"
        "the step (may they take it on this case now).\n\n"
        f"{roles}\n\n| Step or act | Who | While the case is |\n|---|---|---|\n{rows}\n\n"
        f"States: {', '.join(State)}.\n"
    )


_ROLE_WORDS = {
    Role.MEMBER: "sees only their own questions, never staff names, flags or notes.",
    Role.EXPERT: "sees de-identified questions that reached the experts; never a letter, never who wrote it.",
    Role.MODERATOR: "sees every case; each opening of a letter is recorded.",
    Role.ADMINISTRATOR: "runs the system; cannot read letters, questions or answers before they are published.",
}
