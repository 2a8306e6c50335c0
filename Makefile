# elearn: make run, make test, make check, make bench. Everything is made in .venv and instance/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv installs in seconds when it is on the PATH; pip does the same in about a minute.
UV := $(shell command -v uv 2>/dev/null)

.PHONY: run test check fmt lint types contracts bench lock clean i18n

ifdef UV
PIP_INSTALL = VIRTUAL_ENV=$(abspath $(VENV)) $(UV) pip install --quiet --require-hashes -r
else
PIP_INSTALL = $(BIN)/pip install --quiet --require-hashes --disable-pip-version-check -r
endif

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-time: requirements.txt | $(BIN)/python
	$(PIP_INSTALL) requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.run-time
	$(PIP_INSTALL) requirements-dev.txt
	@touch $@

run: $(VENV)/.run-time
	$(BIN)/flask start

test: $(VENV)/.development
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.development lint types contracts test

fmt: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.development
	$(BIN)/mypy

contracts: $(VENV)/.development
	$(BIN)/lint-imports

bench: $(VENV)/.development
	$(BIN)/python -m bench

lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements.in -o requirements.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

i18n: $(VENV)/.development
	$(BIN)/pybabel -q extract -F elearn/web/translations/babel.cfg -k _ -k N_ -k translated --no-location --sort-output -o /tmp/elearn.pot .
	$(BIN)/pybabel -q update -i /tmp/elearn.pot -d elearn/web/translations -l en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d elearn/web/translations
