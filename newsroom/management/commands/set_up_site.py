"""Make the site: the page tree of every language, the groups and their permissions. Running it again changes nothing
that people have made since."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext_noop
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
)

from articles.models import Author, LatestNewsPage, MostReadPage, NewsIndexPage
from home.models import HomePage, SiteSettings
from newsletter.models import Audience, Campaign, NewsletterPage, Subscriber, Suppression
from newsroom.localization import translating
from newsroom.pages import SitePage

# The pages every language has, with their titles in English; the catalogue holds them in the other languages.
TREE: list[tuple[type[SitePage], str]] = [
    (NewsIndexPage, gettext_noop("News")),
    (LatestNewsPage, gettext_noop("Latest news")),
    (MostReadPage, gettext_noop("Most read")),
    (NewsletterPage, gettext_noop("Newsletter")),
]

EDITORS = "Editors"
SENDERS = "Digest senders"
MANAGERS = "Subscriber managers"


def translators_of(language: str) -> str:
    """The name of the group that translates into a language: "Translators (fr)"."""
    return f"Translators ({language})"


class Command(BaseCommand):
    help = "Make the page tree of every language, the groups and their permissions. Safe to run again."

    def handle(self, *args: object, **options: object) -> None:
        codes = [code for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES]
        locales = [Locale.objects.get_or_create(language_code=code)[0] for code in codes]
        with transaction.atomic():
            make_tree(locales[0])
        for locale in locales[1:]:
            translate_tree(locale)
        make_groups(locales)
        if int(str(options.get("verbosity", 1))):
            self.stdout.write(f"The site stands in {', '.join(codes)}.")


def make_tree(locale: Locale) -> None:
    """The pages of the first language, and the site that shows them, with its settings: no page has to make them."""
    home = HomePage.objects.filter(locale=locale).first()
    if home is None:
        remove_what_wagtail_came_with()
        root = Page.get_first_root_node()
        home = root.add_child(instance=HomePage(title=settings.WAGTAIL_SITE_NAME, slug="home", locale=locale))
        home.save_revision().publish()
    for model, title in TREE:
        if not model.objects.filter(locale=locale).exists():
            page = home.add_child(instance=model(title=title, locale=locale))
            page.save_revision().publish()
    Site.objects.get_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "root_page": home, "site_name": settings.WAGTAIL_SITE_NAME},
    )
    SiteSettings.objects.get_or_create(site=Site.objects.get(is_default_site=True))
    follow_site_url()


def follow_site_url() -> None:
    """Let the site answer under SITE_URL, which decides: links in mails start with it."""
    host, _, port = settings.SITE_URL.partition("://")[2].partition(":")
    standard_port = 443 if settings.SITE_URL.startswith("https:") else 80
    site = Site.objects.get(is_default_site=True)
    if (site.hostname, site.port) != (host, int(port or standard_port)):
        site.hostname, site.port = host, int(port or standard_port)
        site.save()


def remove_what_wagtail_came_with() -> None:
    """The welcome page, its site, and the moderation that sends every draft to a group nobody is in."""
    Site.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()
    WorkflowPage.objects.all().delete()
    Workflow.objects.update(active=False)
    Group.objects.filter(name__in=["Moderators", "Editors"], user__isnull=True).delete()


def translate_tree(locale: Locale) -> None:
    """The pages of another language, as real translations of the first language's: never aliases."""
    source_locale = Locale.objects.get(language_code=settings.WAGTAIL_CONTENT_LANGUAGES[0][0])
    models: list[type[SitePage]] = [HomePage, *(model for model, _ in TREE)]
    for model in models:
        for source in model.objects.originals().filter(locale=source_locale):
            translations = model.objects.filter(translation_key=source.translation_key, locale=locale)
            # One that was never published is the work of a run that was interrupted.
            if translations.filter(first_published_at__isnull=False).exists():
                continue
            task = translating.send_for_translation(source, locale)
            with translation.override(locale.language_code):
                translating.fill(task, {"title": translation.gettext(source.title)})
            task.save_target(publish=True)


@transaction.atomic
def make_groups(locales: Iterable[Locale]) -> None:
    """Who may do what. A group gets its permissions when it is made, and those on a page when it has none there yet (a
    language that was added): what an administrator changes stays."""
    locales = list(locales)
    homes = list(HomePage.objects.originals().filter(locale__in=locales))
    newsletters = list(NewsletterPage.objects.originals().filter(locale__in=locales))
    everyone = ["wagtailadmin.access_admin"]
    translating_too = [*everyone, "wagtail_localize.submit_translation"]

    editing = [
        *_permissions_on(Author, "add", "change", "view"),
        *_permissions_on(SearchPromotion, "add", "change", "delete"),
        "newsletter.approve_digest",
    ]
    editors = _group(EDITORS, [*translating_too, *editing], files=True)
    _allow_on_pages(editors, homes, ["add", "change", "publish", "bulk_delete", "lock", "unlock"])

    for locale in locales:
        # They choose the picture or document of their language, and upload it; and say in it what authors are. They
        # approve the digests of their language, and of no other.
        allowed = [*translating_too, *_permissions_on(Author, "change", "view"), "newsletter.approve_digest"]
        translators = _group(translators_of(locale.language_code), allowed, files=True)
        for home in homes:
            # Wagtail has no permission to look only; `lock` is the least that shows the other languages' tree.
            actions = ["change", "publish"] if home.locale_id == locale.pk else ["lock"]
            _allow_on_pages(translators, [home], actions)

    sending = ["newsletter.send_digest", *_permissions_on(Subscriber, "view"), *_permissions_on(Campaign, "view")]
    senders = _group(SENDERS, [*everyone, *sending])
    _allow_on_pages(senders, newsletters, ["add", "change", "publish"])

    managing = [
        *_permissions_on(Subscriber, "view", "add", "change", "delete", "export", "suppress"),
        *_permissions_on(Audience, "view", "add", "change", "delete"),
        *_permissions_on(Suppression, "view"),
        "newsletter.import_subscribers",
    ]
    _group(MANAGERS, [*everyone, *managing])


def _permissions_on(model: type[Model], *actions: str) -> list[str]:
    return [f"{model._meta.app_label}.{action}_{model._meta.model_name}" for action in actions]


def _group(name: str, permissions: Iterable[str], files: bool = False) -> Group:
    group, created = Group.objects.get_or_create(name=name)
    if created:
        group.permissions.set(_permission(label) for label in permissions)
        if files:
            _allow_files(group)
    return group


def _permission(label: str) -> Permission:
    app, _, codename = label.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _allow_on_pages(group: Group, pages: Iterable[Page], actions: Iterable[str]) -> None:
    actions = list(actions)
    for page in pages:
        if not GroupPagePermission.objects.filter(group=group, page_id=page.pk).exists():
            for action in actions:
                GroupPagePermission.objects.create(
                    group=group, page_id=page.pk, permission=_permission(f"wagtailcore.{action}_page")
                )


def _allow_files(group: Group) -> None:
    root = Collection.get_first_root_node()
    # Wagtail asks for the permissions of its own image model, whichever model the site uses.
    for model in (Image, Document):
        for label in _permissions_on(model, "add", "change", "choose"):
            GroupCollectionPermission.objects.create(group=group, collection=root, permission=_permission(label))
