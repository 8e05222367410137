# make demo          the main answer, from a fresh clone
# make check         for changing motkg: style, types, and some of the tests that are fast, on the checkout; a minute
# make test          every test, against the wheel that users get; versions are those of constraints.txt
# make test-latest   the same with the newest version of every dependency
# make test-pythons  the same with each Python of PYTHONS that is there
# make nightly       the same, with all of what other runs take a sample of, and more generated cases
# make lint          ruff, mypy
# make mutants       random changes of the code that no test notices: MUTANTS=200 SEED=1 PACKAGES="kg/evidence"
# Each sets itself up: all it needs is Python 3.11 or later, and make.

PYTHON   ?= python3
PYTHONS  ?= python3.11 python3.12 python3.13
VENV     ?= .venv
VENV_DEV ?= .venv-dev
BIN      := $(VENV)/bin
SOURCES  := $(shell find kg ontology queries -type f -not -name '*.pyc') pyproject.toml
VERSIONS := constraints.txt
INSTALL  ?= $(BIN)/python -m pip install --quiet
# tests write in memory where there is enough of it: stores wait for the disk otherwise, for a third of the time
MEMORY   := $(shell [ -w /dev/shm ] && [ $$(df --output=avail /dev/shm | tail -1) -gt 4000000 ] && echo /dev/shm)
PYTEST   := pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart 0

# compiled modules and tests are kept, which halves the time to start
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# pip hands the first variable to the builds of packages too, except that newer versions of it want the second for that
export PIP_CONSTRAINT := $(VERSIONS)
export PIP_BUILD_CONSTRAINT := $(VERSIONS)
export UV_CONSTRAINT := $(VERSIONS)
export UV_BUILD_CONSTRAINT := $(VERSIONS)

.PHONY: demo check test test-latest test-pythons nightly lint bench mutants clean

demo: $(VENV)/.installed
	@$(BIN)/kg build -o build/graph
	@printf '\nWhich specialists support which stage, and on what evidence?\n\n'
	@$(BIN)/kg --no-pager query specialists-by-stage --columns stage,specialist,coefficient,grade --graph build/graph
	@printf '\nDoes the graph keep to its shapes?\n\n'
	@$(BIN)/kg --no-pager validate --graph build/graph

check test: export TMPDIR := $(or $(MEMORY),$(TMPDIR))

check: $(VENV_DEV)/.installed
	$(VENV_DEV)/bin/ruff check .
	$(VENV_DEV)/bin/ruff format --check .
	$(VENV_DEV)/bin/mypy
	$(VENV_DEV)/bin/$(PYTEST) -q --light $(PYTEST_ARGS)

test: $(VENV)/.test
	$(BIN)/$(PYTEST) $(PYTEST_ARGS)

test-latest:
	rm -rf .venv-latest
	$(MAKE) test VENV=.venv-latest VERSIONS=

test-pythons:
	@there= missing=; \
	for python in $(PYTHONS); do \
	    if $$python -c '' 2>/dev/null; then \
	        $(MAKE) test PYTHON=$$python VENV=.venv-$$(basename $$python) || exit 1; there="$$there $$python"; \
	    else missing="$$missing $$python"; fi; \
	done; \
	echo "tested with:$${there:- none of $(PYTHONS)}$${missing:+; missing:$$missing}"; [ -n "$$there" ]

nightly:
	MOTKG_NIGHTLY=1 $(MAKE) test

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutants: $(VENV)/.test
	$(BIN)/python tests/support/mutants.py --count $(or $(MUTANTS),200) --seed $(or $(SEED),1) $(PACKAGES)

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/commands/run.py > benchmarks/commands/results.md

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The wheel is installed, not the checkout, so that what runs is what users get.
$(VENV)/.installed: $(SOURCES) $(VERSIONS) | $(VENV)/bin/python
	$(INSTALL) .
	@touch $@

$(VENV)/.test: $(SOURCES) $(VERSIONS) | $(VENV)/bin/python
	$(INSTALL) ".[test]"
	@touch $(VENV)/.installed $@

$(VENV)/.lint: $(SOURCES) $(VERSIONS) | $(VENV)/bin/python
	$(INSTALL) ".[test,lint]"
	@touch $(VENV)/.installed $(VENV)/.test $@

$(VENV_DEV)/.installed: pyproject.toml $(VERSIONS)
	$(PYTHON) -m venv $(VENV_DEV)
	$(VENV_DEV)/bin/python -m pip install --quiet --editable ".[test,lint]"
	@touch $@

clean:
	rm -rf $(VENV) $(VENV_DEV) .venv-* build
