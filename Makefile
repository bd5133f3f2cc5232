# Every target is listed by `make help`, from the comment behind it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Tests start hundreds of processes: each would compile again what it imports.
unexport PYTHONDONTWRITEBYTECODE

UV_VERSION := 0.13.9
BIN := .venv/bin
# Choices of `make emulate`.
PORT ?= 8080
DATA ?= .omnigen
PROFILE ?= local
REPLICATE ?= fake
RESET ?=
VERBOSE ?=
FLAGS ?=
EMULATE = $(BIN)/python -m emulator --data "$(DATA)" --port "$(PORT)" --profile "$(PROFILE)" \
  --replicate "$(REPLICATE)" $(if $(RESET),--reset) $(if $(VERBOSE),--verbose) $(FLAGS)
# Of `make lambda-zip`: what AWS runs it on.
ARCH ?= arm64
# Of `make test-exact` and `make test-schema`; of `make test-ffmpeg5`.
EXAMPLES ?= 200
FFMPEG5 ?= /usr/bin/ffmpeg
# Of `make test-single-faults`: how much gets a fault (full, every, site, method), and where.
FAULTS ?= full
FAMILIES ?=
# Of `make test-mutations`.
FIRST ?= 0
MUTATIONS ?= 10000
# Of `make simulate`; the first seed is FIRST.
SEEDS ?= 5000
# Of `make test-faults`: how many kills at least, and which.
KILLS ?= 100
SEED ?= 1
# Tests of the composer that another build of FFmpeg tells nothing new of: they plan, look into files by PyAV, or kill.
NO_FFMPEG := bombs bytes inspector levels mutations nursery plan turns
# Tests wait for processes and clocks two fifths of their time.
WORKERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )))
# Of `make infra-check`: a stand-in for the AWS provider, where one lies beside the project; without it, the real one.
TERRAFORM_OFFLINE ?= $(abspath $(wildcard ../shared/terraform-offline))
# Of `make deploy-plan`.
ENV ?= dev
# Narrows a test target: make test ARGS="-k ports"
ARGS ?=

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  \033[36m%-18s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set-up: each stamp is newer than what it was made from, so a second call does nothing ---

.PHONY: setup
setup: .venv/.done .venv-emu/.done web/node_modules/.done ## install everything, without root
	@:

# uv is installed by pip, once; everything else by uv, from hashes, side by side.
.venv/.uv:
	@echo "set-up: Python and uv"
	@$(SHELL) scripts/find-python .venv
	@.venv/bin/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.done: uv.lock pyproject.toml | .venv/.uv
	@echo "set-up: OmniGen's packages"
	@$(BIN)/uv sync --frozen -q
	@touch $@

.venv-emu/.done: emulator/identity/requirements.txt | .venv/.uv
	@echo "set-up: the sign-in stand-in"
	@$(BIN)/uv venv -q --allow-existing --python $(BIN)/python .venv-emu
	@$(BIN)/uv pip sync -q --python .venv-emu/bin/python --require-hashes emulator/identity/requirements.txt
	@touch $@

web/node_modules/.done: web/package-lock.json
	@command -v npm >/dev/null || { echo "omnigen: npm is missing; install Node 20 or newer" >&2; exit 1; }
	@echo "set-up: the web app's packages"
	@npm --prefix web ci --silent --no-audit --no-fund
	@touch $@

# Linters of infra/ and .github/; only wheels, nothing is compiled.
.venv-lint/.done: infra/tools/requirements.txt | .venv/.uv
	@echo "set-up: linters of the infrastructure"
	@$(BIN)/uv venv -q --allow-existing --python $(BIN)/python .venv-lint
	@$(BIN)/uv pip sync -q --python .venv-lint/bin/python --require-hashes --only-binary :all: infra/tools/requirements.txt
	@touch $@

# What only the tests of infra/ use: `make emulate` goes without.
infra/tools/node_modules/.done: infra/tools/package-lock.json
	@command -v npm >/dev/null || { echo "omnigen: npm is missing; install Node 20 or newer" >&2; exit 1; }
	@echo "set-up: checks of the infrastructure"
	@npm --prefix infra/tools ci --silent --no-audit --no-fund
	@touch $@

# Replicate's own client for JavaScript, which tests of the fake Replicate use.
tests/emulator/js/node_modules/.done: tests/emulator/js/package-lock.json
	@command -v npm >/dev/null || { echo "omnigen: npm is missing; install Node 20 or newer" >&2; exit 1; }
	@echo "set-up: Replicate's client for JavaScript"
	@npm --prefix tests/emulator/js ci --silent --no-audit --no-fund
	@touch $@

web/dist/.done: web/node_modules/.done $(shell find web/src web/public web/scripts web/index.html web/vite.config.ts web/postcss.config.cjs -type f)
	@echo "set-up: building the web app"
	@npm --prefix web run --silent build
	@touch $@

# --- running ---

.PHONY: emulate
emulate: ## start OmniGen here, complete and offline (PORT=8080 PROFILE=aws RESET=1 VERBOSE=1 REPLICATE=live DATA=.omnigen)
	@$(MAKE) -j4 setup web/dist/.done
	@exec $(EMULATE)

# --- checking ---

.PHONY: test
test: setup infra/tools/node_modules/.done tests/emulator/js/node_modules/.done ## unit, contract, API and end-to-end tests, all but those with targets of their own
	@npm --prefix web run --silent test
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

.PHONY: test-fast
test-fast: setup ## the tests to run while typing (under 20 s)
	@$(BIN)/pytest -q -n auto -m "not slow and not system" $(wildcard tests/unit tests/usecases tests/contract) $(ARGS)

.PHONY: test-e2e
test-e2e: setup ## end to end, as `make emulate` starts it
	@$(BIN)/pytest -n auto tests/e2e $(ARGS)

.PHONY: test-offline
test-offline: setup ## the same in a network namespace with nothing but loopback (Linux)
	@$(BIN)/python tests/e2e/loopback_only.py $(BIN)/pytest -n $(WORKERS) tests/e2e $(ARGS)

.PHONY: test-containers
test-containers: setup ## the stores' contract against LocalStack and MinIO in containers, where there is Docker
	@OMNIGEN_TEST_CONTAINERS=1 $(BIN)/pytest -n auto tests/contract $(ARGS)

.PHONY: test-exact
test-exact: setup ## many storyboards to the frame and the sample, chosen anew each time (EXAMPLES=200)
	@OMNIGEN_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n0 tests/composer/test_exactness.py $(ARGS)

.PHONY: test-schema
test-schema: setup ## the API tried against its own OpenAPI document, at length (EXAMPLES=200)
	@OMNIGEN_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n0 tests/security/test_schema.py $(ARGS)

.PHONY: test-stores
test-stores: setup ## the model, memory, SQLite and DynamoDB side by side through many histories (EXAMPLES=200)
	@OMNIGEN_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n0 tests/contract/test_stores_machine.py $(ARGS)

.PHONY: test-single-faults
test-single-faults: setup ## every fault at every call of a job, on DynamoDB at every place (FAULTS=full|every|site|method FAMILIES="memory sqlite")
	@OMNIGEN_SINGLE_FAULTS=$(FAULTS) OMNIGEN_FAMILIES="$(FAMILIES)" $(BIN)/pytest -n auto tests/simulation/test_single_faults.py $(ARGS)

.PHONY: test-ffmpeg5
test-ffmpeg5: setup ## the composer on Debian's FFmpeg 5.1, installed where there is apt (FFMPEG5=/usr/bin/ffmpeg)
	@$(SHELL) scripts/system-package "$(FFMPEG5)" ffmpeg
	@OMNIGEN_FFMPEG="$(FFMPEG5)" $(BIN)/pytest -n auto tests/composer $(NO_FFMPEG:%=--ignore=tests/composer/test_%.py) $(ARGS)

.PHONY: test-hostile
test-hostile: setup ## hostile clips and 1,000 mutations, by the system calls that they lead to (strace, installed where there is apt)
	@$(SHELL) scripts/system-package strace strace
	@$(BIN)/pytest -n0 -m system tests/composer/test_hostile.py tests/composer/test_mutations.py $(ARGS)

.PHONY: test-mutations
test-mutations: setup ## media files changed by chance, watched in the same way (FIRST=0 MUTATIONS=10000)
	@$(SHELL) scripts/system-package strace strace
	@OMNIGEN_FIRST=$(FIRST) OMNIGEN_MUTATIONS=$(MUTATIONS) $(BIN)/pytest -s -n0 -m system tests/composer/test_mutations.py $(ARGS)

.PHONY: test-playback
test-playback: setup ## programmes played and sought in Chromium, installed where there is apt
	@$(SHELL) scripts/system-package chromium chromium
	@$(BIN)/pytest -n0 -m system tests/browser/test_playback.py $(ARGS)

.PHONY: simulate
simulate: setup ## simulate so many seeds of everything that can go wrong, deterministically (SEEDS=5000 FIRST=0)
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST) $(ARGS)

