"""The newsletter's page with its archive, and the digest that an editor curates."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel, TitleFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path, re_path
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index
from wagtail.url_routing import RouteResult
from wagtail_localize.fields import SynchronizedField

from articles.selections import Choice, Filter
from newsletter import archive, digest, previews
from newsletter.blocks import TEXT_FEATURES, DigestBlock
from newsletter.models.campaign import Campaign, Edition
from newsletter.models.subscriber import LegalBasis
from newsletter.stories import Stories
from newsroom.pages import SearchText, SitePage, SitePageQuerySet, in_language, translations_of
from newsroom.text import plain

# The archive shows a mail as it left: its own styles, and nothing that acts or comes from elsewhere. This
# replaces directives of the site's policy; None takes one away, so that `default-src` holds.
ARCHIVE_POLICY = {
    "default-src": [NONE],
    "script-src": None,
    "frame-src": None,
    "font-src": None,
    "connect-src": None,
    "img-src": [SELF],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
}


# The preview of the edition for those who read every language, in which this page's leads.
EVERY_LANGUAGE = "every-language"


class NewsletterQuerySet(SitePageQuerySet):
    """Newsletters, asked for by name."""

    def open_in(self, language: str) -> Self:
        """Those that readers of a language can sign up for, the default one first."""
        return self.live_in(language).filter(by_invitation=False).order_by("path")

    def named(self, newsletter_key: uuid.UUID, language: str) -> NewsletterPage | None:
        """The live page of a newsletter in a language, else in any; None for one that is gone."""
        pages = {page.locale.language_code: page for page in self.live().originals().of(newsletter_key)}
        return pages.get(language) or next(iter(pages.values()), None)

    def titles(self, language: str) -> dict[uuid.UUID, str]:
        """The titles of all newsletters by their key, those by invitation too: in a language, else in any."""
        pages = self.originals().order_by("path").values_list("translation_key", "title", "locale__language_code")
        titles: dict[uuid.UUID, str] = {}
        for key, title, code in pages:
            if code == language or key not in titles:
                titles[key] = title
        return titles

    def of(self, newsletter_key: uuid.UUID) -> Self:
        """The pages of one newsletter in all languages, named by its translation key."""
        return self.filter(translation_key=newsletter_key).select_related("locale").order_by("pk")


class Rhythm(models.IntegerChoices):
    """How often a digest is drafted, in weeks."""

    NEVER = 0, _("never")
    WEEKLY = 1, _("every week")
    EVERY_OTHER_WEEK = 2, _("every two weeks")
    EVERY_FOUR_WEEKS = 4, _("every four weeks")


class NewsletterPage(RoutablePageMixin, SitePage):
    """A newsletter: what it is, the sign-up form, and the digests that were sent, those of each year under `2025/`,
    with a feed under `feed/`. Its words stand on every form and in every mail of its language."""

    intro = RichTextField(_("introduction"), features=TEXT_FEATURES, blank=True)
    pitch = models.CharField(
        _("pitch"),
        max_length=200,
        blank=True,
        help_text=_("One sentence above the sign-up form, on every page."),
    )
    privacy_line = models.CharField(
        _("privacy line"),
        max_length=300,
        blank=True,
        help_text=_(
            "One sentence beside the sign-up form: what happens to the address. It is kept as part of the proof."
        ),
    )
    why_you_receive = models.CharField(
        _("why you receive this"),
        max_length=300,
        blank=True,
        help_text=_("One sentence at the foot of every mail."),
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Linked beside the sign-up form and at the foot of every mail, in the language of the reader."),
    )
    by_invitation = models.BooleanField(
        _("by invitation"),
        default=False,
        help_text=_("No form offers it: staff add its subscribers, with a proof. For example a press list."),
    )
    legal_basis = models.CharField(
        _("legal basis"),
        max_length=24,
        choices=LegalBasis,
        default=LegalBasis.CONSENT,
        help_text=_("Kept with every subscription. With sign-up forms it is consent."),
    )
    welcome = models.BooleanField(
        _("send a welcome mail"),
        default=False,
        help_text=_("To everybody who has confirmed, with a link to the latest digest."),
    )
    from_name = models.CharField(_("name of the sender"), max_length=100, blank=True)
    from_address = models.EmailField(
        _("address of the sender"),
        blank=True,
        help_text=_("The address of the site if left empty. Its domain must be set up for sending (SPF, DKIM, DMARC)."),
    )
    reply_to = models.EmailField(
        _("reply address"),
        blank=True,
        help_text=_("An address that a person reads. Readers do answer newsletters."),
    )

    drafted_every = models.PositiveSmallIntegerField(
        _("drafted"),
        choices=Rhythm,
        default=Rhythm.NEVER,
        help_text=_("Early in the morning a draft with suggested stories is made. Nothing is sent by itself."),
    )
    drafted_on = models.PositiveSmallIntegerField(_("day of the week"), choices=list(WEEKDAYS.items()), default=0)
    last_drafted = models.DateField(null=True, editable=False)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["newsletter.DigestPage"]
    show_in_menus_default = True
    template = "newsletter/newsletter_page.html"

    objects = PageManager.from_queryset(NewsletterQuerySet)()

    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("by_invitation", overridable=False),
        SynchronizedField("legal_basis", overridable=False),
        SynchronizedField("welcome", overridable=False),
        SynchronizedField("drafted_every", overridable=False),
        SynchronizedField("drafted_on", overridable=False),
    ]
    followed_fields = (
        *SitePage.followed_fields,
        "by_invitation",
        "legal_basis",
        "welcome",
        "drafted_every",
        "drafted_on",
    )
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel(
            [FieldPanel("by_invitation"), FieldPanel("legal_basis"), FieldPanel("welcome")],
            heading=_("Subscribers"),
        ),
        MultiFieldPanel(
            [FieldPanel("pitch"), FieldPanel("privacy_line"), PageChooserPanel("privacy_page")],
            heading=_("Sign-up form"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("from_name"),
                FieldPanel("from_address"),
                FieldPanel("reply_to"),
                FieldPanel("why_you_receive"),
            ],
            heading=_("Mails"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("drafted_every"), FieldPanel("drafted_on")])], heading=_("Automatic drafts")
        ),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("intro")]

    class Meta:
        verbose_name = _("newsletter")

    def clean(self) -> None:
        super().clean()
        if not self.by_invitation and self.legal_basis != LegalBasis.CONSENT:
            message = _("Who signs up by a form consents: another legal basis is for newsletters by invitation.")
            raise ValidationError({"legal_basis": message})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        digests = list(DigestPage.objects.child_of(self).sent())
        years = list(dict.fromkeys(digest.year for digest in digests))
        year = kwargs.get("year") or next(iter(years), None)
        if year not in years and "year" in kwargs:
            raise Http404
        url = self.get_url(request) or ""
        choices = [Choice(str(one), url + self.reverse_subpage("year", [one]), one == year) for one in years]
        context["digests"] = [digest for digest in digests if digest.year == year]
        context["filters"] = [Filter(gettext("Year"), choices)] if len(years) > 1 else []
        return context

    @re_path(r"^(?P<year>[0-9]{4})/$", name="year")
    def of_year(self, request: HttpRequest, year: str) -> HttpResponse:
        """The digests of one year. 404 if there are none."""
        return self.render(request, year=int(year))

    @path("feed/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """The last digests as RSS."""
        return archive.rss(request, self)

    @re_path(r"^feed\.json/?$", name="json_feed")  # Wagtail asks with a slash; the address has none
    def json_feed(self, request: HttpRequest) -> HttpResponse:
        """The last digests as JSON Feed."""
        return archive.json_feed(request, self)

    def same_view(self, translation: Page, request: HttpRequest | None) -> str:
        match = getattr(request, "routable_resolver_match", None)
        url = super().same_view(translation, request)
        if match and match.url_name == "year":
            year = match.kwargs["year"]
            if any(digest.year == int(year) for digest in DigestPage.objects.child_of(translation).sent()):
                return url + self.reverse_subpage("year", [year])
        return url

    def search_text(self) -> SearchText:
        return SearchText(lead=plain(self.intro))

    def wording(self, language_label: str) -> str:
        """All that stands beside its sign-up form, with the language setting that was chosen."""
        lines = [self.title, self.pitch, language_label, self.privacy_line]
        return "\n".join(line for line in lines if line)

    def privacy_page_in(self, language: str) -> Page | None:
        """The live privacy page in a language, or None."""
        return in_language(translations_of(self.privacy_page), language) if self.privacy_page else None


class DigestQuerySet(SitePageQuerySet):
    """Digests, asked for by name."""

    def sent(self) -> Self:
        """Those that readers of their language have been sent, the newest first, with `sent_at` and `subject`
        as they left. Whether the page is published does not matter."""
        editions = Edition.objects.filter(
            campaign__in=Campaign.objects.sent(),
            campaign__digest_key=OuterRef("translation_key"),
            languages=OuterRef("locale__language_code"),
        ).order_by("campaign__confirmed_at")
        return (
            self.originals()
            .annotate(
                sent_at=Subquery(editions.values("campaign__confirmed_at")[:1]),
                subject=Subquery(editions.values("subject")[:1]),
            )
            .filter(sent_at__isnull=False)
            .order_by("-sent_at", "-pk")
        )

    def next_number(self, newsletter: Page) -> int | None:
        """One more than the highest number of a newsletter's digests; None where they have no numbers."""
        highest = self.child_of(newsletter).aggregate(highest=models.Max("number"))["highest"]
        return None if highest is None else highest + 1

    def indexable(self) -> Self:
        """What search engines may list: the archive."""
        return self.filter(pk__in=self.sent().values("pk"))


