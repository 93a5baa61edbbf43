# The two commands are `make run` and `make test`; everything else serves them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
DEV := ALLAY_ENV=development

.PHONY: run test check axe pictures gallery faults bench prove docs lock sbom demo-reset lint format env clean help

help:            ## say what can be made
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/  -/'

run: $(VENV)/demo.done  ## serve the whole product with demo people and letters on http://localhost:$(PORT)
	@PORT=$(PORT) $(PY) scripts/run.py

demo-reset: $(VENV)/demo.done  ## forget everything typed into the demo and make it afresh
	@$(PY) scripts/run.py --reset

test: $(VENV)/dev.done  ## unit, integration, PostgreSQL and browser tests
	@$(PY) scripts/test.py

check: $(VENV)/dev.done  ## lint, types, import order, templates, deploy checks, migrations, generated docs
	@$(PY) scripts/check.py

axe: $(VENV)/dev.done    ## look with axe at every page in every state, 320 and 1280 wide, light and dark, after refused forms too
	@ALLAY_AXE=whole $(PY) -m pytest -q -n0 tests/browser/test_every_page.py

faults: $(VENV)/dev.done  ## kill workers and break the mail server at random; count what was lost or doubled
	@$(PY) -m tests.faults.harness

bench: $(VENV)/dev.done  ## measure pages, letters, mail and processes as they grow and beside their peers (hours; other sizes: make bench SIZES="1000 1000000")
	@$(PY) -m benchmarks $(if $(SIZES),--sizes $(SIZES))

prove: $(VENV)/dev.done  ## the figures behind the promises, each from a real run, in an hour or more (one: make prove PART=grid)
	@$(PY) scripts/prove.py $(PART)

docs: $(VENV)/dev.done  ## write the pages of docs/ that are generated from the code
	@$(DEV) $(PY) manage.py write_docs

pictures: $(VENV)/dev.done  ## draw the README's two pictures from a fresh demo
	@$(PY) scripts/pictures.py

gallery: $(VENV)/dev.done  ## draw every page of the demo in every look into var/gallery/ to look through; Ctrl-C stops it, a next run goes on (some: make gallery ONLY="ada_desk")
	@$(PY) scripts/gallery.py $(ONLY)

lock: $(VENV)/dev.done  ## write requirements.lock (every package with its hashes) from requirements.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
	@$(VENV)/bin/pip-compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras -o requirements.lock requirements.txt

sbom: $(VENV)/dev.done  ## write var/sbom.json, the CycloneDX bill of materials of a release, from requirements.lock
	@mkdir -p var && $(VENV)/bin/cyclonedx-py requirements requirements.lock --output-reproducible --short-PURLs --validate --of JSON -o var/sbom.json && echo "var/sbom.json"

format: $(VENV)/dev.done  ## put code and templates into their form
	@$(VENV)/bin/ruff check --fix -q . ; $(VENV)/bin/ruff format -q . ; $(PY) scripts/check.py --format-templates

env: $(VENV)/dev.done    ## only set up the environment

clean:           ## remove what was made; keeps the demo's data in var/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found. Allay needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This is Python %d.%d. Allay needs 3.11 or newer; name one: make PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/demo.done: requirements.txt requirements-demo.txt | $(VENV)/bin/python
	@echo "Installing what the product needs (once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-demo.txt
	@touch $@

$(VENV)/dev.done: requirements.txt requirements-demo.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need (once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/demo.done
