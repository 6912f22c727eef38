"""The glue round wagtail-localize: what happens to translations when their source moves, and how complete they are."""
