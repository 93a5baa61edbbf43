"""Finds the guards of the code and puts a switch before each, so that one can be taken away without touching the others.

A guard is what says no: a refusal, a decorator of a page, a condition of a policy, a need of a step, whose rows one may
open, a sanitizer, a limit. The switched copy imports `guardswitch`; with no guard switched off it does what the original does.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ["accounts", "qa", "workflow", "notifications", "config"]
LEFT_OUT = {"migrations", "demo", "management"}
DECORATORS = {
    "desk",
    "member_page",
    "login_required",
    "require_POST",
    "require_safe",
    "for_machines",
}  # not before_second_step: it says yes, and what says no without it is config/sessions.py
# Where every answer that ends a function early is a guard too, and every part of an "and".
ALL_ANSWERS = {
    "workflow/policies.py",
    "workflow/transitions.py",
    "qa/sanitize.py",
    "accounts/views.py",
    "accounts/steps.py",
}
ALL_ANSWERS |= {"accounts/second_step.py", "accounts/grants.py", "config/middleware.py", "config/second_step.py"}
ALL_ANSWERS |= {"config/sessions.py", "notifications/unsubscribe.py"}
ALL_PARTS = {"workflow/policies.py", "qa/sanitize.py"}
# Where who asks is asked: whoever does not hold the role gets an empty answer.
WHO_ASKS = ("workflow/queues/", "notifications/lines.py", "accounts/new_starts.py")
# Reads that give their desk every row: in a page they refuse nobody whom @desk let in. They ask by themselves (WHO_ASKS).
EVERY_ROW = ("queues.of_moderator(", "queues.trials_of_rules(")
SANITIZERS = {"clean_html", "bleach.clean", "nh3.clean"}

SWITCH = '''"""Switches of guards; written by scripts/guards.py into a copy of the tree."""
import dataclasses, functools, os
state = {"off": int(os.environ.get("GUARD_OFF", "0")), "seen": None, "said_no": set()}
def off(number):
    if state["seen"] is not None:
        state["seen"].add(number)
    return state["off"] == number
def says_no(number, answer):
    if answer:
        state["said_no"].add(number)
    return answer
def decorated(number, decorator):
    def wrap(view):
        guarded = decorator(view)
        @functools.wraps(guarded)
        def chosen(*args, **kwargs):
            if off(number):
                return view(*args, **kwargs)
            try:
                answer = guarded(*args, **kwargs)
            except BaseException:
                says_no(number, True)
                raise
            says_no(number, getattr(answer, "status_code", 200) >= 300)
            return answer
        return chosen
    return wrap
def need(number, original):
    return dataclasses.replace(original, met=lambda case: off(number) or not says_no(number, not original.met(case)))
def rows(number, found):
    if not off(number):
        return found
    model = found if isinstance(found, type) else found.model
    return model._default_manager.all()
def passing(number, function, *args, **kwargs):
    if off(number):
        return args[0]
    passed = function(*args, **kwargs)
    says_no(number, passed != args[0])
    return passed
def consumed(number, function, *args, **kwargs):
    return off(number) or not says_no(number, not function(*args, **kwargs))
'''


@dataclass(frozen=True)
class Guard:
    """One thing that says no, and where it stands."""

    number: int
    path: str
    line: int
    kind: str
    words: str


class Switcher(ast.NodeTransformer):
    """Rewrites one file; `guards` grows by what was found."""

    def __init__(self, path: str, first: int) -> None:
        self.path, self.next, self.guards = path, first, list[Guard]()

    def _new(self, node: ast.AST, kind: str, words: str) -> ast.Constant:
        guard = Guard(self.next, self.path, getattr(node, "lineno", 0), kind, words[:110])
        self.guards.append(guard)
        self.next += 1
        return ast.Constant(guard.number)

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if not node.orelse and (kind := self._ending(node.test, node.body[-1])):
            number = self._new(node, kind, ast.unparse(node.test))
            unless = ast.UnaryOp(ast.Not(), _switch("off", number))
            node.test = ast.BoolOp(ast.And(), [unless, _switch("says_no", number, node.test)])
        return node

    def _ending(self, test: ast.expr, last: ast.stmt) -> str:
        if isinstance(last, ast.Raise):
            return "refusal"
        if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and _name(last.value).endswith("add_error"):
            return "form"
        words = ast.unparse(test)
        asks_who = self.path.startswith(WHO_ASKS) and "not " in words and ".holds(Role." in words
        return "answer" if isinstance(last, ast.Return) and (asks_who or self.path in ALL_ANSWERS) else ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for at, decorator in enumerate(node.decorator_list):
            if _name(decorator) in DECORATORS:
                number = self._new(decorator, "decorator", f"@{ast.unparse(decorator)} {node.name}")
                node.decorator_list[at] = _switch("decorated", number, decorator)
        node.body = [self.visit(part) for part in node.body]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.And) and self.path in ALL_PARTS:
            node.values = [
                ast.BoolOp(ast.Or(), [_switch("off", self._new(part, "condition", ast.unparse(part))), part])
                for part in node.values
            ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = _name(node)
        if name == "get_object_or_404" and not _gives_every_row(node.args[0]):
            node.args[0] = _switch("rows", self._new(node, "rows", ast.unparse(node)), node.args[0])
        elif name == "Need":
            return _switch("need", self._new(node, "need", ast.unparse(node.args[1])), node)
        elif self.path == "workflow/policies.py" and name in {"_step", "Rule"}:
            self._needs(node)
        elif name in SANITIZERS:
            return _call("passing", self._new(node, "sanitizer", ast.unparse(node)), node)
        elif name.endswith("ratelimit.consume"):
            return _call("consumed", self._new(node, "limit", ast.unparse(node)), node)
        return node

    def _needs(self, node: ast.Call) -> None:
        rule = ast.unparse(node.args[0])
        for holder in [node.args, *(arg.elts for arg in node.args if isinstance(arg, ast.Tuple))]:
            for at, arg in enumerate(holder):
                if isinstance(arg, ast.Name) and arg.id.isupper() and not arg.id.startswith("_"):
                    if arg.id in {"OPEN_STATES", "BEFORE_AN_ANSWER"}:
                        continue
                    holder[at] = _switch("need", self._new(arg, "need", f"{rule} needs {arg.id}"), arg)


def _name(node: ast.expr) -> str:
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def _gives_every_row(rows: ast.expr) -> bool:
    is_class = isinstance(rows, ast.Name) and rows.id[0].isupper()
    return is_class or any(read in ast.unparse(rows) for read in EVERY_ROW)


def _switch(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("guardswitch", ast.Load()), name, ast.Load()), list(args), [])


def _call(name: str, number: ast.expr, node: ast.Call) -> ast.Call:
    made = _switch(name, number, node.func, *node.args)
    made.keywords = node.keywords
    return made


def switch(root: Path) -> list[Guard]:
    """Rewrite the copy of the tree at `root`; returns every guard that has a switch now."""
    found: list[Guard] = []
    (root / "guardswitch.py").write_text(SWITCH, encoding="utf-8")
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if not LEFT_OUT & set(path.relative_to(root).parts):
                found += _switch_file(path, str(path.relative_to(root)), len(found) + 1)
    return found


def _switch_file(path: Path, name: str, first: int) -> list[Guard]:
    switcher = Switcher(name, first)
    tree = switcher.visit(ast.parse(path.read_text(encoding="utf-8")))
    if switcher.guards:
        at = 1 if ast.get_docstring(tree) else 0
        tree.body.insert(at, ast.Import([ast.alias("guardswitch")]))
        path.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
    return switcher.guards
