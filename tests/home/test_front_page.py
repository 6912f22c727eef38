"""The front page: what stands where."""

from articles import popularity
from home import front_page


def titles(articles):
    return [article.title for article in articles]


def test_the_newest_story_leads_and_the_next_follow(make_article):
    for title in ("Old", "Middle", "New"):
        make_article(title)
    front = front_page.compose("en")
    assert front.lead.title == "New"
    assert titles(front.latest.articles) == ["Middle", "Old"]


def test_no_story_stands_there_twice(make_article):
    articles = [make_article(f"Article {n}") for n in range(14)]
    for article in articles[-3:]:
        popularity.count_read(article)
    popularity.rewrite_ranks()

    front = front_page.compose("en")
    shown = titles([front.lead, *front.latest.articles, *front.most_read.articles])
    assert len(shown) == len(set(shown))
    assert front.most_read.articles


def test_a_site_without_articles_has_a_front_page(client, site):
    for language in ("en", "fr"):
        assert client.get(getattr(site, language).home.url).status_code == 200


def test_each_language_has_its_own(make_article, translate):
    make_article("Only English")
    translate(make_article("Bridge"), "fr", title="Pont")
    assert front_page.compose("fr").lead.title == "Pont"
    assert front_page.compose("fr").latest.articles == []


def test_the_neutral_address_leads_to_the_language_of_the_browser(client, site):
    response = client.get("/", headers={"accept-language": "fr-BE,fr;q=0.9,en;q=0.5"})
    assert (response.status_code, response["Location"]) == (302, "/fr/")
    assert "Accept-Language" in response["Vary"]
    assert client.get("/", headers={"accept-language": "zu"})["Location"] == "/en/"


def test_other_addresses_never_negotiate(client, site):
    response = client.get("/en/", headers={"accept-language": "fr"})
    assert response.status_code == 200
    assert '<html lang="en"' in response.content.decode()


def test_an_address_without_a_language_does_not_lead_to_one(client, site):
    assert client.get("/latest-news/").status_code == 404


def test_a_missing_page_answers_in_the_language_of_its_address(client, site):
    french = client.get("/fr/nulle-part/")
    assert french.status_code == 404
    assert '<html lang="fr"' in french.content.decode()


def test_the_health_check_answers(client, db):
    assert client.get("/healthz").status_code == 200
