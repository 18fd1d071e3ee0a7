# Everything a person does with this project. A clean machine needs Python 3.11 or later, make and git, nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := -m pip --disable-pip-version-check -qq install
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

install: .venv/.runtime ## the environment the bot runs in (.venv)

run: .venv/.runtime ## start the bot; the first time also everything it needs
	@exec $(BIN)/wis run

talk: .venv/.runtime ## chat with the bot in this terminal
	@exec $(BIN)/wis talk

test: .venv/.test ## the whole test suite
	@$(BIN)/python -m pytest -n auto --maxprocesses 4

check: .venv/.test ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: .venv/.test .venv-bench/.ready ## measure us beside python-telegram-bot and aiogram
	@$(BIN)/python -m bench

docs: .venv/.runtime ## write again the pages that are made from the program
	@$(BIN)/python -c "from bot.settings_text import write; write()"

lock: .venv/.test ## choose the newest allowed versions again
	@$(BIN)/python $(PIP) uv
	$(COMPILE) --upgrade pyproject.toml -o requirements.lock
	$(COMPILE) --upgrade --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	$(COMPILE) --upgrade --group build -o requirements-build.lock
	$(COMPILE) --upgrade --group bench -o requirements-bench.lock

clean: ## remove the environments and caches; data/ and .env stay
	rm -rf .venv .venv-bench *.egg-info build .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help install run talk test check bench docs lock clean

# The stamps: a step is done again only when what it depends on has changed.
.venv/.runtime: requirements.lock requirements-build.lock pyproject.toml
	@$(call venv,.venv)
	@echo "Installing what the bot needs into .venv (a minute or two, only this time) ..."
	@$(BIN)/python $(PIP) --require-hashes -r requirements-build.lock
	@$(BIN)/python $(PIP) --require-hashes -r requirements.lock
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.runtime requirements-test.lock
	@echo "Installing what the tests need into .venv (a minute or two, only this time) ..."
	@$(BIN)/python $(PIP) --require-hashes -r requirements-test.lock
	@touch $@

.venv-bench/.ready: requirements-bench.lock
	@$(call venv,.venv-bench)
	@.venv-bench/bin/python $(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

# The newest Python that is really there (a pyenv shim may be named and not work). PYTHON=... chooses another one.
define venv
[ -x $(1)/bin/pip ] && exit 0; old=; \
for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
  if $$python -c 'import ensurepip, venv' 2>/dev/null; then exec $$python -m venv $(1); fi; \
  old="$$old $$(basename $$python)-venv"; \
done; \
if [ -n "$$old" ]; then echo "Python is here, its venv module is not. Please run: sudo apt install$${old}"; \
else echo "Python 3.11 or later is needed. Please run: sudo apt install python3 python3-venv"; fi >&2; exit 1
endef
