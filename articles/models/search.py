"""What the readers' search looks into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import connection, models
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from articles.search.questions import Question


# Texts are read through for a phrase; however many there are, a question must not take longer than others.
PHRASE_REACH = 2000


class SearchEntryQuerySet(models.QuerySet):
    """Entries of the index, asked for by name."""

    def matching(self, question: Question) -> Self:
        """Entries of the question's language that hold all its words and phrases. Phrases are looked for in the newest
        2,000 that hold the words, which takes a query at once."""
        found = self._holding_words_of(question)
        if question.phrases:
            # Fetched here: as a subquery, the planner may read all texts before it asks which hold the words.
            found = self.filter(pk__in=list(found.newest().values_list("pk", flat=True)[:PHRASE_REACH]))
        for phrase in question.phrases:
            found = found.filter(spelling__contains=f" {' '.join(phrase)} ")
        return found

    def _holding_words_of(self, question: Question) -> Self:
        if connection.vendor == "postgresql":
            holders = RawSQL("SELECT * FROM articles_search(%s)", [question.tsquery()])
        else:
            holders = RawSQL("SELECT rowid FROM articles_searchterms(%s)", [question.fts5()])
        return self.filter(language=question.language, pk__in=holders)

    def newest(self) -> Self:
        """Pages without a date first: they are of all times. Then the newest; the same order on every database."""
        return self.order_by(models.F("date").desc(nulls_first=True), "-pk")


class SearchEntry(models.Model):
    """A public page as the search sees it: one row a page, none for a page that readers may not see.

    Terms are those of `articles.search.analysis`, with a space between them. The database keeps its full-text index
    on `terms` up to date by itself (migration 0004): a trigger and an FTS5 table `articles_searchterms` on SQLite, a
    GIN index and a function `articles_search` on PostgreSQL.
    """

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, primary_key=True, related_name="+")
    language = models.CharField(max_length=12, default="")
    date = models.DateTimeField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    category_key = models.UUIDField(null=True)
    title_terms = models.TextField(default="")
    lead_terms = models.TextField(default="")
    terms = models.TextField(default="")
    # The words in order, folded and not stemmed, with a space on both sides: phrases are looked for here.
    spelling = models.TextField(default="")
    # A line a paragraph, as readers see it: extracts are cut from it.
    text = models.TextField(default="")
    # Something that the page names has changed; the clock writes the entry anew.
    stale = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(SearchEntryQuerySet)()
    # An index entry is no use of a page that an editor should be told of.
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            # All that counting and finding the newest ask of thousands of matches, without their texts; the page comes
            # first because the full-text index names pages.
            models.Index(fields=["page", "language", "date", "category_key", "year"], name="articles_search_matches"),
            models.Index(fields=["page"], condition=models.Q(stale=True), name="articles_search_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} ({self.language})"
