"""What stands round a story: who, when, how long, what next; and no story twice."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from articles import counting, popularity
from articles.models import ArticleByline, ArticlePage, Author, RelatedArticle
from articles.reading_time import minutes_to_read
from articles.related import related_to
from articles.templatetags.article_tags import share_links
from tests.reading import html_of


@pytest.mark.parametrize(
    ("words", "language", "minutes"), [(0, "en", 0), (1, "en", 1), (238, "en", 1), (1190, "en", 5), (1070, "fr", 5)]
)
def test_the_time_to_read_depends_on_the_language(words, language, minutes):
    assert minutes_to_read(["word " * words], language) == minutes


def test_the_time_to_read_is_shown_in_words(client, make_article):
    assert "Reading time: 1 minute" in html_of(client, make_article())
    assert "Temps de lecture" in html_of(client, make_article("Puits", "fr", text="<p>" + "mot " * 1070 + "</p>"))


@pytest.mark.parametrize(("age", "said"), [(364, None), (367, "more than a year old"), (1100, "more than 3 years old")])
def test_a_story_says_when_it_is_old(client, make_article, age, said):
    html = html_of(client, make_article(date=timezone.now() - timedelta(days=age)))
    assert ("This article is" in html) == bool(said)
    assert (said or "") in html


def test_a_later_change_is_dated_when_it_differs_by_more_than_a_day(client, make_article):
    article = make_article()
    ArticlePage.objects.filter(pk=article.pk).update(
        first_published_at=datetime(2026, 3, 1, tzinfo=UTC), last_published_at=datetime(2026, 3, 1, 20, tzinfo=UTC)
    )
    ArticlePage.objects.filter(pk=article.pk).update(date=datetime(2026, 3, 1, tzinfo=UTC))
    assert "Updated on" not in html_of(client, article)
    ArticlePage.objects.filter(pk=article.pk).update(last_published_at=datetime(2026, 3, 3, tzinfo=UTC))
    assert 'Updated on <time datetime="2026-03-03' in html_of(client, article)


def test_a_translation_leads_to_its_original(client, make_article, translate):
    article = make_article("Wells")
    french = translate(article, "fr", title="Puits")
    assert re.search(rf'<a href="{article.url}" hreflang="en">Original', html_of(client, french))
    assert "Original in" not in html_of(client, article)


def test_what_an_editor_chose_comes_first_then_the_newest_of_the_category(make_article, make_category):
    water = make_category("Water")
    chosen = make_article("Chosen")
    newest = [make_article(f"Well {n}", category=water) for n in range(4)]
    make_article("Elsewhere", category=make_category("Rights"))
    article = make_article("Story", category=water, related_articles=[RelatedArticle(article=chosen)])
    assert [card.title for card in related_to(article)] == ["Chosen", newest[3].title, newest[2].title]


def test_without_category_and_choice_nothing_is_related(make_article):
    make_article("Other")
    assert related_to(make_article("Story")) == []


def test_no_story_stands_twice_on_the_page_of_an_article(client, make_article, make_category):
    water = make_category("Water")
    articles = [make_article(f"Well number {n} of many", category=water) for n in range(14)]
    for article in articles:
        counting.count_read(article.pk)
    popularity.rewrite_ranks()
    html = html_of(client, articles[13])
    titles = re.findall(r'class="card__title"[^>]*>\s*<a[^>]*>(.*?)</a>', html)
    assert len(titles) == 3 + 3 + 6
    assert len(set(titles)) == len(titles)
    assert articles[13].title not in titles


def test_sharing_asks_nothing_of_other_sites_and_carries_title_and_address(client, make_article):
    article = make_article("Tea & “wells”:\nfive % more")
    html = html_of(client, article)
    assert "<iframe" not in html
    links = {link.name: link.url for link in share_links(article)}
    assert f'href="{links["Facebook"]}"' in html
    assert parse_qs(urlsplit(links["LinkedIn"]).query) == {"url": [article.full_url]}
    assert parse_qs(urlsplit(links["Bluesky"]).query) == {"text": [f"Tea & “wells”: five % more {article.full_url}"]}
    assert parse_qs(urlsplit(links["E-mail"]).query)["subject"] == ["Tea & “wells”: five % more"]


@pytest.mark.parametrize("title", ["تعاونية النساء", "w" * 255, "<script>alert(1)</script>", "妇女合作社"])
def test_any_title_stands_in_the_page_with_its_own_direction(client, site, make_article, title):
    from django.utils.html import escape

    article = make_article(title)
    assert re.search(rf'<h1[^>]* dir="auto">{re.escape(escape(title))}</h1>', html_of(client, article))
    assert re.search(
        rf'card__title" dir="auto">\s*<a[^>]*>{re.escape(escape(title))}</a>', html_of(client, site.en.home)
    )


def test_a_title_of_two_lines_is_one_line_where_there_is_room_for_no_more(client, site, make_article):
    make_article("First")
    article = make_article("Sharing is caring:\nequal parenting", date=timezone.now() - timedelta(days=90))
    assert "<title>Sharing is caring: equal parenting –" in html_of(client, article)
    assert "Sharing is caring: equal parenting</a>" in html_of(client, site.en.latest)


def test_a_name_in_another_script_keeps_its_direction(client, site, make_article):
    author = Author.objects.create(name="ليلى حداد", role="Editor", locale=site.locales["en"])
    html = html_of(client, make_article(bylines=[ArticleByline(author=author)]))
    assert '<b dir="auto">ليلى حداد</b>' in html


def test_a_page_begins_at_once_and_has_no_empty_attribute(client, site, make_article, make_category, photo):
    article = make_article(category=make_category(), lead_image=photo)
    for page in (article, site.en.home, site.fr.latest, site.en.index):
        html = html_of(client, page)
        assert html.startswith("<!doctype html>")
        empty = set(re.findall(r'\b([\w-]+)=""', html)) - {"alt", "value"}
        assert not empty
        assert len(re.findall("<h1[ >]", html)) == 1


def test_the_blocks_of_a_story_stand_in_it_directly(client, make_article):
    assert "block-paragraph" not in html_of(client, make_article())


def test_a_story_without_anything_but_a_title_is_a_page(client, make_article):
    html = html_of(client, make_article("Bare", text="", body=[]))
    assert "Reading time" not in html
    assert 'class="article__after"' not in html


def test_the_search_field_is_on_every_page_and_needs_no_script(client, site, make_article):
    html = html_of(client, make_article())
    form = re.search(r'<form class="search-box" role="search".*?</form>', html, flags=re.S)[0]
    assert 'action="/en/search/"' in form
    assert 'method="get"' in form
    assert 'name="q"' in form


def test_the_foot_names_who_publishes_and_links_the_feed(client, site):
    from wagtail.models import Site

    from home.models import SiteSettings

    settings = SiteSettings.for_site(Site.objects.get())
    settings.legal_name, settings.postal_address = "Wayfield AISBL", "1 rue Neuve, Brussels"
    settings.contact_email = "us@example.org"
    settings.save()
    html = html_of(client, site.fr.home)
    foot = html[html.index("<footer") :]
    for words in ("Wayfield AISBL", "1 rue Neuve, Brussels", "mailto:us@example.org", f"{site.fr.latest.url}feed/"):
        assert words in foot


def test_moments_are_given_to_the_second(client, make_article):
    html = html_of(client, make_article(date=datetime(2026, 3, 4, 9, 30, 15, 123456, tzinfo=UTC)))
    assert '<time datetime="2026-03-04T10:30:15+01:00">4 March 2026</time>' in html


@pytest.mark.parametrize("live", [True, False])
def test_a_call_to_action_never_leads_to_a_page_that_is_not_public(client, site, make_article, live):
    target = make_article("Target", live=live)
    call = {"text": "Join us.", "label": "Join", "page": target, "url": ""}
    html = html_of(client, make_article(body=[("call_to_action", call)]))
    assert ('<a class="button"' in html) == live


def test_a_call_to_action_whose_page_is_not_translated_says_its_language(client, make_article):
    english = make_article("Only English")
    call = {"text": "Agissez.", "label": "Lire", "page": english}
    html = html_of(client, make_article("Puits", "fr", body=[("call_to_action", call)]))
    assert f'href="{english.url}" hreflang="en">Lire (<span lang="en">English</span>)</a>' in html
    html = html_of(
        client, make_article("Eau", "fr", body=[("call_to_action", {**call, "url": "https://example.org/fr"})])
    )
    assert 'href="https://example.org/fr">Lire</a>' in html


def test_what_was_deleted_leaves_no_trace_in_the_text(client, make_article):
    body = [
        ("document", {"document": None, "label": "Annual report"}),
        ("image", {"image": None, "alt_text": "", "caption": "The old well"}),
    ]
    html = html_of(client, make_article(body=body))
    assert "Annual report" not in html
    assert "The old well" not in html
