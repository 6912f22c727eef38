"""Every address of the site. What is not named here belongs to the page tree, under its language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve as serve_page

import articles.search.views
import articles.sitemaps
import articles.views
import home.robots
import home.views
import newsletter.views.leaving
from newsroom import mailbox, views

handler400 = "newsroom.views.bad_request"
handler403 = "newsroom.views.permission_denied"
handler404 = "newsroom.views.page_not_found"
handler500 = "newsroom.views.server_error"

urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", home.robots.robots_txt, name="robots_txt"),
    path("sitemap.xml", articles.sitemaps.index, name="sitemap"),
    path("sitemap-<str:language>-<str:kind>-<int:number>.xml", articles.sitemaps.pages, name="sitemap_pages"),
    path("news-sitemap.xml", articles.sitemaps.news, name="news_sitemap"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # /reads/…: the beacon of the articles
    path("reads/<int:page_id>/", articles.views.count_read, name="count_read"),
    # /theme/…: the accent colour
    path("theme/<slug:accent>.<slug:digest>.css", home.views.theme_stylesheet, name="theme_stylesheet"),
    # The one newsletter address without a language: mail programs call it (RFC 8058)
    path("unsubscribe/<str:token>/", newsletter.views.leaving.one_click_unsubscribe, name="one_click_unsubscribe"),
]

mailbox_patterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:key>/", mailbox.mail, name="mail"),
    path("mailbox/<str:key>/html/", mailbox.mail_html, name="mail_html"),
]
if settings.MAILBOX:
    urlpatterns += mailbox_patterns

if settings.SERVE_MEDIA:
    urlpatterns += [path("media/<path:path>", views.media, name="media")]

if settings.DEBUG:
    from newsroom.styleguide import styleguide

    urlpatterns += i18n_patterns(path("styleguide/", styleguide, name="styleguide"))

urlpatterns += i18n_patterns(
    path("search/", articles.search.views.search, name="search"),
    path("subscription/", include("newsletter.urls")),
    # A feed of a page of the tree: Wagtail's own pattern takes no full stop
    re_path(r"^((?:[\w\-]+/)*feed\.json)$", serve_page, name="wagtail_serve"),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
