"""What readers get, and what it costs."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page


def html_of(client: Client, page: Page) -> str:
    """A page as readers get it."""
    response = client.get(page.url)
    assert response.status_code == 200
    return response.content.decode()


def queries_of(client: Client, address: str) -> list[str]:
    """The statements that a page needs once its pictures are made and the addresses of the site are remembered."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]
