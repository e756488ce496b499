# `make run` and `make test` need Python 3.11 or newer and nothing else.

PYTHON ?= $(firstword $(shell command -v python3.11 || command -v python3 || command -v python))
BIN := .venv/bin
SETTINGS := DJANGO_SETTINGS_MODULE=tests.settings
# uv installs five times faster; pip does the same thing.
UV := $(firstword $(shell command -v uv) $(wildcard $(BIN)/uv))
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check) --require-hashes -r

.PHONY: run test coverage test-production test-crash check lint types imports templates django format bench requirements chromium services

run: .venv/local
	@exec $(BIN)/python -m demo

test: check chromium
	$(BIN)/python -m tests.halves

# The same tests, and which lines and branches they reach: half as long again.
coverage: check chromium
	$(BIN)/python -m tests.halves --cov --cov-report=

# A whole site: PostgreSQL, Redis, and nginx with TLS before two workers, then two hosts. Five minutes.
test-production: .venv/dev services
	$(BIN)/python -m pytest tests/production -s

# Writers killed at every step, sixty rounds of each: a quarter of an hour.
test-crash: .venv/dev services
	CRASH_ROUNDS=60 $(BIN)/python -m pytest tests/crash -s

# `make -k check` goes on after a failure and shows them all.
check: lint types imports templates django

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev
	$(BIN)/mypy

imports: .venv/dev
	$(BIN)/lint-imports

templates: .venv/dev
	$(BIN)/djlint --lint templates

django: .venv/dev
	$(SETTINGS) $(BIN)/python manage.py check --fail-level WARNING
	$(SETTINGS) $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/dev
	@exec $(BIN)/python -m bench

requirements: .venv/dev
	$(if $(UV),,$(BIN)/python -m pip install --quiet uv)
	for set in requirements requirements-local requirements-dev; do \
	  $(or $(UV),$(BIN)/uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-emit-index-url --no-emit-find-links --no-annotate --no-header $$set.in -o $$set.txt || exit 1; \
	done

.venv/python:
	@test -n "$(PYTHON)" || { echo "Dynadmin needs Python 3.11 or newer, and there is no Python here."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Dynadmin needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)."; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv .venv
	@touch $@

.venv/local: requirements-local.txt .venv/python
	$(INSTALL) requirements-local.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/python
	$(INSTALL) requirements-dev.txt
	@touch $@

# Browser tests take $CHROMIUM, else the one on PATH. Root may install it; anyone else is told.
chromium:
	@if [ -n "$$CHROMIUM" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests."; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1 \
	    || { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } \
	    || echo "Chromium could not be installed."; \
	else echo "NO CHROMIUM: the browser tests will be skipped. Install it, or name one in CHROMIUM."; fi

# Only their programs are needed: the tests run them in a folder of their own.
services:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  command -v redis-server >/dev/null && command -v nginx >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	    echo "Installing PostgreSQL, Redis and nginx for the production tests."; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql redis-server nginx-light procps iproute2 >/dev/null; }; \
	else echo "The production tests need PostgreSQL, Redis and nginx on this machine."; fi
