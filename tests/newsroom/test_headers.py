"""Content security policy, for readers and for the admin, and in previews."""

import pytest


def test_the_admin_has_its_own_policy(login, site):
    policy = login().get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "frame-src 'self'" in policy


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_draft_is_shown_in_its_language_with_styles_the_admin_allows(language, login, make_article):
    draft = make_article("Brouillon", language=language, live=False)
    response = login().get(f"/admin/pages/{draft.pk}/view_draft/")
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{language}"' in html
    assert "Brouillon" in html
    assert "data-reads" not in html
    assert response["Content-Security-Policy"].count("default-src") == 1


def test_an_unfinished_draft_is_404_for_readers(client, make_article):
    assert client.get(make_article(live=False).url).status_code == 404