.PHONY: test-faults
test-faults: setup ## kill -9 wherever a process writes, disks that fail (Linux; KILLS=1000 for more, SEED=7 for others)
	@KILLS="$(KILLS)" SEED="$(SEED)" $(BIN)/pytest -n $(WORKERS) -rP -m system tests/faults $(ARGS)

.PHONY: web-check
web-check: setup ## the web app: types of the API not stale, linter, types, build and its budget (its unit tests are in `make test`)
	@$(SHELL) scripts/web-types --check
	@npm --prefix web run --silent lint
	@npm --prefix web run --silent types
	@$(MAKE) web/dist/.done
	@npm --prefix web run --silent budget

.PHONY: test-web
test-web: setup web/dist/.done ## the web app in Chromium, installed where there is apt, on everything that `make emulate` runs
	@$(SHELL) scripts/system-package chromium chromium
	@npm --prefix web run --silent e2e -- $(ARGS)

.PHONY: screenshots
screenshots: setup web/dist/.done ## pictures of every screen (light, dark, phone) into docs/pictures/app
	@$(SHELL) scripts/system-package chromium chromium
	@npm --prefix web run --silent screenshots

.PHONY: verify-live
verify-live: setup ## compare the real Replicate with the fake, for the price of one short clip (ARGS="--max-cost 0.5")
	@$(BIN)/python -m emulator.replicate.verify $(ARGS)

