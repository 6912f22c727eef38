# Everything a person or a machine does with this project. `make help` lists it.
PYTHON ?= python3.11
DATA_DIR ?= var
PORT ?= 8000
export PORT
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
UV := $(BIN)/uv
MAKEMESSAGES := --all --no-location --no-wrap --extension html,txt,py,mjml

.PHONY: help install install-dev demo dev check format test test-sqlite test-postgres postgres-localization postgres-others test-browser lighthouse bench messages requirements clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# -- Install --------------------------------------------------------------------------------------------------------
.venv/installed: requirements/base.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/installed-dev: requirements/dev.txt .venv/installed
	@echo "Installing the tools for development…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

%.mo: %.po .venv/installed
	@$(BIN)/python -c "import sys, polib; polib.pofile(sys.argv[1]).save_as_mofile(sys.argv[2])" $< $@

install: .venv/installed $(CATALOGUES) ## install what production needs into .venv
install-dev: .venv/installed-dev $(CATALOGUES) ## install what development and tests need

# -- Run ------------------------------------------------------------------------------------------------------------
demo: install ## the whole newsroom with demo content on http://127.0.0.1:$(PORT)
	@DATA_DIR="$(abspath $(DATA_DIR))" $(BIN)/python -m newsroom.demo

dev: install-dev ## the development server, with reload and debug pages
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo
	@$(BIN)/python manage.py worker & worker=$$!; trap "kill $$worker" EXIT INT TERM; \
		$(BIN)/python manage.py runserver $(PORT)

# -- Check ----------------------------------------------------------------------------------------------------------
check: install-dev ## formatting, lint, types, layers, templates, migrations, translations, deployment settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy newsroom home articles newsletter
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	DJANGO_SETTINGS_MODULE=newsroom.settings.test $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.tools gettext
	$(BIN)/python -m tests.catalogue $(MAKEMESSAGES)
	EMAIL_URL=smtp://127.0.0.1:25 DEFAULT_FROM_EMAIL=news@example.org SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") SUPPRESSION_KEY=check SITE_URL=https://news.example.org \
		DJANGO_SETTINGS_MODULE=newsroom.settings.production $(BIN)/python manage.py check --deploy --fail-level WARNING

format: install-dev ## put code into shape
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

# -- Test -----------------------------------------------------------------------------------------------------------
# Two cores have 25 minutes for this. So the longest folder runs on PostgreSQL only, and what asks the database nothing
# of its own (what a digest says, settings, the home page) on SQLite only. All start at once, so that none ends alone.
# `make test-sqlite` and `make test-postgres` leave nothing out.
ON_SQLITE_ONLY := tests/newsletter/digests tests/newsroom tests/home
test: install-dev ## the whole suite: most of it on both databases, and the demo in a browser
	$(MAKE) --no-print-directory -j4 --keep-going --output-sync=target postgres-others test-browser test-sqlite postgres-localization SQLITE_LEAVES_OUT=--ignore=tests/localization

postgres-localization: install-dev
	$(BIN)/python -m tests.postgres -m "not browser" tests/localization

postgres-others: install-dev
	$(BIN)/python -m tests.postgres -m "not browser" --ignore=tests/localization $(ON_SQLITE_ONLY:%=--ignore=%)

test-sqlite: install-dev ## the suite on SQLite
	$(BIN)/python -m pytest -m "not browser" $(SQLITE_LEAVES_OUT)

test-postgres: install-dev ## the suite on a PostgreSQL that is started for it
	$(BIN)/python -m tests.postgres -m "not browser"

test-browser: install-dev ## the main story in Chromium and the judges of every page, on a demo started for it
	$(BIN)/python -m tests.tools chromium
	-@$(BIN)/python -m tests.tools default-jre-headless npm
	$(BIN)/python -m pytest -m browser tests/journeys

lighthouse: install-dev ## Google Lighthouse's marks for the demo on a phone, medians of five runs (needs Node.js)
	$(BIN)/python -m tests.tools chromium npm
	$(BIN)/python -m tests.bench.lighthouse

bench: install-dev ## what the promises about speed cost, on both databases (an hour; BENCH=--help says how to ask for less)
	$(BIN)/python -m tests.bench $(BENCH)
	$(BIN)/python -m tests.bench.importing

# -- Maintain -------------------------------------------------------------------------------------------------------
messages: install-dev ## bring the catalogues up to date with the sources (needs GNU gettext)
	$(BIN)/python manage.py makemessages $(MAKEMESSAGES) --ignore .venv --ignore var --ignore tests

requirements: .venv/installed ## pin and hash what pyproject.toml asks for
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make requirements" -o requirements/base.txt pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make requirements" --group dev -o requirements/dev.txt pyproject.toml -c requirements/base.txt

clean: ## remove what was installed and generated, but not the data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache locale/*/LC_MESSAGES/*.mo
