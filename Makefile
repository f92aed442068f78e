# Everything here sets up what it needs first: a Python 3.11 or newer and make are enough.
# The first run needs a network; later ones do not.

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

# Without them, each of the hundred processes that the tests start would compile all of Textbank again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint types faults mutants bench clean lock prepare prepare-tests

help:
	@echo "make demo      run Textbank with demo data on http://127.0.0.1:8000"
	@echo "make test      lint, types, imports and all tests"
	@echo "make faults    the runs with real processes and faults, each also at its full size (make test has smaller ones)"
	@echo "make mutants   break each promise on purpose and see its test fail; ONLY=4- for one promise"
	@echo "make bench     how fast it is, beside what this machine could do at most; ONLY=blast for one figure"
	@echo "make lint      style and imports"
	@echo "make types     mypy"
	@echo "make lock      write requirements.lock anew from pyproject.toml"
	@echo "make clean     remove what make made; your data in .textbank stay"

prepare:
	@scripts/prepare

prepare-tests:
	@scripts/prepare --tests

demo: prepare
	@exec $(BIN)/textbank demo $(if $(PORT),--port $(PORT)) $(if $(SIMULATOR_PORT),--simulator-port $(SIMULATOR_PORT))

test: prepare-tests lint types
	$(PYTEST) -n 5 --dist loadfile --no-loadscope-reorder -m "not long"

lint: prepare
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: prepare
	$(BIN)/mypy

faults: prepare-tests
	$(PYTEST) tests/faults -n 2 --dist loadfile -rP

mutants: prepare-tests
	$(BIN)/python -m tests.promises.mutants $(ONLY)

bench: prepare-tests
	@$(BIN)/python -m bench $(ONLY)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	rm -rf textbank/web/static/vendor frontend/node_modules
	find textbank workers tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock
