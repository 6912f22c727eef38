"""Every address of the site. What is not named here belongs to the page tree, under its language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

import articles.views
import newsletter.views
from newsroom import mailbox, views

urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # /reads/…: the beacon of the articles
    path("reads/<int:page_id>/", articles.views.count_read, name="count_read"),
    # The one newsletter address without a language: mail programs call it (RFC 8058)
    path("unsubscribe/<str:token>/", newsletter.views.one_click_unsubscribe, name="one_click_unsubscribe"),
]

mailbox_patterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:key>/", mailbox.mail, name="mail"),
    path("mailbox/<str:key>/html/", mailbox.mail_html, name="mail_html"),
]
if settings.MAILBOX:
    urlpatterns += mailbox_patterns

if settings.SERVE_MEDIA:
    # Django's own helper answers only with DEBUG on.
    from django.views.static import serve

    urlpatterns += [
        path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media"),
    ]

urlpatterns += i18n_patterns(
    path("subscription/", include("newsletter.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
