"""What it takes to send a digest with which something is wrong: a tick for a warning, a reason for a block."""

import re

import pytest
from django.urls import reverse
from wagtail.models import Locale, PageLogEntry

from newsletter import preflight, sending
from newsletter.models import Campaign
from newsletter.preflight import Answers
from newsletter.sending import NotSendable
from newsroom.localization import translating
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(bilingual_digest, subscribe):
    """A digest with nothing to mend and two readers."""
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    return bilingual_digest


@pytest.fixture
def warned(ready):
    """One with a warning: its English subject is long."""
    ready.title = "A well, and what it costs, " * 3
    ready.save_revision()
    french(ready)
    return ready


@pytest.fixture
def blocked(ready):
    """One that something blocks, and a reason helps over: its closing was not finished."""
    ready.closing = "<p>We dug TK wells.</p>"
    ready.save_revision()
    french(ready, closing="Nous avons creusé.")
    return ready


def french(page, **texts):
    """Bring the French translation up to date."""
    task = translating.send_for_translation(page, Locale.objects.get(language_code="fr"))
    texts.setdefault("title", "Un puits et son prix")
    translating.fill(task, texts)


def address(page):
    return reverse("newsletter_send_digest", args=[page.pk])


def form_of(client, page, **answers):
    html = client.get(address(page)).content.decode()
    return {"fingerprint": re.search(r'name="fingerprint" value="(\w+)"', html)[1], **answers}


def only(page):
    (problem,) = preflight.run(page).problems
    return problem


def test_a_warning_needs_a_tick(login, warned):
    sender = login(SENDERS)
    problem = only(warned)
    assert problem.code == "subject-long"
    html = sender.post(address(warned), form_of(sender, warned)).content.decode()
    assert "please tick what you have taken note of" in html
    assert not Campaign.objects.exists()
    sender.post(address(warned), form_of(sender, warned, **{f"tick-{problem.key}": "on"}))
    campaign = Campaign.objects.get()
    entry = PageLogEntry.objects.get(action=sending.SENT)
    assert entry.data == {"campaign": campaign.pk, "readers": 2, "warnings": ["subject-long"]}


def test_a_block_needs_a_reason_which_is_kept_with_name_and_code(login, blocked):
    sender = login(SENDERS)
    problem = only(blocked)
    assert problem.code == "leftover"
    for answer in ("", "   "):
        html = sender.post(address(blocked), form_of(sender, blocked, **{f"reason-{problem.key}": answer})).content
        assert "write down why" in html.decode()
    assert not Campaign.objects.exists()
    reason = "TK is the name of the well."
    sender.post(address(blocked), form_of(sender, blocked, **{f"reason-{problem.key}": reason}))
    campaign = Campaign.objects.get()
    entry = PageLogEntry.objects.get(action=sending.OVERRIDDEN)
    assert entry.user.username == SENDERS
    assert entry.data == {"campaign": campaign.pk, "code": "leftover", "language": "en", "reason": reason}
    assert reason in entry.message


def test_a_tick_is_no_reason(login, blocked):
    sender = login(SENDERS)
    key = only(blocked).key
    sender.post(address(blocked), form_of(sender, blocked, **{f"tick-{key}": "on"}))
    assert not Campaign.objects.exists()


def test_what_was_written_and_ticked_is_not_lost_when_something_is_missing(login, blocked):
    blocked.preheader = "Short"
    blocked.save_revision()
    french(blocked, preheader="Trois histoires du Réseau, et ce qu’elles coûtent")
    sender = login(SENDERS)
    by_code = {problem.code: problem.key for problem in preflight.run(blocked).problems}
    written = {f"reason-{by_code['leftover']}": "It’s “fine” <so>"}
    html = sender.post(address(blocked), form_of(sender, blocked, **written)).content.decode()
    assert 'value="It’s “fine” &lt;so&gt;"' in html
    ticked = {f"tick-{by_code['preheader-short']}": "on"}
    html = sender.post(address(blocked), form_of(sender, blocked, **ticked)).content.decode()
    assert f'name="tick-{by_code["preheader-short"]}" checked' in html
    html = sender.post(address(blocked), {"fingerprint": "0" * 64, **written}).content.decode()
    assert "has changed since you looked" in html
    assert 'value="It’s “fine” &lt;so&gt;"' in html


def test_a_reason_for_one_thing_is_none_for_another(blocked):
    reasons = {only(blocked).key: "TK is the name of the well."}
    blocked.closing = "<p>We dug two TODO wells.</p>"
    blocked.save_revision()
    french(blocked, closing="Nous avons creusé.")
    with pytest.raises(NotSendable) as refused:
        sending.freeze(blocked, None, answers=Answers(reasons=reasons))
    assert [problem.code for problem in refused.value.problems] == ["leftover"]


def test_no_reason_helps_where_there_is_nobody_to_send_to(login, bilingual_digest):
    sender = login(SENDERS)
    problem = only(bilingual_digest)
    assert problem.final
    html = sender.get(address(bilingual_digest)).content.decode()
    assert "No reason helps over this." in html
    assert "Send to 0" not in html
    assert f"reason-{problem.key}" not in html
    fingerprint = preflight.run(bilingual_digest).fingerprint
    html = sender.post(address(bilingual_digest), {"fingerprint": fingerprint, f"reason-{problem.key}": "I want to"})
    assert "Nothing was sent" in html.content.decode()
    assert not Campaign.objects.exists()


def test_a_second_press_finds_the_campaign_of_the_first(login, warned):
    sender = login(SENDERS)
    data = form_of(sender, warned, **{f"tick-{only(warned).key}": "on"})
    sender.post(address(warned), data)
    assert "already being sent" in sender.post(address(warned), data, follow=True).content.decode()
    assert Campaign.objects.count() == 1


def test_the_command_takes_warnings_as_read_and_overrides_nothing(blocked):
    with pytest.raises(NotSendable):
        sending.freeze(blocked, None)


# -- The panel beside the editors --------------------------------------------------------------------------------------


def panel(html):
    return html.partition('data-side-panel="preflight"')[2].partition("data-side-panel")[0]


def test_the_panel_stands_beside_both_editors_with_links_to_what_is_to_be_mended(login, blocked, site):
    in_french = blocked.get_translation(site.locales["fr"])
    html = panel(login(EDITORS).get(f"/admin/pages/{blocked.pk}/edit/").content.decode())
    assert "“TK” has been left in the English edition" in html
    assert f"/admin/newsletter/digests/{blocked.pk}/test/" in html
    assert f"/admin/newsletter/digests/{blocked.pk}/send/" not in html, "she may not send"
    assert "Mend it" not in html, "she is where it is mended"
    sender = login(SENDERS)
    assert f'href="/admin/pages/{blocked.pk}/edit/">Mend it' in sender.get(address(blocked)).content.decode()
    translator = login(translators_of("fr"), language="fr")
    html = panel(translator.get(f"/admin/pages/{in_french.pk}/edit/").content.decode())
    assert "«\xa0TK\xa0» est resté dans l’édition en anglais" in html
    assert f"/admin/pages/{blocked.pk}/edit/" not in html, "she may not edit the English page"


def test_other_pages_have_no_such_panel_nor_has_a_digest_that_was_sent(login, ready, site, make_article):
    editor = login(EDITORS)
    for page in (site.en.newsletter, make_article("Wells")):
        assert 'data-side-panel="preflight"' not in editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    sending.freeze(ready, None)
    assert 'data-side-panel="preflight"' not in editor.get(f"/admin/pages/{ready.pk}/edit/").content.decode()
