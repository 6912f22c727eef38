"""What the articles add to the admin."""

from typing import Any

from django.urls import path
from wagtail import hooks

from articles.translations_report import ArticleTranslationsReport


# Before the guards of newsroom.localization, and so before wagtail-localize's own report at the same addresses.
@hooks.register("register_admin_urls", order=-200)
def register_translations_report() -> list[Any]:
    return [
        path("localize/reports/translations/", ArticleTranslationsReport.as_view()),
        path("localize/reports/translations/results/", ArticleTranslationsReport.as_view(results_only=True)),
    ]
