# Everything a person or CI runs. Tools are installed into folders of the project; nothing else is touched.

PYTHON ?= python3
TOOLS := .tools
UV := $(TOOLS)/uv/bin/uv
VENV := .venv/bin/python
RUN := PYTHONPATH=infra:layers/plumbline $(VENV)
PYTEST := -m pytest -q

export UV_PYTHON_DOWNLOADS = never
export SAM_CLI_TELEMETRY = 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## What can be run
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

# ---- Tools: each in an environment of its own, pinned by hash ------------------------------------------

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is %s. Name another with make PYTHON=/path/to/python3.12" % sys.version.split()[0])'
	@$(PYTHON) -c 'import shutil, sys; free = shutil.disk_usage(".").free >> 20; sys.exit(0 if free >= 3072 else "%s MB are free on this disk, and 3072 are needed for the tools and a local stack: make room first" % free)'
	@echo "installing uv"
	@$(PYTHON) -m venv --clear $(TOOLS)/uv >/dev/null || { echo "$(PYTHON) cannot make environments: install its venv module (Debian: apt-get install python3-venv)"; exit 1; }
	@$(TOOLS)/uv/bin/python -m pip install --quiet --disable-pip-version-check --retries 2 --require-hashes -r requirements/uv.txt \
	    || { rm -rf $(TOOLS)/uv; echo "uv could not be installed: is there a way to a package index?"; exit 1; }

define environment
	@echo "installing $(2)"
	@$(UV) venv --quiet --clear --python $(PYTHON) $(1)
	@$(UV) pip sync --quiet --require-hashes --python $(1) $(3) \
	    || { rm -rf $(1); echo "$(2) could not be installed: is there a way to a package index?"; exit 1; }
	@touch $@
endef

.venv/.done: requirements/dev.txt $(UV)
	$(call environment,.venv,the packages of the project,requirements/dev.txt)

$(TOOLS)/sam/.done: requirements/sam.txt $(UV)
	$(call environment,$(TOOLS)/sam,aws-sam-cli,requirements/sam.txt)

$(TOOLS)/ministack/.done: requirements/ministack.txt $(UV)
	$(call environment,$(TOOLS)/ministack,the local AWS,requirements/ministack.txt)

$(TOOLS)/checkov/.done: requirements/checkov.txt $(UV)
	$(call environment,$(TOOLS)/checkov,checkov,requirements/checkov.txt)

.PHONY: install
install: .venv/.done $(TOOLS)/sam/.done $(TOOLS)/ministack/.done ## Install what the other targets need

# ---- The local stack ------------------------------------------------------------------------------------

.PHONY: demo up down logs token
demo: install ## Start everything, copy a whole commissioning project to Procore, and prove it
	@$(RUN) -m sandbox.demo

up: install ## Start the local AWS and the sandboxes, and deploy; stays up
	@$(RUN) -m sandbox.stack up

down: .venv/.done ## Stop the local stack
	@$(RUN) -m sandbox.stack down

token: .venv/.done ## Print an access token of a manager of the local stack
	@$(RUN) -m sandbox.stack token

logs: .venv/.done ## Show the last lines of the functions' logs
	@$(RUN) -m sandbox.stack logs

# ---- The cloud -----------------------------------------------------------------------------------------

.PHONY: deploy
deploy: $(TOOLS)/sam/.done ## Deploy to AWS: make deploy STAGE=dev PARAMETERS="ProcoreClientId=... ProcoreClientSecret=..."
	find functions layers/plumbline/plumbline -name __pycache__ -type d -prune -exec rm -rf {} +
	UV=$(abspath $(UV)) HOST_PYTHON=$(PYTHON) $(TOOLS)/sam/bin/sam build
	$(TOOLS)/sam/bin/sam deploy --config-env $(or $(STAGE),dev) $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS) Stage=$(or $(STAGE),dev))

# ---- Tests ----------------------------------------------------------------------------------------------

.PHONY: test unit contract scenarios functions template system browser lint types bench secrets checkov format ci lock simulate ablation simulation storms
test: install unit contract scenarios functions template storms system browser ## Every test, from the pure core to the deployed stack

