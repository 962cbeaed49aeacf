# Bangfu: `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
BROWSER ?= 1
PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= 2
export PORT HOST BROWSER PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup setup-test demo test lint format benchmarks bench bench-full bench-replan bench-search bench-portal fuzz fuzz-match fuzz-api fuzz-forms faults load soak scale-nodes audit scan guide-pictures lock migration clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.installed ## Set everything up: .venv with hash-locked requirements and the bangfu command

.venv/bin/python:
	@.ci/make-venv "$(PYTHON)"

.venv/.installed: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing the locked requirements ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

setup-test: .venv/.installed-dev ## Set up what the tests need, Debian's chromium included
	@BROWSER=$(BROWSER) .ci/ensure-browser

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing the locked requirements of the tests ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

demo: setup ## Load the sample city, match, and serve the portal (PORT=, HOST= change the address)
	@$(BIN)/bangfu demo

test: setup-test ## Lint, types, contracts, then every test; BROWSER=0 leaves the browser tests out
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n $(WORKERS)

lint: .venv/.installed-dev ## Style, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: .venv/.installed-dev ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

benchmarks: .venv/.installed-dev ## Time, gap to the bound and memory of the matching; speed of imports; calendars; routes of a day
	@$(BIN)/python -m tests.benchmarks.matching
	@$(BIN)/python -m tests.benchmarks.imports
	@$(BIN)/python -m tests.benchmarks.calendar
	@$(BIN)/python -m tests.benchmarks.calendar --small
	@$(BIN)/python -m tests.benchmarks.day --only 10_1 25_1 50_1 75_1 100_1

bench: .venv/.installed-dev ## The matching beside its peers, four minutes: table and plots in build/bench
	@$(BIN)/python -m tests.benchmarks.matching

bench-full: .venv/.installed-dev ## The same at every size and limit of the goals, some hours
	@$(BIN)/python -m tests.benchmarks.matching --full

bench-replan: .venv/.installed-dev ## Plans changed after events: seconds, changes, who is told
	@$(BIN)/python -m tests.benchmarks.replan

bench-search: .venv/.installed-dev ## Speed of the search at 300,000 made-up people, beside a plain search
	@$(BIN)/python -m tests.benchmarks.search

bench-portal: .venv/.installed-dev ## Every page of the main roles at 200,000 and 2,000,000 visits: build/bench/portal.md
	@$(BIN)/python -m tests.benchmarks.portal

fuzz: fuzz-match fuzz-api fuzz-forms ## All three below, longer than the suite does (COUNT=)

fuzz-match: .venv/.installed-dev ## 10,000 small odd matching problems: solved, checked, beside their true optimum (COUNT=)
	@$(BIN)/python -m tests.matching.fuzz --count $(or $(COUNT),10000)

guide-pictures: setup-test ## Renew the pictures of the guides from a demo of their own
	@$(BIN)/python -m tests.guides.pictures

fuzz-api: .venv/.installed-dev ## Odd requests to everything that the OpenAPI documents describe (COUNT= for each address)
	@FUZZ_API=$(or $(COUNT),300) $(BIN)/python -m pytest tests/exchange/test_odd_requests.py -q

.venv-scan/.installed: requirements-scan.txt
	@.ci/make-venv "$(PYTHON)" .venv-scan
	@.venv-scan/bin/python -m pip install --quiet --require-hashes -r requirements-scan.txt
	@touch $@

audit: .venv/.installed-dev $(if $(ADVISORIES),,.venv-scan/.installed) ## Known weaknesses of what is installed (ADVISORIES=FOLDER: a copy of the advisory database, no network)
	@$(BIN)/python -m tests.security.audit $(if $(ADVISORIES),--advisories "$(ADVISORIES)",--tool .venv-scan/bin/pip-audit)

scan: setup .venv-scan/.installed ## An outside scanner (wapiti) over a demo of its own as every role: build/scan
	@$(BIN)/python -m tests.security.scan --tool .venv-scan/bin/wapiti $(if $(ROLES),--roles $(ROLES))

fuzz-forms: .venv/.installed-dev ## Odd files into every reader, odd words into every form (COUNT= of each)
	@FUZZ=$(or $(COUNT),40) $(BIN)/python -m pytest tests/security/test_fuzz.py -q

faults: .venv/.installed-dev ## 200 faults into every kind of write, 0 losses: docs/reliability.md (as root also the full disk)
	@$(BIN)/python -u -m tests.faults --write

load: .venv/.installed-dev ## 100 users for five minutes, beside a bare page and beside a match run: docs/reliability.md
	@$(BIN)/python -u -m tests.load load --write

soak: .venv/.installed-dev ## 100 users for an hour: does the memory grow? docs/reliability.md
	@$(BIN)/python -u -m tests.load soak --write

scale-nodes: .venv/.installed-dev ## Three web nodes behind HAProxy and nginx (where installed), one killed: docs/scale.md
	@$(BIN)/python -u -m tests.scale.nodes --write

lock: ## Renew the locked requirements (needs uv)
	@flags="--universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet" ; \
	uv pip compile $$flags --extra build pyproject.toml -o requirements.txt && \
	uv pip compile $$flags --extra build --extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt && \
	uv pip compile $$flags --extra build --extra ray pyproject.toml -c requirements.txt -o requirements-ray.txt && \
	uv pip compile $$flags requirements-scan.in -o requirements-scan.txt

migration: .venv/.installed-dev ## Write a migration for changed tables
	@PICCOLO_CONF=bangfu.piccolo_conf $(BIN)/piccolo migrations new bangfu --auto

clean: ## Remove the environment and caches (not the data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
