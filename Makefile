# Everything a newcomer needs. The only things a machine must have are Python 3.11 to 3.13 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := check
.PHONY: setup lock demo check test lang bench chaos schemas readme clean

setup: $(VENV)/.ready

# Installs exactly what requirements.lock names (hashes checked), then the project itself in editable form.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Musafaha needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 setup")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Resolves the newest versions that pyproject.toml allows, for all supported Pythons at once; needs `uv`. The image's two locks take the
# same versions: what the services need (no extras), and what builds our own wheel.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock:
	$(COMPILE) --extra embedded --extra dev pyproject.toml -o requirements.lock
	$(COMPILE) --constraints requirements.lock pyproject.toml -o deploy/requirements.lock
	grep -om1 'hatchling==[0-9.]*' pyproject.toml | $(COMPILE) --constraints requirements.lock - -o deploy/build.lock

demo: setup
	$(BIN)/musafaha demo

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.export --check

# Everything. Most tests wait for Kafka, databases and processes of ours rather than for the processor, so more of them run at once than
# there are cores; each of these runners has its own Kafka and its own PostgreSQL. One after the other: `make test RUNNERS=0`.
RUNNERS ?= 4
test: setup
	$(BIN)/python -m pytest --numprocesses $(RUNNERS) --dist worksteal

# How well a language is read: `make lang LANG=ar`. Your shell's own LANG (a locale) means nothing here.
lang: setup
	$(BIN)/python -m tests.corpus.score $(if $(filter command line,$(origin LANG)),$(LANG),ar)

bench: setup
	$(BIN)/python -m tests.bench

chaos: setup
	$(BIN)/python -m tests.chaos

schemas: setup
	$(BIN)/python -m schemas.export

# The event, the notice and the table of settings in README.md, as the program gives them now.
readme: setup
	$(BIN)/python -m tests.readme

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