unit: .venv/.done ## The pure core, with all its branches
	$(RUN) $(PYTEST) -n 2 tests/unit --cov --cov-config=tests/unit/coverage.ini --cov-report=term:skip-covered

contract: .venv/.done ## Stores and clients against what they speak to
	$(RUN) $(PYTEST) -n 2 tests/contract

scenarios: .venv/.done ## Copy and sync in one process: each behaviour, and killed at each of its steps
	$(RUN) $(PYTEST) -n 2 tests/scenarios

functions: .venv/.done ## The handlers, in one process
	$(RUN) $(PYTEST) -n 2 tests/functions

template: install ## What is deployed: roles, queues, retention, imports from the build
	$(RUN) $(PYTEST) tests/infra

system: install ## The deployed local stack, with faults
	$(RUN) $(PYTEST) -m system tests/system

browser: install chromium ## The console in a real Chromium, over the deployed local stack; pictures in build/screens/
	PYTHONPATH=infra:layers/plumbline:. $(VENV) $(PYTEST) tests/browser

.PHONY: chromium
chromium: .venv/.done ## See to it that there is a browser (Debian's package, as root)
	@PYTHONPATH=. $(VENV) -m tests.browser.chromium

.PHONY: fuzz
fuzz: .venv/.done ## Five thousand generated requests: no 5xx, no answer that breaks the API's document; make fuzz CASES=20000
	FUZZ_CASES=$(or $(CASES),5000) $(RUN) $(PYTEST) tests/functions/settings/test_schema_fuzz.py

simulate: .venv/.done ## Ongoing sync in storms of people and faults: make simulate SEEDS=1000
	@PYTHONPATH=infra:layers/plumbline:tests:. $(VENV) -m tests.simulation --seeds $(or $(SEEDS),100) --crowds $(or $(CROWDS),20)

ablation: .venv/.done ## The guards of ongoing sync, taken away one at a time; writes docs/proof.md
	@PYTHONPATH=infra:layers/plumbline:tests:. $(VENV) -m tests.simulation.proof

storms: .venv/.done ## Twenty seeds of the simulation; CI takes them all
	SIMULATION_SEEDS=20 $(RUN) $(PYTEST) -n 2 tests/simulation

simulation: .venv/.done ## A hundred seeds, and every seed that ever failed
	$(RUN) $(PYTEST) -n 2 tests/simulation

lint: .venv/.done $(TOOLS)/checkov/.done types ## ruff, mypy, import rules, templates, secrets
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	PYTHONPATH=layers/plumbline:infra .venv/bin/lint-imports --no-cache
	.venv/bin/cfn-lint template.yaml infra/*.yaml
	$(MAKE) --no-print-directory checkov secrets

types: .venv/.done
	.venv/bin/mypy layers/plumbline/plumbline infra/sandbox
	for one in functions/*/; do MYPYPATH=$$one .venv/bin/mypy $$one || exit 1; done
	MYPYPATH=functions/settings .venv/bin/mypy tests

checkov: $(TOOLS)/checkov/.done
	$(TOOLS)/checkov/bin/checkov --quiet --compact --config-file .checkov.yaml

secrets: .venv/.done
	git ls-files -z | xargs -0 .venv/bin/detect-secrets-hook --baseline .secrets.baseline

format: .venv/.done ## Put the code in order
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .

bench: install ## Measure calls and imports as ratios; writes build/bench.json
	@PYTHONPATH=infra:layers/plumbline:. $(VENV) -m tests.bench

.PHONY: latency
latency: install ## Time from an edit in Procore to the write in CxAlloy, on a stack of its own; writes build/latency.json
	@PYTHONPATH=infra:layers/plumbline:. $(VENV) -m tests.system.latency

LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11

lock: $(UV) ## Renew the locks after pyproject.toml or requirements/*.in changed
	$(LOCK) pyproject.toml --output-file layers/plumbline/requirements.txt
	$(LOCK) pyproject.toml --group dev --output-file requirements/dev.txt
	for tool in uv sam ministack checkov; do $(LOCK) requirements/$$tool.in --output-file requirements/$$tool.txt || exit 1; done

ci: lint test ## What CI runs
