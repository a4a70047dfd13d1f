# What one does with a checkout. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --quiet --disable-pip-version-check
NPM := npm install --no-save --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
CHECKS := check-format check-lint check-mypy check-pyright check-imports check-house check-typescript check-biome check-knip
PYTEST := $(PYTHON) -m pytest -p tests.plugins.no_skips

# Processes that run tests side by side, each with its own database server; 0: one after the other. On two cores
# 5,664 tests took 13 min 25 s with two.
WORKERS ?= 2
# More arguments for pytest, the benchmark or `blockyard serve`.
ARGS ?=

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.installed tools/prisma/node_modules/.installed frontend/node_modules/.installed ## Install everything a developer needs

.PHONY: run
run: page ## Start Blockyard on this machine; builds the page when it has changed
	@.venv/bin/blockyard serve $(ARGS)

.PHONY: page
page: .venv/.installed ## Build the page, if it has changed; brings its own Node where there is none
	@$(PYTHON) -m tools.page

.PHONY: dev
dev: setup ## The server, which takes saved blocks at once, and the page with hot reload at another port
	@export ENVIRONMENT=$${ENVIRONMENT:-development} BLOCKYARD_PORT=$${BLOCKYARD_PORT:-8020}; \
	page_port=$${BLOCKYARD_PAGE_PORT:-5173}; export BLOCKYARD_PAGE_URL="http://localhost:$$page_port"; \
	.venv/bin/blockyard serve $(ARGS) & server=$$!; \
	(cd frontend && BLOCKYARD_SERVER="http://127.0.0.1:$$BLOCKYARD_PORT" \
	  exec node_modules/.bin/vite --port $$page_port --strictPort --clearScreen false) & page=$$!; \
	trap 'kill $$server $$page 2>/dev/null; wait' EXIT; \
	while kill -0 $$server && kill -0 $$page; do sleep 0.2; done 2>/dev/null; \
	echo "The server or the page has ended, see above. Other ports: BLOCKYARD_PORT=8021 BLOCKYARD_PAGE_PORT=5174 make dev" >&2; exit 1

.PHONY: test
test: setup check page ## Check everything, then run all tests; ARGS="-k queue" picks some of Python's
	@$(if $(ARGS),:,$(MAKE) test-page)
	@$(PYTEST) -n $(WORKERS) --dist worksteal $(ARGS)
	@$(if $(ARGS),:,$(MAKE) test-browser)

.PHONY: test-page
test-page: frontend/node_modules/.installed ## The tests of the page's own code
	@cd frontend && npm test --silent

.PHONY: test-browser
test-browser: setup page ## The page in a real Chromium: CHROMIUM, or the one that is installed
	@chromium="$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"; \
	if [[ -n $$chromium ]]; then cd frontend && CHROMIUM=$$chromium npm run --silent browser; \
	elif [[ $${CI:-} == true ]]; then echo "There is no Chromium for the browser tests: apt-get install chromium" >&2; exit 1; \
	else echo "The browser tests were left out, there is no Chromium. Debian: apt-get install chromium; or set CHROMIUM."; fi

.PHONY: pictures
pictures: setup page ## Take the pictures of the README anew, from a running server
	@$(PYTHON) -m tools.pictures

.PHONY: check
check: setup ## Format, lint, types, import contracts, house rules; both languages
	@$(MAKE) -j2 --keep-going --output-sync=target $(CHECKS)
	@echo "Nothing found: format, lint, types, imports, house rules, unused code; in both languages"

.PHONY: fix
fix: setup gen ## Format and repair what a tool can repair
	@$(PYTHON) -m tools.gen.prisma_cli format
	@.venv/bin/ruff check --quiet --fix || true
	@.venv/bin/ruff format --quiet

.PHONY: gen
gen: setup ## Write the generated files: tables, contract, TypeScript
	@$(PYTHON) -m tools.gen

.PHONY: bench
bench: .venv/.installed ## Measure the work of the performance page; ARGS="W1 W4" picks
	@$(PYTHON) -m bench $(ARGS)

.PHONY: torture
torture: .venv/.installed ## The long proofs at full size
	@BLOCKYARD_TORTURE=1 $(PYTEST) -m torture --timeout 7200 $(ARGS)

# As they were typed: a shell reads neither a name nor a label again.
provider: export PROVIDER_NAME = $(value NAME)
provider: export PROVIDER_AUTH = $(value AUTH)
provider: export PROVIDER_LABEL = $(value LABEL)
.PHONY: provider
provider: setup ## Write a provider's files: NAME=acme [WEBHOOK=1] [AUTH=oauth2] [LABEL="Acme"] [FILL=1]
	@$(PYTHON) -m tools.provider $(if $(filter 1 yes true,$(FILL)),fill,new) $(if $(filter 1 yes true,$(WEBHOOK)),--webhook) \
	  $(if $(filter 1 yes true,$(ANYWAY)),--anyway) $${PROVIDER_AUTH:+--auth="$$PROVIDER_AUTH"} \
	  $${PROVIDER_LABEL:+--label="$$PROVIDER_LABEL"} -- "$$PROVIDER_NAME"

.PHONY: migration
migration: setup gen ## Write a migration NAME=x from what changed in schema.prisma
	@$(PYTHON) -m tools.gen.migration "$(NAME)"

.PHONY: lock
lock: .venv/.installed ## Renew the lock files after a change of dependencies; ARGS=--upgrade renews all
	@$(PYTHON) -m tools.lock $(ARGS)

.PHONY: sbom
sbom: .venv/.installed ## Print the bill of materials (CycloneDX)
	@$(PYTHON) -m tools.sbom

.PHONY: clean
clean: ## Remove what was installed and cached; data in .blockyard stays
	@rm -rf .venv tools/prisma/node_modules frontend/node_modules backend/server/page .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: $(CHECKS)
check-format:
	@.venv/bin/ruff format --check --quiet || { echo "Some files are not formatted: make fix" >&2; exit 1; }
check-lint:
	@.venv/bin/ruff check --quiet
check-mypy:
	@.venv/bin/mypy --no-error-summary
check-pyright:
	@.venv/bin/pyright --warnings
check-imports:
	@.venv/bin/lint-imports --no-logo
check-house:
	@$(PYTHON) -m tools.checks
check-typescript:
	@cd frontend && npm run --silent typecheck
check-biome:
	@cd frontend && npm run --silent lint
check-knip:
	@cd frontend && npm run --silent unused

.venv/pyvenv.cfg:
	@for python in python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version)"; exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo "There is no Python 3.11 or newer with venv here. Debian: apt-get install python3 python3-venv" >&2; exit 1

.venv/.installed: requirements-dev.lock pyproject.toml | .venv/pyvenv.cfg
	@echo "Installing the Python packages of requirements-dev.lock"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

%/node_modules/.installed: %/package-lock.json %/package.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19 or newer with npm" >&2; exit 1; }
	@echo "Installing the Node packages of $*"
	@cd $* && $(NPM) >/dev/null
	@touch $@
