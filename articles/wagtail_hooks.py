"""What the articles add to the admin."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.models import Page

from articles.desk import DeskPanel, DeskView
from articles.in_numbers import InNumbersView
from articles.listing import ArticleViewSet
from articles.models import ArticlePage
from articles.panels import ReadershipPanel, ReadershipSidePanel
from articles.readership_report import ReadershipReport
from articles.translations_report import ArticleTranslationsReport
from newsroom.localization.job_views import has_jobs


# Before the guards of newsroom.localization, and so before wagtail-localize's own report at the same addresses.
@hooks.register("register_admin_urls", order=-200)
def register_translations_report() -> list[Any]:
    return [
        path("localize/reports/translations/", ArticleTranslationsReport.as_view()),
        path("localize/reports/translations/results/", ArticleTranslationsReport.as_view(results_only=True)),
    ]


@hooks.register("register_admin_urls")
def register_desk() -> list[Any]:
    return [
        path("translation/desk/", DeskView.as_view(), name="translation_desk"),
        path("translation/desk/results/", DeskView.as_view(results_only=True), name="translation_desk_results"),
    ]


class DeskMenuItem(MenuItem):
    """The way to the translator's desk, for those who translate."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_jobs(request.user)


@hooks.register("register_admin_menu_item")
def register_desk_menu_item() -> DeskMenuItem:
    url = reverse("translation_desk")
    return DeskMenuItem(_("Translations"), url, icon_name="wagtail-localize-language", order=240)


@hooks.register("construct_homepage_panels")
def add_desk_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(DeskPanel())


# -- What is read ------------------------------------------------------------------------------------------------------


@hooks.register("insert_global_admin_css")
def style_admin() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("articles/admin.css"))


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, "articles/icon-reads.svg"]


@hooks.register("register_admin_urls")
def register_readership() -> list[Any]:
    return [
        path("reports/readership/", ReadershipReport.as_view(), name="readership_report"),
        path(
            "reports/readership/results/",
            ReadershipReport.as_view(results_only=True),
            name="readership_report_results",
        ),
        path("reports/in-numbers/", InNumbersView.as_view(), name="in_numbers"),
    ]


@hooks.register("register_reports_menu_item")
def register_readership_report() -> MenuItem:
    return MenuItem(_("Readership"), reverse("readership_report"), icon_name="reads", order=500)


@hooks.register("register_reports_menu_item")
def register_in_numbers() -> MenuItem:
    return MenuItem(_("In numbers"), reverse("in_numbers"), icon_name="reads", order=510)


@hooks.register("register_admin_viewset")
def register_article_viewset() -> ArticleViewSet:
    return ArticleViewSet()


@hooks.register("show_beside_page")
def show_reads_beside_articles(page: Page, request: HttpRequest) -> list[ReadershipSidePanel]:
    return [ReadershipSidePanel(page, request)] if isinstance(page, ArticlePage) else []


@hooks.register("construct_homepage_panels")
def add_readership_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(ReadershipPanel())
