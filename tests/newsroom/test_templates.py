"""Every template compiles, also those that are shown only when something goes wrong."""

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = settings.BASE_DIR / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name):
    get_template(name)


@pytest.mark.parametrize(("address", "language"), [("/en/x/", "en"), ("/fr/x/", "fr")])
@pytest.mark.urls("tests.newsroom.broken_urls")
def test_an_error_is_shown_in_the_language_of_the_address_without_the_database(client, address, language):
    client.raise_request_exception = False
    response = client.get(address)
    assert response.status_code == 500
    assert f'<html lang="{language}"' in response.content.decode()
