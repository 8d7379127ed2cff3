# Relance: every task of the house. `make help` lists them.
# Needs only Python 3.11 or newer, make and git; everything else goes into .venv/.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help demo run dev test test-fast check format bench reliability lock messages pictures

help: ## List these tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## A company to try things on, at http://127.0.0.1:8000 (PORT=… changes it); keeps its data
	@$(PY) -m relance demo

run: $(VENV)/.run ## Your own company: empty, first administrator by a one-time link
	@$(PY) -m relance run

dev: $(VENV)/.dev ## The demo for contributors: restarts when a file changes, shows errors in full
	@DEBUG=1 $(PY) -m relance demo --reload

test: $(VENV)/.dev ## Every test, on SQLite and PostgreSQL, and in Chromium
	@$(PY) tests/run.py all

test-fast: $(VENV)/.dev ## The tests for every few minutes: unit, integration and contracts on SQLite
	@$(PY) tests/run.py fast

check: $(VENV)/.dev ## Style, types, layers, migrations, settings, OpenAPI, translations, house rules
	@$(PY) tools/check.py

format: $(VENV)/.dev ## Put the code into its standard form
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet .

bench: $(VENV)/.dev ## The speed of the engine, as shares of the floor
	@$(PY) -m tests.benchmarks

reliability: $(VENV)/.dev ## Kill the engine at random times and count what is lost or doubled
	@$(PY) -m tests.reliability

pictures: $(VENV)/.dev ## Take the pictures of README and guide anew
	@$(PY) tools/pictures.py

messages: $(VENV)/.dev ## Collect the texts to translate into relance/locale/
	@$(PY) -m relance messages

# Versions and hashes of all packages. `make lock UPGRADE=1` takes newer ones.
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
lock: $(VENV)/.dev ## Write locks/ anew from pyproject.toml
	@$(LOCK) --output-file locks/run.txt pyproject.toml
	@$(LOCK) --extra dev --constraint locks/run.txt --output-file locks/dev.txt pyproject.toml

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit("Relance needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

# Stamps: packages are installed only when their lock has changed.
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --prefer-binary --requirement
$(VENV)/.run: locks/run.txt | $(PY)
	@echo "Installing the packages (once) …"
	@$(INSTALL) locks/run.txt
	@touch $@

$(VENV)/.dev: locks/dev.txt | $(PY)
	@echo "Installing the packages for contributors (once) …"
	@$(INSTALL) locks/dev.txt
	@touch $@ $(VENV)/.run
