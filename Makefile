# demo: the main job on invented people; test: everything; check: style and types; bench: ratios, not times.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench clean
demo: .venv/ready            ; @$(BIN)/rundbrief demo
test: .venv/ready-dev        ; @$(BIN)/pytest -n auto --dist worksteal
check: .venv/ready-dev       ; @$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
bench: .venv/ready-dev       ; @for each in bench/*.py; do $(BIN)/python $$each || exit 1; done
clean:                       ; rm -rf .venv var build dist

# The stamps say which pyproject.toml the private environment was made from.
.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rundbrief needs Python 3.11 or newer; set PYTHON=/path/to/it")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@
.venv/ready-dev: .venv/ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
