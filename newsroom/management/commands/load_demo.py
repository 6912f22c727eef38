"""Fill the site with the demo: an invented network of associations that has been publishing for two years.

Everything goes through the doors that people use: articles are published, translations are sent for translation, filled
and published, digests are sent by the engine. A second run finds the demo and keeps what has been done with it since.

Each page has a transaction of its own: wagtail-localize publishes after the commit, with the page as it was then, and
would write a stale count of children over an index that has got some in the meantime.
"""

import copy
import json
import random
import tomllib
import uuid
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Locale, Site
from wagtail.users.models import UserProfile
from wagtail_localize.models import StringSegment

from articles import popularity
from articles.models import (
    ArticleByline,
    ArticlePage,
    Author,
    CategoryPage,
    DailyReads,
    Download,
    LatestNewsPage,
    MostReadPage,
    NewsIndexPage,
    Photo,
    RelatedArticle,
)
from home.models import HomePage, SiteSettings, StandardPage
from newsletter import sending
from newsletter.forms import language_choices
from newsletter.models import Campaign, Consent, DigestPage, NewsletterPage, Subscriber, Subscription
from newsroom.demo import PASSWORD
from newsroom.demo.artwork import illustration
from newsroom.localization import jobs, questions, translating
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
from newsroom.management.commands.worker import run_queue
from newsroom.models import User
from newsroom.pages import SitePage

DEMO = Path(settings.BASE_DIR) / "newsroom" / "demo"
# user name, full name, group (None: administrator), language of the admin
LOGINS: list[tuple[str, str, str | None, str]] = [
    ("editor", "Lena Okafor", EDITORS, "en"),
    ("translator", "Camille Roussel", translators_of("fr"), "fr"),
    ("sender", "Julien Maes", SENDERS, "fr"),
    ("admin", "Inès Carvalho", None, "en"),
]
SUBSCRIBERS = [
    ("maria@readers.example", "en", "en"),
    ("paul@readers.example", "en", "en"),
    ("noor@readers.example", "en", "en"),
    ("amelie@lecteurs.example", "fr", "fr"),
    ("bruno@lecteurs.example", "fr", "fr"),
    ("zoe@readers.example", "all", "en"),
    ("theo@lecteurs.example", "all", "fr"),
]
READING_DAYS = 90
# The pictures for sharing what has none of its own: of the site, and of each category.
SHARE_ARTWORK = "wayfield-0"


def category_artwork(category: dict[str, Any]) -> str:
    """The name of the picture that a category is shared with."""
    return f"{category['key']}-0"


class Command(BaseCommand):
    help = "Fill the site with the demo. Keeps everything if it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("set_up_site", verbosity=0)
        if ArticlePage.objects.exists():
            self.stdout.write("The demo is loaded already; everything is kept.")
            return
        demo = Demo(self.stdout.write)
        demo.load()
        self.stdout.write("The demo is loaded.")