.PHONY: audit
audit: setup ## ask the advisory services about every locked package (needs the network: not part of `make check`)
	@$(SHELL) scripts/audit

.PHONY: lint
lint: setup ## style and formatting (ruff, hadolint)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/hadolint infra/docker/*.Dockerfile

.PHONY: lint-infra
lint-infra: setup .venv-lint/.done infra/tools/node_modules/.done ## workflows, Terraform, Dockerfiles and scripts (actionlint, zizmor, checkov, hadolint, shellcheck)
	@.venv-lint/bin/python infra/tools/lint.py

.PHONY: infra-check
infra-check: setup ## Terraform's roots: fmt, validate, test; with a stand-in for AWS (TERRAFORM_OFFLINE) also plan, a made-up apply, rights and planted mistakes
	@TERRAFORM_OFFLINE="$(TERRAFORM_OFFLINE)" scripts/infra-check
	@$(if $(TERRAFORM_OFFLINE),TERRAFORM_OFFLINE="$(TERRAFORM_OFFLINE)" $(BIN)/pytest -n 2 --dist loadfile -m terraform tests/terraform $(ARGS), \
	  echo "infra-check: tests/terraform looks at made-up accounts, which need TERRAFORM_OFFLINE: not run")

.PHONY: types
types: setup ## static types (mypy --strict)
	@$(BIN)/mypy

.PHONY: imports
imports: setup ## the hexagon's import rules, and unused or undeclared packages
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

.PHONY: check
check: setup ## every check but those that need Docker or the network
	@for found in "ffmpeg ffmpeg" "strace strace" "chromium chromium"; do $(SHELL) scripts/system-package $$found; done
	@$(MAKE) -j2 --keep-going --output-sync=target check-all

# Two at a time, since each waits for processes and clocks a good part of its time, the longest first; what they say
# comes when they end.
.PHONY: check-all check-most
check-all: check-most test-ffmpeg5 test-faults test-web simulate infra-check test-offline test-hostile web-check lint-infra types test-playback lint imports
check-most:
	@$(MAKE) test ARGS="--ignore=tests/e2e" # which follow, without a network

# --- shipping ---

.PHONY: lambda-zip
lambda-zip: setup ## build the generator's zip in dist/ (ARCH=arm64|x86_64)
	@$(BIN)/python scripts/build_lambda_zip.py --arch "$(ARCH)"

.PHONY: deploy-plan
deploy-plan: ## what an apply would change in your account (ENV=dev STATE_BUCKET=... AWS_REGION=us-east-1, credentials by the AWS CLI's ways)
	@scripts/terraform-plan "$(ENV)" plan.txt
	@cat plan.txt
	@echo 'apply it: terraform -chdir=infra/terraform/envs/$(ENV) apply plan.bin'

# --- measuring ---

.PHONY: bench
bench: setup ## measure everything that docs/BENCHMARKS.md says, each figure against its peer (a quiet machine, ~48 minutes; melt installed)
	@for name in accept overload post_to_video compose start cold_start bill; do $(BIN)/python -m benchmarks.$$name || exit 1; done
	@$(BIN)/python -m benchmarks.report

.PHONY: docs
docs: setup ## write docs/states.md, docs/METRICS.md and docs/manifest.schema.json anew, from the code
	@$(BIN)/python docs/generate_states.py
	@$(BIN)/python docs/generate_metrics.py
	@$(BIN)/python docs/generate_manifest.py

.PHONY: web-types
web-types: setup ## the API's types for the web app, from its OpenAPI document
	@$(SHELL) scripts/web-types

.PHONY: pictures
pictures: setup ## make the README's pictures anew, in docs/pictures
	@$(BIN)/python -m emulator.media.samples docs/pictures

.PHONY: sample-film
sample-film: setup ## make the landing page's video anew, into web/public (ffmpeg with libx264)
	@$(SHELL) scripts/sample-film

.PHONY: format
format: setup ## put style and formatting right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: lock
lock: .venv/.uv ## resolve the packages anew, into uv.lock and the requirements of the stand-in and the linters
	@$(BIN)/uv lock
	@for of in emulator/identity infra/tools; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-header $$of/requirements.in -o $$of/requirements.txt; done

.PHONY: clean
clean: ## remove what set-up and tests have made; .omnigen stays
	@rm -rf .venv .venv-emu .venv-lint web/node_modules web/dist infra/tools/node_modules tests/emulator/js/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .terraform-check
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
