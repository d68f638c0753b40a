# The project's commands. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
PORT ?= 7071
ROLE ?= staff
STAMP := .venv/.installed

.PHONY: help setup run seed reset token test check demo bench proof format openapi check-infra proof-access test-wire

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/' | expand -t 20

setup: $(STAMP) ## make .venv and install what is pinned; silent when there is nothing to do
	@:

$(STAMP): requirements.txt requirements-dev.txt tools/setup.sh
	@bash tools/setup.sh

run: setup ## serve the shop at http://localhost:7071, seeded on the first start
	@$(PY) -m tools.seed --once
	@exec $(PY) -m local --port $(PORT)

seed: setup ## import a catalogue: make seed FILE=path.jsonl (without FILE: the built-in one)
	@$(PY) -m tools.seed $(FILE)

reset: ## forget everything here: catalogue, orders, accounts, keys
	@rm -rf .local && echo "reset: .local is empty"

token: setup ## print a bearer token for this machine's shop: make token ROLE=staff
	@$(PY) -m tools.token $(ROLE)

demo: setup ## play a whole shopping story over HTTP; BASE=http://… against a running shop, ENDS=cloud on the cloud ends
	@$(PY) -m tools.demo $(BASE)

test: setup ## run every test; fails under the coverage that is promised
	@$(PY) -m tools.run_tests

test-wire: setup ## both ends of every port, those for Azure on local sockets through the official SDKs: contracts, faults, differences
	@$(PY) -m pytest tests/adapters tests/tools/cosmos_emulator tests/tools/eventhubs_emulator tests/tools/stripe_emulator tests/tools/carriers_emulator tests/local/test_hub_triggers.py

check: setup check-infra ## lint, format, types, import rules, index of functions, infrastructure
	@$(PY) -m tools.index --check
	@.venv/bin/ruff check . && .venv/bin/ruff format --check -q . && .venv/bin/mypy . && .venv/bin/lint-imports --no-cache | tail -2

proof-access: setup ## prove that nobody gets in where they do not belong
	@$(PY) -m tools.proof_access

format: setup ## format the code and mend what can be mended
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

proof: setup ## run every experiment with whole hosts in full size: a flash sale, faults, kills; some minutes
	@$(PY) -m tools.proofs

bench: setup ## measure speed, as ratios to a bare FastAPI hello-world in the same run
	@$(PY) -m tools.bench

openapi: setup ## print the OpenAPI document
	@$(PY) -m tools.openapi

check-infra: .venv/.infra ## check Bicep, gateway policies, workflows, queries and documents, offline
	@$(PY) -m tools.infra.check && $(PY) -m tools.delivery.check

.venv/.infra: $(STAMP) requirements-infra.txt requirements-delivery.txt tools/workflows/package-lock.json
	@bash tools/setup.sh infra
