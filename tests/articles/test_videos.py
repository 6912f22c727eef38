"""Videos of other sites: nothing is asked of them before a reader wants to see one."""

import pytest

from articles.videos import PLAYER_HOSTS, player_address

YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.mark.parametrize(
    "address",
    [
        YOUTUBE,
        "https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=10",
        "https://m.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?t=10",
        "https://www.youtube.com/live/dQw4w9WgXcQ",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "http://youtu.be/dQw4w9WgXcQ",
    ],
)
def test_youtube_plays_in_its_form_without_cookies(address):
    assert player_address(address) == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"


def test_a_youtube_address_may_end_with_a_hyphen():
    assert player_address("https://youtu.be/dQw4w9WgXc-") == (
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXc-?autoplay=1"
    )
    assert player_address("https://youtu.be/dQw4w9WgXc-x") is None


@pytest.mark.parametrize(
    "address",
    [
        "https://vimeo.com/123456",
        "http://www.vimeo.com/123456?share=copy",
        "https://vimeo.com/channels/staffpicks/123456",
        "https://player.vimeo.com/video/123456",
    ],
)
def test_vimeo_plays_with_tracking_off(address):
    assert player_address(address) == "https://player.vimeo.com/video/123456?dnt=1&autoplay=1"


def test_a_vimeo_video_that_is_not_listed_plays_with_its_key():
    assert player_address("https://vimeo.com/123456/ab12cd") == (
        "https://player.vimeo.com/video/123456?h=ab12cd&dnt=1&autoplay=1"
    )


@pytest.mark.parametrize(
    "address", ["https://example.org/video", "https://www.youtube.com/", "https://evil.example/youtu.be/dQw4w9WgXcQ"]
)
def test_other_addresses_are_links(address):
    assert player_address(address) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Watch the video on youtube.com"), ("fr", "Regarder la vidéo sur youtube.com")],
)
def test_a_page_holds_a_link_and_the_players_address_but_no_frame(client, make_article, language, words):
    article = make_article(language=language, body=[("video", {"url": YOUTUBE, "title": "The bridge"})])
    response = client.get(article.url)
    html = response.content.decode()
    assert words in html
    assert f'href="{YOUTUBE}"' in html
    assert 'data-player="https://www.youtube-nocookie.com/embed/' in html
    assert "<iframe" not in html
    assert all(host in response["Content-Security-Policy"] for host in PLAYER_HOSTS)
