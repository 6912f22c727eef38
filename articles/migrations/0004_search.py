"""The index of the readers' search, and its full-text part, which the database keeps up to date by itself.

Terms are made in Python and alike for both databases, so that neither needs an extension or knows a language:
PostgreSQL takes them as the lexemes of a tsvector without parsing, SQLite's FTS5 splits them at spaces.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQLITE = [
    """
    CREATE VIRTUAL TABLE articles_searchterms USING fts5(
        terms, content='articles_searchentry', content_rowid='page_id', tokenize='ascii', detail='none'
    )
    """,
    """
    CREATE TRIGGER articles_searchentry_added AFTER INSERT ON articles_searchentry BEGIN
        INSERT INTO articles_searchterms (rowid, terms) VALUES (new.page_id, new.terms);
    END
    """,
    """
    CREATE TRIGGER articles_searchentry_removed AFTER DELETE ON articles_searchentry BEGIN
        INSERT INTO articles_searchterms (articles_searchterms, rowid, terms) VALUES ('delete', old.page_id, old.terms);
    END
    """,
    """
    CREATE TRIGGER articles_searchentry_changed AFTER UPDATE OF page_id, terms ON articles_searchentry BEGIN
        INSERT INTO articles_searchterms (articles_searchterms, rowid, terms) VALUES ('delete', old.page_id, old.terms);
        INSERT INTO articles_searchterms (rowid, terms) VALUES (new.page_id, new.terms);
    END
    """,
]
VECTOR = "array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))"
POSTGRESQL = [
    # Readers ask more often than editors write: nothing waits outside the index to be read through.
    f"CREATE INDEX articles_search_terms ON articles_searchentry USING gin (({VECTOR})) WITH (fastupdate = off)",
    # A function, because only that can forbid the planner to read all texts instead of the index, which it would do
    # for the commonest words, not knowing that long values lie elsewhere: 700 ms instead of 2 ms for 3,000 articles.
    f"""
    CREATE FUNCTION articles_search(question text) RETURNS SETOF bigint
        LANGUAGE sql STABLE PARALLEL SAFE SET enable_seqscan = off AS
        $$ SELECT page_id::bigint FROM articles_searchentry WHERE {VECTOR} @@ question::tsquery $$
    """,
]
# The table takes the rest with it.
SQLITE_BACK = ["DROP TABLE articles_searchterms"]
POSTGRESQL_BACK = ["DROP FUNCTION articles_search"]


def add_full_text(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def remove_full_text(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


def note_pages(apps, schema_editor):
    """The clock writes the entries of the pages that stand already."""
    pages = apps.get_model("wagtailcore", "Page").objects.filter(live=True, alias_of=None, depth__gt=1)
    entry = apps.get_model("articles", "SearchEntry")
    entry.objects.bulk_create((entry(page_id=key, stale=True) for key in pages.values_list("pk", flat=True)), 1000)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_downloads_and_artwork"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("language", models.CharField(default="", max_length=12)),
                ("date", models.DateTimeField(null=True)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("category_key", models.UUIDField(null=True)),
                ("title_terms", models.TextField(default="")),
                ("lead_terms", models.TextField(default="")),
                ("terms", models.TextField(default="")),
                ("spelling", models.TextField(default="")),
                ("text", models.TextField(default="")),
                ("stale", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["page", "language", "date", "category_key", "year"], name="articles_search_matches"
                    ),
                    models.Index(condition=models.Q(("stale", True)), fields=["page"], name="articles_search_stale"),
                ],
            },
        ),
        migrations.RunPython(add_full_text, remove_full_text),
        migrations.RunPython(note_pages, migrations.RunPython.noop),
    ]
