"""How the admin starts and edits digests."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.create import CreateView

from articles.models import ArticlePage
from newsletter.models import DigestPage, NewsletterPage
from newsroom.localization import permissions
from newsroom.localization.listing import SitePageViewSet
from newsroom.text import one_line


class DigestCreateView(CreateView):
    """Wagtail's form for a new digest: with the next number where digests have one, and with a story where one came
    from an article (`?article=ID`). Nothing is stored before the editor saves."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.page.number = DigestPage.objects.next_number(self.parent_page)
        article = ArticlePage.objects.filter(pk=_number(request.GET.get("article"))).first()
        if article and (article.public or permissions.may_open(request.user, article)):
            self.page.title = one_line(article.title)
            # As it is stored: so that what is not said here has its default.
            self.page.sections = [{"type": "lead_story", "value": {"article": article.pk}}]
        return super().get(request)


class DigestViewSet(SitePageViewSet):
    """How the admin starts and edits digests."""

    model = DigestPage
    add_view_class = DigestCreateView


class SendArticleView(WagtailAdminTemplateMixin, TemplateView):
    """From an article to a new digest with it: at once where there is one newsletter to choose, else by a choice."""

    template_name = "newsletter/admin/send_article.html"
    header_icon = "mail"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.article = get_object_or_404(ArticlePage, pk=kwargs["page_id"])
        self.newsletters = newsletters_for(self.article, request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.newsletters:
            raise PermissionDenied
        if len(self.newsletters) == 1:
            return redirect(self._address(self.newsletters[0]))
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Send “%(article)s”") % {"article": one_line(self.article.get_admin_display_title())}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit_url = reverse("wagtailadmin_pages:edit", args=[self.article.pk])
        article = {"url": edit_url, "label": one_line(self.article.get_admin_display_title())}
        return [*self.breadcrumbs_items, article, {"url": "", "label": _("Send this article")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["choices"] = [(newsletter.title, self._address(newsletter)) for newsletter in self.newsletters]
        return context

    def _address(self, newsletter: NewsletterPage) -> str:
        url = reverse("wagtailadmin_pages:add", args=["newsletter", "digestpage", newsletter.pk])
        return f"{url}?article={self.article.pk}"


def newsletters_for(article: ArticlePage, user: Any) -> list[NewsletterPage]:
    """The newsletters of an article's language that the user may add a digest to."""
    own = NewsletterPage.objects.live().originals().filter(locale=article.locale_id).order_by("path")
    return [newsletter for newsletter in own if newsletter.permissions_for_user(user).can_add_subpage()]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
