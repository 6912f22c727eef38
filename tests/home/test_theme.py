"""The accent colour that an editor chooses, on the site and in the mails."""

import re

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Site

from home import theme
from home.models import SiteSettings
from newsletter.digest import organisation
from newsroom.settings.base import BASE_DIR


@pytest.fixture
def choose(site):
    def make(accent):
        settings = SiteSettings.for_site(Site.objects.get())
        settings.accent = accent
        settings.full_clean()
        settings.save()

    return make


@pytest.mark.parametrize("accent", ["#000000", "#003366", "#8A1C1C", "#006600", "#5b2a86"])
def test_letters_can_be_read_on_every_paper_in_light_and_dark(accent):
    colours = theme.theme_of(accent)
    for colour in (colours.accent, colours.strong):
        assert theme.least_contrast(colour, (*theme.LIGHT_PAPERS, colours.on_accent)) >= theme.CONTRAST
    for colour in (colours.dark, colours.dark_strong):
        assert theme.least_contrast(colour, (*theme.DARK_PAPERS, colours.on_dark)) >= theme.CONTRAST


@pytest.mark.parametrize(("one", "other", "contrast"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.478)])
def test_contrast_is_what_the_standard_says(one, other, contrast):
    assert theme.least_contrast(one, (other,)) == pytest.approx(contrast, abs=0.001)


@pytest.mark.parametrize("accent", ["#ff8800", "#ffffff", "#777777"])
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(choose, accent):
    with pytest.raises(ValidationError) as error:
        choose(accent)
    (message,) = error.value.message_dict["accent"]
    assert theme.is_readable(re.search(r"#\w{6}", message)[0])


def test_the_tokens_of_the_house_are_those_of_the_stylesheet():
    tokens = (BASE_DIR / "static" / "css" / "tokens.css").read_text()
    light, dark = tokens.split("prefers-color-scheme: dark")
    house = theme.HOUSE
    for part, papers, accent, strong, on in (
        (light, theme.LIGHT_PAPERS, house.accent, house.strong, house.on_accent),
        (dark, theme.DARK_PAPERS, house.dark, house.dark_strong, house.on_dark),
    ):
        expected = {"paper": papers[0], "paper-deep": papers[1], "accent": accent}
        expected |= {"accent-strong": strong, "on-accent": on}
        found = dict(re.findall(r"--([\w-]+): (#\w{6});", part))
        assert expected.items() <= found.items()


def test_without_a_colour_of_its_own_the_site_asks_for_no_theme(client, site):
    assert "/theme/" not in client.get(site.en.home.url).content.decode()


def test_the_theme_is_a_stylesheet_that_may_be_kept_forever(client, choose, site):
    choose("#003366")
    html = client.get(site.en.home.url).content.decode()
    address = re.search(r'<link rel="stylesheet" href="(/theme/[^"]+)">', html).group(1)
    response = client.get(address)
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    assert "--accent:#003366" in response.content.decode()


@pytest.mark.parametrize("name", ["ffffff.0", "red.0", "003366"])
def test_no_other_theme_has_an_address(client, site, name):
    assert client.get(f"/theme/{name}.css").status_code == 404


def test_mails_have_the_same_colours(choose, make_mail):
    choose("#003366")
    html = make_mail(organisation())
    assert "#003366" in html
    assert theme.theme_of("#003366").dark in html
    assert theme.HOUSE.accent not in html
    assert theme.HOUSE.dark not in html


@pytest.fixture
def make_mail():
    """The mail that asks to confirm, as HTML."""
    from django.template.loader import render_to_string

    from newsletter.mails import confirmation
    from newsletter.models import NewsletterPage
    from newsletter.rendering import compile_mjml

    def make(organisation):
        letter = confirmation(["The Wayfield Letter"], "https://news.example.org/x")
        context = {"language": "en", "letter": letter, "site_name": "Wayfield"}
        newsletter = NewsletterPage.objects.live_in("en").get()
        return compile_mjml(
            render_to_string("email/letter.mjml", {**context, "newsletter": newsletter, "organisation": organisation})
        )

    return make


@pytest.fixture
def choose_logo(site):
    def make(photo):
        settings = SiteSettings.for_site(Site.objects.get())
        settings.logo = photo
        settings.save()

    return make


def test_the_logo_stands_in_the_masthead(client, site, choose_logo, photo):
    choose_logo(photo)
    html = client.get(site.fr.home.url).content.decode()
    masthead = html[html.index("<header") : html.index("</header>")]
    assert "<img" in masthead
    assert 'alt=""' in masthead


def test_the_logo_stands_in_mails_at_half_its_width(choose_logo, photo, make_mail):
    assert "<img" not in make_mail(organisation())
    choose_logo(photo)
    logo = organisation().logo
    file = photo.get_rendition("max-400x80|format-png")
    assert re.fullmatch(r"https://news\.example\.org/media/mails/[0-9a-f]{32}\.png", logo.url)
    assert logo.width == file.width // 2
    assert re.search(rf'<img alt="" src="{logo.url}"[^>]* width="{logo.width}"', make_mail(organisation()))


def test_a_logo_whose_file_is_lost_stops_no_mail(choose_logo, photo, make_mail):
    photo.file.storage.delete(photo.file.name)
    choose_logo(photo)
    assert "<img" not in make_mail(organisation())
