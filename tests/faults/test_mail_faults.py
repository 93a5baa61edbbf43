"""The fault harness in its short form: worker processes die at every named place, and nothing is lost or doubled."""

import os
import subprocess
import sys

import pytest

from tests.faults.harness import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_it_loses_and_doubles_nothing_whatever_dies(own_database, tmp_path):
    env = {**os.environ, "DATABASE_URL": own_database, "ALLAY_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.faults.harness", "--here", "--short", "--mails", "80", "--kills", "12"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok  ") == 4, done.stdout
