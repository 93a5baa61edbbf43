"""`manage.py write_docs`: writes the generated pages of docs/; with --check only says whether they are current."""

import shutil
import subprocess
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.docs_pages import pages


class Command(BaseCommand):
    help = "Write the pages of docs/ that come from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a page is not current")

    def handle(self, *args: object, check: bool = False, **options: object) -> None:
        folder = settings.BASE_DIR / "docs"
        stale = []
        for name, content in pages().items():
            path = folder / name
            if not path.exists() or path.read_text(encoding="utf-8") != content:
                stale.append(name)
                if not check:
                    path.write_text(content, encoding="utf-8")
        if check and stale:
            raise CommandError(f"Not current: {', '.join(stale)}. Run `make docs`.")
        if not check and "state-machine.dot" in stale:
            self._draw()
        self.stdout.write("docs are current")

    def _draw(self) -> None:
        dot = shutil.which("dot")
        if dot is None:
            self.stderr.write("The picture was not redrawn: install graphviz (apt-get install graphviz).")
            return
        folder = settings.BASE_DIR / "docs"
        subprocess.run([dot, "-Tsvg", "state-machine.dot", "-o", "state-machine.svg"], cwd=folder, check=True)  # noqa: S603
