"""The report "Translations" with what only articles have: a category."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.ui.tables import Column
from wagtail.models import Page

from articles.models import ArticlePage, CategoryPage
from newsroom.localization.report import TranslationsFilters, TranslationsReport
from newsroom.text import one_line


def category_names() -> dict[str, str]:
    """The names of all categories by translation key, in the language of the admin where they have one."""
    categories = CategoryPage.objects.originals().select_related("locale").order_by("title")
    own_last = sorted(categories, key=lambda category: category.locale.language_code == get_language())
    return {str(category.translation_key): one_line(category.title) for category in own_last}


class CategoryFilter(ChoiceFilter):
    """The articles of one category, whichever language they were written in."""

    def filter(self, queryset: QuerySet[Page], value: str) -> QuerySet[Page]:
        if not value:
            return queryset
        return queryset.filter(pk__in=ArticlePage.objects.in_category(value).values("pk"))  # type: ignore[arg-type]


class ArticleTranslationsFilters(TranslationsFilters):
    """Language, state, age and category."""

    category = CategoryFilter(label=_("Category"), choices=lambda: sorted(category_names().items(), key=lambda c: c[1]))


class ArticleTranslationsReport(TranslationsReport):
    """The report of all pages; articles are shown with their category."""

    filterset_class = ArticleTranslationsFilters
    columns = [
        *TranslationsReport.columns[:4],
        Column("category", label=_("Category")),
        *TranslationsReport.columns[4:],
    ]
    list_export = [*TranslationsReport.list_export[:3], "category", *TranslationsReport.list_export[3:]]
    export_headings = {**TranslationsReport.export_headings, "category": _("Category")}

    def decorate_paginated_queryset(self, pages: Any) -> list[Page]:
        pages = super().decorate_paginated_queryset(pages)
        names = category_names()
        keys = dict(ArticlePage.objects.filter(pk__in=[page.pk for page in pages]).values_list("pk", "category_key"))
        for page in pages:
            page.category = names.get(str(keys.get(page.pk)), "")
        return pages
