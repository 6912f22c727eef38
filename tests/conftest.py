"""The site that tests start from, and short words for making what they are about."""

import gc
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone, translation
from PIL import Image
from wagtail.models import Collection, Locale, Page
from wagtail.rich_text import RichText
from wagtail.users.models import UserProfile

from articles.models import ArticlePage, CategoryPage, LatestNewsPage, MostReadPage, NewsIndexPage, Photo
from home.models import HomePage
from newsletter.models import NewsletterPage
from newsroom.localization import translating
from newsroom.models import User
from newsroom.pages import SitePage
from tests.doors import ImmediateBackendOfOurTasks


@pytest.fixture(autouse=True)
def neutral_ground() -> Iterator[None]:
    """Every test starts in English, with nothing remembered."""
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The bilingual site is made once; tests run in transactions on top of it."""
    with django_db_blocker.unblock():
        call_command("set_up_site", verbosity=0)
    # All that is loaded by now stays: the garbage collector need not look at it again and again.
    gc.freeze()


@pytest.fixture
def site(db: None, settings: Any, tmp_path: Any) -> SimpleNamespace:
    """The tree that `set_up_site` makes: site.en and site.fr with home, index, latest, most_read, newsletter; and
    site.locales by language code."""
    settings.MEDIA_ROOT = tmp_path
    return _site()


@pytest.fixture
def committed_site(transactional_db: None, settings: Any, tmp_path: Any) -> Iterator[SimpleNamespace]:
    """The same tree, for tests whose code commits: threads, workers, on_commit. The database is emptied around it."""
    settings.MEDIA_ROOT = tmp_path
    _remake_site()
    yield _site()


@pytest.fixture(scope="session")
def kept(django_db_setup: None, django_db_blocker: Any) -> Callable[[], AbstractContextManager[SimpleNamespace]]:
    """For what many tests start from and takes long to make: a fixture of a class or module, whose name starts with
    `kept_`, makes it once inside of `with kept() as site:` and yields there. The tests' own transactions lie inside of
    that one, so that what they change is undone as ever; they must read from the database what they change."""

    @contextmanager
    def keep() -> Iterator[SimpleNamespace]:
        with django_db_blocker.unblock():
            assert not transaction.get_connection().in_atomic_block, "a class or module keeps one thing"
            with transaction.atomic():
                cache.clear()
                with translation.override("en"):
                    yield _site()
                transaction.set_rollback(True)

    return keep


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a module keeps for some of its tests is not seen by the others: they come first."""
    modules = [list(group) for _path, group in groupby(items, key=lambda item: item.path)]
    items[:] = [item for module in modules for item in sorted(module, key=_start_from_something_kept)]


def _start_from_something_kept(item: pytest.Item) -> bool:
    return any(name.startswith("kept_") for name in getattr(item, "fixturenames", ()))


def _remake_site() -> None:
    # What migrations put into an empty database, and emptying it takes away.
    for app, model, codename in (
        ("wagtailadmin", "admin", "access_admin"),
        ("wagtail_localize", "translation", "submit_translation"),
    ):
        content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        Permission.objects.get_or_create(content_type=content_type, codename=codename)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    locale, _ = Locale.objects.get_or_create(language_code="en")
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    call_command("set_up_site", verbosity=0)


def _site() -> SimpleNamespace:
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    site = SimpleNamespace(locales=locales, **{language: SimpleNamespace() for language in locales})
    languages = {locale.pk: language for language, locale in locales.items()}
    names = {
        "home": HomePage,
        "index": NewsIndexPage,
        "latest": LatestNewsPage,
        "most_read": MostReadPage,
        "newsletter": NewsletterPage,
    }
    for name, model in names.items():
        for page in model.objects.all():
            setattr(getattr(site, languages[page.locale_id]), name, page)
    return site


@pytest.fixture
def make_category(site: SimpleNamespace) -> Callable[..., CategoryPage]:
    """Make a live category in one language."""
    return category_maker(site)


def category_maker(site: SimpleNamespace) -> Callable[..., CategoryPage]:
    """What `make_category` is, for any site."""

    def make(title: str = "Water", language: str = "en", **fields: Any) -> CategoryPage:
        return _add(getattr(site, language).index, CategoryPage(title=title, **fields))

    return make


@pytest.fixture
def make_article(site: SimpleNamespace) -> Callable[..., ArticlePage]:
    """Make an article, published unless `live=False`, newest last without dates. `text` is its one paragraph."""
    return article_maker(site)


def article_maker(site: SimpleNamespace) -> Callable[..., ArticlePage]:
    """What `make_article` is, for any site."""
    made = 0

    def make(
        title: str = "A well for Kisumu",
        language: str = "en",
        *,
        live: bool = True,
        text: str = "<p>The well is open.</p>",
        date: datetime | None = None,
        **fields: Any,
    ) -> ArticlePage:
        nonlocal made
        made += 1
        if live and date is None:
            date = timezone.now() - timedelta(days=30) + timedelta(minutes=made)
        fields.setdefault("body", [("paragraph", RichText(text))])
        return _add(getattr(site, language).index, ArticlePage(title=title, date=date, **fields), live=live)

    return make


def _add(parent: Page, page: Any, live: bool = True) -> Any:
    page.locale = parent.locale
    page.live = live
    parent.refresh_from_db()
    parent.add_child(instance=page)
    revision = page.save_revision(clean=False)  # add_child() has looked at it
    if live:
        revision.publish()
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def translate(site: SimpleNamespace) -> Callable[..., Any]:
    """Translate a page: `translate(page, "fr", title="…")` fills the segments named, publishes and returns it. What is
    not named stays in the source's language; a name may be a segment path such as `**{"body.<block id>": "…"}`."""
    return translator(site)


def translator(site: SimpleNamespace) -> Callable[..., Any]:
    """What `translate` is, for any site."""

    def make(page: SitePage, language: str, *, publish: bool = True, **texts: str) -> Any:
        task = translating.send_for_translation(page, site.locales[language])
        translating.fill(task, texts)
        if publish:
            with TestCase.captureOnCommitCallbacks(execute=True):
                task.save_target(publish=True)
        return type(page).objects.get(translation_key=page.translation_key, locale=site.locales[language])

    return make


@pytest.fixture
def photo(db: None, settings: Any, tmp_path: Any) -> Photo:
    """A picture."""
    settings.MEDIA_ROOT = tmp_path
    data = io.BytesIO()
    Image.new("RGB", (1200, 800), (120, 60, 40)).save(data, "JPEG")
    return Photo.objects.create(
        title="A well",
        credit="Ada Lens",
        licence="CC BY 4.0",
        file=ContentFile(data.getvalue(), name="well.jpg"),
    )


@pytest.fixture
def wagtail_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wagtail keeps its own indexes during this test: of what refers to what, and of the admin's search."""
    monkeypatch.setattr(ImmediateBackendOfOurTasks, "run_others", True)


@pytest.fixture
def outbox(settings: Any) -> list[Any]:
    """The mails that leave during this test."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def login(db: None) -> Callable[..., Client]:
    """A browser logged in as a new member of the groups named, or as an administrator when none is."""

    def make(*groups: str, language: str = "en") -> Client:
        name = "-".join(groups) or "admin"
        user = User.objects.create_user(name, f"{len(name)}@example.org", "pw", is_superuser=not groups)
        user.groups.set(Group.objects.filter(name__in=groups))
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        client = Client()
        client.force_login(user)
        return client

    return make
