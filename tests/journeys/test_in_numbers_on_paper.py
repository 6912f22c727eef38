"""“In numbers” is printed for people who never see the admin."""

import re

from playwright.sync_api import expect


def test_it_is_one_page_without_the_admin_around_it(open_browser):
    page = open_browser("editor", width=690)  # as wide as A4 between its margins
    page.goto("/admin/reports/in-numbers/")
    expect(page.locator(".sidebar-nav-toggle")).to_be_visible()
    page.emulate_media(media="print")
    for part in (".sidebar-nav-toggle", ".w-slim-header", ".in-numbers-choice", ".reads-chart__figures"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.get_by_role("heading", name="In numbers").last).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