class Demo:
    """The demo while it is being loaded: what was made so far, by the keys that the files use."""

    def __init__(self, say: Any) -> None:
        self.say = say
        self.site = tomllib.loads((DEMO / "site.toml").read_text("utf-8"))
        self.stories = {
            path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((DEMO / "articles").glob("*.toml"))
        }
        self.locales = {
            locale.language_code: locale for locale in Locale.objects.filter(language_code__in=("en", "fr"))
        }
        self.photos: dict[str, Photo] = {}
        self.documents: dict[tuple[str, str], Download] = {}
        self.categories: dict[str, CategoryPage] = {}
        self.authors: dict[str, Author] = {}
        self.articles: dict[str, ArticlePage] = {}
        self.about: StandardPage | None = None
        self.editor: User | None = None

    def load(self) -> None:
        """Make everything, in the order in which things need each other."""
        for title, step in [
            ("logins", self.make_logins),
            ("pictures and documents", self.make_files),
            ("pages", self.make_pages),
            ("authors", self.make_authors),
            ("articles and their translations", self.make_articles),
            ("reading figures", self.make_reads),
            ("subscribers and digests", self.make_newsletter),
            ("a translation in progress", self.make_job),
            ("what waits in the queue", self.run_tasks),
        ]:
            self.say(f"  {title}…")
            step()

    @staticmethod
    def run_tasks() -> None:
        """Run what waits in the queue, each task once: every save of a page has asked anew for the same indexes."""
        tasks = DBTaskResult.objects.values_list("task_path", "args_kwargs", "pk")
        once = {(path, json.dumps(arguments)): key for path, arguments, key in tasks}
        DBTaskResult.objects.exclude(pk__in=once.values()).delete()
        run_queue()

    # -- People and files -------------------------------------------------------------------------------------------

    @transaction.atomic
    def make_logins(self) -> None:
        """The people of the demo, all with one password."""
        for name, full_name, group, language in LOGINS:
            first, _, last = full_name.partition(" ")
            user = User.objects.create_user(
                name,
                f"{name}@wayfield.example",
                PASSWORD,
                first_name=first,
                last_name=last,
                is_superuser=group is None,
            )
            if group:
                user.groups.add(Group.objects.get(name=group))
            UserProfile.objects.create(user=user, preferred_language=language)
            if name == "editor":
                self.editor = user

    @transaction.atomic
    def make_files(self) -> None:
        """Draw the pictures that texts name, and take the documents from their folder."""
        blocks = [block for story in self.stories.values() for block in story["body"]]
        blocks += [section for digest in self.site["digests"] for section in digest["sections"]]
        names = {story["artwork"] for story in self.stories.values()}
        names |= {block["artwork"] for block in blocks if block["type"] == "image"}
        names |= {SHARE_ARTWORK, *(category_artwork(category) for category in self.site["categories"])}
        with ProcessPoolExecutor() as pool:
            for name, data in zip(sorted(names), pool.map(illustration, sorted(names)), strict=True):
                self.photos[name] = Photo.objects.create(
                    title=f"Paper cut: {name.replace('-', ' no. ')}",
                    file=ContentFile(data, name=f"{name}.jpg"),
                    credit="Wayfield / Atelier papier",
                    licence="CC BY 4.0",
                )
        for path in sorted((DEMO / "documents").glob("*.pdf")):
            key, _, language = path.stem.rpartition("-")
            self.documents[key, language] = Download.objects.create(
                title=path.stem.replace("-", " ").capitalize(),
                language=language,
                file=ContentFile(path.read_bytes(), name=path.name),
            )

    # -- Pages ------------------------------------------------------------------------------------------------------

    def make_pages(self) -> None:
        """The settings of the site, and every page but articles and digests, in both languages."""
        texts = self.site
        organisation = texts["organisation"]
        SiteSettings.objects.update_or_create(
            site=Site.objects.get(is_default_site=True),
            defaults={
                "share_picture": self.photos[SHARE_ARTWORK],
                **{name: organisation[name] for name in ("legal_name", "postal_address", "contact_email")},
            },
        )
        home = texts["home"]
        self.rewrite(NewsIndexPage, {"title": texts["news"]["title"]})
        self.rewrite(LatestNewsPage, {"title": home["latest_heading"], "intro": texts["latest"]["intro"]})
        self.rewrite(MostReadPage, {"title": texts["most_read"]["title"], "intro": texts["most_read"]["intro"]})
        index = NewsIndexPage.objects.get(locale=self.locales["en"])
        for category in texts["categories"]:
            fields = {"title": category["title"], "intro": category["intro"]}
            artwork = self.photos[category_artwork(category)]
            self.categories[category["key"]] = self.add_translated(index, CategoryPage, fields, artwork=artwork)
        english_home = HomePage.objects.get(locale=self.locales["en"])
        for entry in texts["pages"]:
            page = self.add_translated(
                english_home, StandardPage, {"title": entry["title"]}, body=entry["body"], in_footer=True
            )
            if entry["slug"] == "about":
                self.about = page
            elif entry["slug"] == "privacy":
                privacy_page = page
        self.rewrite(
            HomePage,
            {
                "title": home["title"],
                "tagline": organisation["motto"],
                "footer_text": home["intro"],
                "sections": self.sections(HomePage, home["sections"]),
            },
        )
        letter = texts["newsletter"]
        self.rewrite(
            NewsletterPage,
            {
                "title": letter["title"],
                "intro": letter["intro"],
                "pitch": letter["sign_up_pitch"],
                "privacy_line": letter["privacy_line"],
                "why_you_receive": letter["why_you_receive"],
                "from_name": home["title"],
            },
            reply_to=organisation["contact_email"],
            privacy_page=privacy_page,
        )

    @transaction.atomic
    def rewrite(self, model: type[SitePage], fields: dict[str, dict[str, Any]], **same: Any) -> None:
        """Give a page of the tree its demo texts, in both languages."""
        page = model.objects.get(locale=self.locales["en"])
        for name, texts in fields.items():
            setattr(page, name, texts["en"])
        for name, value in same.items():
            setattr(page, name, value)
        page.save_revision(user=self.editor).publish()
        self.translate(page, fields, "fr")

    @transaction.atomic
    def add_translated(
        self, parent: SitePage, model: type, fields: dict, body: list[dict] | None = None, **same: Any
    ) -> Any:
        """Add a page below an English parent, publish it, translate it and publish the translation."""
        page = model(locale=parent.locale, **{name: texts["en"] for name, texts in fields.items()}, **same)
        if body:
            page.body = self.stream(model, body, "en")
        parent.refresh_from_db()
        parent.add_child(instance=page)
        page.save_revision(user=self.editor).publish()
        self.translate(page, fields, "fr", body)
        return page

    def translate(self, page: Any, fields: dict, language: str, body: list[dict] | None = None) -> None:
        """Translate a page as a translator would, and publish it on the day of its source."""
        task = translating.send_for_translation(page, self.locales[language], user=self.editor)
        task.source.update_from_db()
        finished = copy.copy(page)
        for name, texts in fields.items():
            setattr(finished, name, texts[language])
        if body:
            finished.body = self.stream(type(page), body, language, like=page.body)
        translating.take_over(task, finished, user=self.editor)
        task.save_target(user=self.editor, publish=True)

    def stream(self, model: Any, body: list[dict], language: str, like: Any = None) -> Any:
        """The body of a page of this type in one language, a StreamValue; with `like`, under the ids of its blocks."""
        kept_ids = [block.id for block in like] if like else [str(uuid.uuid4()) for _ in body]
        data = [
            {"type": block["type"], "id": block_id, "value": self.block_value(block, language)}
            for block, block_id in zip(body, kept_ids, strict=True)
        ]
        return model._meta.get_field("body").stream_block.to_python(data)

    def block_value(self, block: dict, language: str) -> Any:
        """What a block of a body holds in one language."""
        value: Any = block.get(language)
        match block["type"]:
            case "image":
                photo = self.photos[block["artwork"]]
                return {"image": photo.pk, "alt_text": value["alt"], "caption": value["caption"]}
            case "table":
                return {
                    "data": value["rows"],
                    "table_caption": value["caption"],
                    "first_row_is_table_header": True,
                    "first_col_is_header": False,
                    "table_header_choice": "row",
                    "cell": [],
                }
            case "document":
                return {"document": self.documents[block["document"], language].pk, "label": value["label"]}
            case "call_to_action":
                return {**value, "page": self.link_target(block["link"]).pk, "url": ""}
            case "sign_up" | "reads_choice":
                return None
        return value

    def sections(self, model: Any, entries: list[dict]) -> dict[str, Any]:
        """The sections of a home page or digest in each language, under the same ids."""
        ids = [str(uuid.uuid4()) for _ in entries]
        block = model._meta.get_field("sections").stream_block
        return {
            language: block.to_python(
                [
                    {"type": entry["type"], "id": block_id, "value": self.section_value(entry, language)}
                    for entry, block_id in zip(entries, ids, strict=True)
                ]
            )
            for language in self.locales
        }

    def section_value(self, entry: dict, language: str) -> Any:
        """What a section of a home page or digest holds in one language."""
        match entry["type"]:
            case "lead_story" | "story" if "story" in entry:
                return {
                    "article": self.articles[entry["story"]].pk,
                    "teaser": entry["teaser"][language] if "teaser" in entry else "",
                    "where_missing": entry.get("where_missing", "leave_out"),
                }
            case "lead_story":
                return {"article": None}
            case "latest" | "most_read":
                return {"heading": "", "length": entry["length"]}
            case "category":
                category = self.categories[entry["category"]].pk
                return {"category": category, "heading": entry["heading"][language], "length": entry["length"]}
        return self.block_value(entry, language)

    def link_target(self, link: str) -> Any:
        """The page that a call to action leads to."""
        if link == "newsletter":
            return NewsletterPage.objects.get(locale=self.locales["en"])
        return self.categories.get(link) or self.about

    # -- Stories ----------------------------------------------------------------------------------------------------

    @transaction.atomic
    def make_authors(self) -> None:
        """The authors, with what they are in both languages."""
        for entry in self.site["authors"]:
            author = Author.objects.create(name=entry["name"], role=entry["role"]["en"], locale=self.locales["en"])
            task = translating.send_for_translation(author, self.locales["fr"], user=self.editor)
            translating.fill(task, {"name": entry["name"], "role": entry["role"]["fr"]}, user=self.editor)
            task.save_target(user=self.editor)
            self.authors[entry["key"]] = author

    def make_articles(self) -> None:
        """The articles in the order of their dates, and then their translations."""
        by_date = sorted(self.stories.items(), key=lambda item: item[1]["date"])
        for slug, story in by_date:
            self.articles[slug] = self.add_article(slug, story)
        for slug, story in by_date:
            for language in ("en", "fr"):
                if language != story["source"] and language in story:
                    self.translate_article(self.articles[slug], story, language)

    @transaction.atomic
    def add_article(self, slug: str, story: dict) -> ArticlePage:
        """Publish a story in the language it was written in, as of its day."""
        language = story["source"]
        for block in story["body"]:
            if block.get("link") == "category":
                block["link"] = story["category"]
        article = ArticlePage(
            slug=slug,
            locale=self.locales[language],
            date=story["date"],
            lead_image=self.photos[story["artwork"]],
            category=self.categories[story["category"]],
            body=self.stream(ArticlePage, story["body"], language),
            **self.texts(story[language]),
        )
        article.bylines = [
            ArticleByline(author=self.authors[key], sort_order=number) for number, key in enumerate(story["authors"])
        ]
        article.related_articles = [
            RelatedArticle(article=self.articles[key], sort_order=number)
            for number, key in enumerate(story.get("related", []))
            if key in self.articles
        ]
        index = NewsIndexPage.objects.get(locale=self.locales[language])
        index.add_child(instance=article)
        article.save_revision(user=self.editor).publish()
        self.backdate(article, story["date"])
        return article

    @transaction.atomic
    def translate_article(self, article: ArticlePage, story: dict, language: str) -> None:
        """Translate an article and publish the translation as of the same day."""
        names = self.texts(story[language])
        fields = {name: {language: text} for name, text in names.items()}
        self.translate(article, fields, language, story["body"])
        transaction.on_commit(lambda: self.backdate(article.get_translation(self.locales[language]), story["date"]))

    @staticmethod
    def texts(entry: dict) -> dict[str, str]:
        """The texts of an article in one language, by field."""
        return {
            "title": entry["title"],
            "dateline": entry["dateline"],
            "standfirst": entry["standfirst"],
            "lead_image_alt": entry["lead_alt"],
            "lead_image_caption": entry["lead_caption"],
        }

    @staticmethod
    def backdate(article: Any, date: datetime) -> None:
        """As if it had been published on its day."""
        ArticlePage.objects.filter(pk=article.pk).update(first_published_at=date, last_published_at=date)

    @transaction.atomic
    def make_reads(self) -> None:
        """Spread the reads of a story over the last months: most in the days after it came out, none before."""
        rng = random.Random("reads")
        today = timezone.now().date()
        rows = []
        for slug, story in self.stories.items():
            age = max((today - story["date"].date()).days, 1)
            days = range(min(age, READING_DAYS))
            weights = [1.6 ** -((age - day) / 7) + 0.05 for day in days]
            for language, total in story["reads"].items():
                chosen = rng.choices(days, weights, k=total)
                key = self.articles[slug].translation_key
                rows += [
                    DailyReads(
                        translation_key=key,
                        language=language,
                        day=today - timedelta(days=day),
                        reads=chosen.count(day),
                    )
                    for day in set(chosen)
                ]
        DailyReads.objects.bulk_create(rows)

    # -- Newsletter -------------------------------------------------------------------------------------------------

    def make_newsletter(self) -> None:
        """Ranks, subscribers and digests; those that have a date are sent."""
        popularity.rewrite_ranks()
        page = NewsletterPage.objects.get(locale=self.locales["en"])
        self.make_subscribers(page)
        for entry in self.site["digests"]:
            digest = self.make_digest(page, entry)
            if sent_at := entry.get("sent"):
                self.send(digest, sent_at)

    @transaction.atomic
    def make_subscribers(self, newsletter: NewsletterPage) -> None:
        """The subscribers, with the consent they gave."""
        for email, language, interface_language in SUBSCRIBERS:
            subscription = Subscription.objects.create(
                subscriber=Subscriber.objects.create(email=email),
                newsletter_key=newsletter.translation_key,
                language=language,
                interface_language=interface_language,
                state=Subscription.State.ACTIVE,
            )
            letter = newsletter.get_translation(self.locales[interface_language])
            Consent.objects.create(
                subscription=subscription,
                purpose=letter.title,
                language=interface_language,
                choice=language,
                wording=letter.wording(str(dict(language_choices(interface_language))[language])),
                page_url=letter.full_url,
                confirmed_at=timezone.now() + timedelta(minutes=3),
            )

    @transaction.atomic
    def make_digest(self, newsletter: NewsletterPage, entry: dict) -> DigestPage:
        """A digest and its translation, as drafts."""
        newsletter.refresh_from_db()
        fields = {
            "title": entry["subject"],
            **{name: entry[name] for name in ("preheader", "greeting", "intro", "closing")},
            "sections": self.sections(DigestPage, entry["sections"]),
        }
        digest = DigestPage(
            locale=self.locales["en"],
            live=False,
            number=entry["number"],
            date=entry["date"],
            name_left_out=True,
            **{name: texts["en"] for name, texts in fields.items()},
        )
        newsletter.add_child(instance=digest)
        digest.save_revision(user=self.editor)
        task = translating.send_for_translation(digest, self.locales["fr"], user=self.editor)
        finished = copy.copy(digest)
        for name, texts in fields.items():
            setattr(finished, name, texts["fr"])
        translating.take_over(task, finished, user=self.editor)
        task.save_target(user=self.editor, publish=False)
        return digest

    def send(self, digest: DigestPage, sent_at: datetime) -> None:
        """Send a digest for real: the engine hands it to the mailbox of the demo."""
        campaign = sending.freeze(digest, User.objects.get(username="sender"))
        while sending.step():
            pass
        Campaign.objects.filter(pk=campaign.pk).update(confirmed_at=sent_at, finished_at=sent_at)

    # -- People who work together -----------------------------------------------------------------------------------

    @transaction.atomic
    def make_job(self) -> None:
        """The editor has asked the translator for a story; she has begun, and asks something back."""
        entry = self.site["job"]
        translator = User.objects.get(username="translator")
        due_on = timezone.localdate() + timedelta(days=entry["days"])
        article = self.articles[entry["story"]]
        task = translating.send_for_translation(article, self.locales[entry["language"]], user=self.editor)
        jobs.ask([task], self.editor, jobs.Request(translator, due_on, entry["note"]))
        translating.fill(task, entry["begun"], user=translator)
        task.save_target(user=translator, publish=False)
        asked = entry["question"]
        segment = StringSegment.objects.get(source=task.source, string__data__contains=asked["about"])
        questions.ask(task, segment, translator, asked["text"])