class DigestPage(SitePage):
    """One digest in one language. Its title is the subject. Publishing it sends nothing; until it was sent,
    its address answers 404."""

    sent_at: datetime  # given by `DigestQuerySet.sent`, as `subject` is
    subject: str

    preheader = models.CharField(
        _("preheader"),
        max_length=150,
        blank=True,
        help_text=_("The line that mail programs show after the subject. 40 to 110 characters work best."),
    )
    number = models.PositiveIntegerField(
        _("number"), null=True, blank=True, help_text=_("Shown under the name of the newsletter, with the date.")
    )
    date = models.DateField(_("date"), null=True, blank=True)
    greeting = models.CharField(_("greeting"), max_length=120, blank=True)
    intro = RichTextField(_("introduction"), features=TEXT_FEATURES, blank=True)
    sections = StreamField(DigestBlock(), verbose_name=_("stories and texts"), blank=True)
    name_left_out = models.BooleanField(
        _("name what is left out"),
        default=False,
        help_text=_(
            "Where an edition leaves out stories because they are not translated, it says so after the last section, "
            "with links to them."
        ),
    )
    closing = RichTextField(_("closing"), features=TEXT_FEATURES, blank=True)

    objects = PageManager.from_queryset(DigestQuerySet)()

    parent_page_types = ["newsletter.NewsletterPage"]
    subpage_types: list[str] = []
    publishable = False
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("number", overridable=False),
        SynchronizedField("date", overridable=False),
        SynchronizedField("name_left_out", overridable=False),
    ]
    followed_fields = (*SitePage.followed_fields, "number", "date", "name_left_out")
    preview_modes = [*previews.VIEWS.items(), (EVERY_LANGUAGE, _("Mail to readers of every language"))]
    content_panels = [
        TitleFieldPanel(
            "title",
            heading=_("Subject"),
            help_text=_("What readers see in their inbox. Up to 60 characters."),
        ),
        FieldPanel("preheader"),
        FieldRowPanel([FieldPanel("number"), FieldPanel("date")]),
        FieldPanel("greeting"),
        FieldPanel("intro"),
        FieldPanel("sections"),
        FieldPanel("name_left_out"),
        FieldPanel("closing"),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("intro")]

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    @property
    def year(self) -> int:
        """The year in which it was sent, as the calendar of the site's time zone has it."""
        return timezone.localtime(self.sent_at).year

    @cached_property
    def newsletter(self) -> NewsletterPage:
        """The newsletter that it belongs to."""
        return NewsletterPage.objects.ancestor_of(self).select_related("privacy_page").get()

    def parts(self) -> list[Page]:
        """The articles of its stories."""
        return list(Stories(self).chosen)

    def sent_edition(self) -> Edition | None:
        """What the readers of this page's language were sent, or None while nothing was."""
        return (
            Edition.objects.filter(
                campaign__in=Campaign.objects.sent().of(self.translation_key),
                languages=self.locale.language_code,
            )
            .order_by("campaign__confirmed_at")
            .first()
        )

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Whether a digest is public depends on its campaign, not on whether the page is published."""
        if path_components:
            raise Http404
        return RouteResult(self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The archive: the frozen edition less the personal links. 404 until it was sent."""
        edition = self.sent_edition()
        if edition is None:
            raise Http404
        response = HttpResponse(archive.public_edition(self, edition))
        response._csp_replace = ARCHIVE_POLICY  # type: ignore[attr-defined]
        return response

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """What the readers of this page's language would be sent now, or those of every language whose pages are in it,
        as one of `previews.VIEWS`."""
        contents = [digest.edition_content(self)]
        if mode_name == EVERY_LANGUAGE:
            others = digest.languages_of(self)
            others.pop(self.locale.language_code, None)
            contents += [digest.edition_content(other) for other in others.values()]
            mode_name = previews.HTML
        return previews.response(contents, mode_name)

    def _take_slug_from_title(self) -> None:
        """The mails of a campaign lead to this address: it stays from then on, whatever a later draft says."""
        if self.pk and Campaign.objects.of(self.translation_key).exists():
            self._keep_address()
        else:
            super()._take_slug_from_title()

    def _keep_address(self) -> None:
        stored = Page.objects.get(pk=self.pk)
        if self.slug != stored.slug:
            self.slug, self.url_path = stored.slug, stored.url_path
