# make demo : tout installer et faire passer la démonstration.   make test : tout installer et passer tous les tests.

.NOTPARALLEL:
.PHONY: help setup compiled demo demo-region demo-formation demo-ecoles test check bench up down status compose clean lock services

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$candidate" && break; done)
# Most broker tests wait: three processes share two cores well. A test that hangs ends its process, and only that one.
TEST_PROCESSES ?= 3
CHECKED := bus connectors processors schemas sinks topics tests

help:
	@echo "make demo    installe tout, démarre la pile embarquée et fait passer la démonstration"
	@echo "make demo-region | demo-formation | demo-ecoles   trois autres démonstrations : bourses agricoles, actions de formation, écoles"
	@echo "make test    installe tout et passe tous les tests"
	@echo "make check   style, types, sens des imports, fichiers engendrés à jour"
	@echo "make bench   mesures comparées"
	@echo "make up | down | status   la pile embarquée et ses travailleurs"
	@echo "make compose la même chose en conteneurs (Docker)"
	@echo "make clean   arrête tout et supprime les données de var/ (garde les téléchargements)"

setup: $(VENV)/.installed

# The stamp makes a second run instant; it is redone when the locked dependencies change.
$(VENV)/.installed: pyproject.toml requirements.lock Makefile
	@test -n "$(PYTHON)" || { echo "Il faut Python 3.11 ou plus récent (Python 3.11 or newer is needed) : make PYTHON=/chemin/vers/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) est trop ancien : il faut Python 3.11 ou plus récent (too old: Python 3.11 or newer is needed)." >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' || { echo "Le module venv manque à $(PYTHON) (the venv module is missing). Debian : apt install python3-venv" >&2; exit 1; }
	@echo "1/3 environnement Python dans $(VENV)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
		|| echo "uv ne s'installe pas ici : pip le remplace, plus lentement."
	@echo "2/3 dépendances verrouillées (une minute la première fois)…"
	@{ test -x $(BIN)/uv && $(BIN)/uv pip install --quiet --system-certs --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock; } \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "3/3 passerelle"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
	@echo "Installé : $(BIN)/passerelle"

# Processes start three times faster on compiled modules, also where PYTHONDONTWRITEBYTECODE forbids them to write their own.
compiled: setup
	@$(BIN)/python -m compileall -q $(CHECKED) bench

demo: compiled
	@$(BIN)/python -m bus.demo

# A region's agricultural bursaries on a bad day; a training action of each payment frequency; schools and their files. In place of
# what `demo` left.
demo-region: compiled
	@$(BIN)/python -m bus.demo region

demo-formation: compiled
	@$(BIN)/python -m bus.demo formation

demo-ecoles: compiled
	@$(BIN)/python -m bus.demo ecoles

# The first line says which services the tests use; tests/conftest.py decides by the same variables.
services:
	@if [ -n "$$KAFKA_BOOTSTRAP_SERVERS$$SCHEMA_REGISTRY_URL$$DATABASE_URL" ]; then echo "Services de test : ceux des variables d'environnement"; \
	elif [ "$$PASSERELLE_TEST_SERVICES" = docker ]; then echo "Services de test : conteneurs (testcontainers)"; \
	else echo "Services de test : pile embarquée"; fi

test: services compiled
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal --timeout-method=thread

check: setup
	$(BIN)/ruff check .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m schemas.generate --check
	$(BIN)/python -m bus.documents --check
	$(BIN)/python -m pytest -q tests/contracts/test_forbidden_idioms.py

bench: compiled
	@$(BIN)/python -m bench

up: compiled
	@$(BIN)/passerelle up

down: setup
	@$(BIN)/passerelle down

status: setup
	@$(BIN)/passerelle status

compose: setup
	@$(BIN)/passerelle secrets var/compose
	docker compose up --build --detach

clean: setup
	@$(BIN)/python -m bus.stack.clean
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

lock: setup
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock
