"""Every address that stands in the demo: links lead somewhere, translations point back, machines find the same."""

from urllib.parse import urldefrag

from tests.journeys.crawl import LANGUAGES, step_of
from tests.journeys.test_every_page import complaints_about
from tests.judges import alternates, feeds, links
from tests.judges.answers import without_tracking
from tests.judges.headers import header_complaints
from tests.schemas import schema


def test_every_link_and_every_file_is_there(crawl):
    def broken(page):
        named = [*links.anchors_of(page), *links.fetched_by(page), *links.named_addresses_of(page)]
        targets = {urldefrag(url).url for url in named if links.is_inside(url, crawl.site)}
        answers = {step_of(url): crawl.answers[url].status for url in targets if url in crawl.answers}
        return [f"{status}: {path}" for path, status in answers.items() if status != 200 and path != page.path]

    # A page that says no may name its own address; personal links are no part of the walk.
    assert complaints_about(crawl.documents, broken) == {}


def test_every_fragment_names_a_part_of_its_page(crawl):
    def nowhere(page):
        pairs = [urldefrag(url) for url in links.anchors_of(page) if "#" in url]
        inside = [(page if url == page.url else crawl.answers.get(url), fragment) for url, fragment in pairs]
        return [f"#{fragment}" for target, fragment in inside if target and fragment not in target.ids]

    assert complaints_about(crawl.documents, nowhere) == {}


def test_no_page_reaches_for_another_site(crawl):
    assert complaints_about(crawl.documents, lambda page: links.foreign_complaints(page, crawl.site)) == {}


def test_the_walk_leads_to_no_page_that_is_for_editors(crawl):
    assert [answer.path for answer in crawl.answers.values() if answer.path.startswith(("/admin", "/mailbox"))] == []


def test_readers_get_no_cookie_and_safe_headers(crawl):
    assert complaints_about([*crawl.answers.values(), *crawl.flow.values()], header_complaints) == {}


def test_personal_pages_are_kept_by_nobody(crawl):
    personal = [answer for answer in crawl.flow.values() if not answer.path.endswith("/subscription/")]
    assert len(personal) == 2 * 19
    for answer in personal:
        assert answer.headers["Cache-Control"] == "no-store", step_of(answer.path)
        assert answer.headers["Referrer-Policy"] == "no-referrer", step_of(answer.path)


def test_every_page_names_itself_and_its_translations_which_point_back(crawl):
    # A mail in the archive is as it was sent; the sitemap names its translations.
    pages = [page for page in crawl.pages if page.is_indexable and not page.is_archived_mail]
    assert complaints_about(pages, lambda page: alternates.address_complaints(page, crawl.answers)) == {}


def test_what_says_no_is_listed_nowhere(crawl):
    refusals = [page for page in crawl.documents if page.status >= 400]
    assert {page.status for page in refusals} >= {400, 403, 404, 410, 422}
    assert [page.path for page in refusals if "noindex" not in f"{page.metadata('robots')}"] == []


def test_the_sitemap_names_the_pages_that_may_be_indexed_with_the_same_translations(crawl):
    in_sitemap = feeds.sitemap_alternates(crawl.sitemaps)
    assert len(in_sitemap) >= 80
    assert {url for url, named in in_sitemap.items() if "x-default" not in named} == set()
    pages = {page.url: page for page in crawl.pages if page.is_indexable}
    assert {url for url in in_sitemap if url not in pages} == set()
    # A mail in the archive is as it was sent, and names nothing.
    on_pages = {url: alternates.alternates_of(page) for url, page in pages.items() if not page.is_archived_mail}
    assert {url: named for url, named in on_pages.items() if url in in_sitemap and named != in_sitemap[url]} == {}
    articles = {url for url, page in pages.items() if page.metadata("og:type") == "article"}
    assert {url for url in articles if "?" not in url and url not in in_sitemap} == set()


def test_no_link_leads_to_a_copy_of_a_page(crawl):
    def copies(page):
        targets = [crawl.answers.get(urldefrag(url).url) for url in links.anchors_of(page)]
        canonical = {to.url: alternates.canonical_of(to) for to in targets if to and to.is_html and to is not page}
        return [url for url, names in canonical.items() if names and names != [without_tracking(url)]]

    assert complaints_about(crawl.pages, copies) == {}


def test_every_sitemap_is_valid(crawl):
    sitemaps = schema("sitemap")
    assert len(crawl.sitemaps) > len(LANGUAGES)

    def faults(sitemap):
        return [f"{error.path}: {error.reason}" for error in sitemaps.iter_errors(sitemap.text)]

    assert complaints_about(crawl.sitemaps, faults) == {}


def test_robots_txt_names_the_sitemaps(crawl):
    text = crawl["/robots.txt"].text
    named = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("Sitemap:")]
    assert f"{crawl.site}/sitemap.xml" in named
    assert [url for url in named if crawl.answers[url].status != 200] == []


def test_every_feed_is_whole_and_leads_to_pages(crawl):
    assert len(crawl.feeds) >= 28
    assert complaints_about(crawl.feeds, feeds.feed_complaints) == {}
    dead = {url for feed in crawl.feeds for url in feeds.feed_links(feed) if crawl.answers[url].status != 200}
    assert dead == set()
