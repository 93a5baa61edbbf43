"""The table of ASVS level 2: every row is decided, and each test that it names is there; the table of fields is current."""

import pytest

from config.fields_page import fields_page
from scripts.asvs import ROOT, ROWS, fault_of, rows

pytestmark = pytest.mark.pure


def test_it_names_a_proof_that_exists_for_every_row_that_is_met():
    assert [(row["requirement"], fault) for row in rows() if (fault := fault_of(row))] == []
    assert len({row["requirement"] for row in rows()}) == len(rows()) == ROWS


def test_it_would_notice():
    assert fault_of({"status": "met", "proof": "tests/house/test_asvs.py::test_nothing", "why": ""})
    assert fault_of({"status": "met", "proof": "tests/nowhere.py", "why": ""})
    assert fault_of({"status": "not met", "proof": "", "why": ""})
    assert fault_of({"status": "perhaps", "proof": "", "why": ""})


def test_its_table_of_fields_is_that_of_the_forms():
    page = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    assert page.endswith(fields_page()), "run `make docs`"
    assert "| qa.forms.LetterForm | `text` |" in page
