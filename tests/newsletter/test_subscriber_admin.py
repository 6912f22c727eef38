"""What communications staff see of subscribers, and may do about them."""

import io
import json
import re
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from newsletter import subscriptions
from newsletter.models import Bounce, Campaign, Consent, Delivery, Subscriber, Subscription, Suppression
from newsletter.subscriptions import AddressSuppressed, AlreadySubscribed, HasLeft, add_by_hand
from newsletter.suppression import suppress
from newsroom.management.commands.set_up_site import EDITORS, MANAGERS, SENDERS

pytestmark = pytest.mark.django_db

LISTING = "newsletter_subscribers:index"


@pytest.fixture
def manager(login):
    """Somebody who manages subscribers."""
    return login(MANAGERS)


@pytest.fixture
def sender(login):
    """Somebody who may see subscribers, and nothing more."""
    return login(SENDERS)


@pytest.fixture
def quiet(subscribe):
    """Make a subscriber who was last heard of three years ago."""

    def make(email, **fields):
        long_ago = timezone.now() - timedelta(days=1100)
        subscription = subscribe(email, **fields)
        Subscriber.objects.filter(pk=subscription.subscriber_id).update(created_at=long_ago, seen_at=long_ago)
        return Subscriber.objects.get(email=email)

    return make


def main_of(response):
    """What a screen says, without the scripts and templates it carries."""
    html = response.content.decode().partition("<main")[2].partition("</main")[0]
    return re.sub(r"(?s)<script.*?</script>|<template.*?</template>", "", html)


def listed(client, **query):
    """The addresses that the listing shows for a query."""
    html = client.get(reverse("newsletter_subscribers:index_results"), query).content.decode()
    return set(re.findall(r"[\w.]+@example\.org", html.partition("<table")[2].partition("</table")[0]))


def address(view, *args):
    return reverse(f"newsletter_subscribers:{view}", args=args)


def logged(action):
    return list(ModelLogEntry.objects.filter(action=action))


def csv_of(client, **query):
    response = client.get(reverse(LISTING), {"export": "csv", **query})
    return b"".join(response.streaming_content).decode()


# -- The listing ----------------------------------------------------------------------------------------------
def test_the_search_looks_into_address_name_and_outlet(manager, subscribe):
    for number in range(4):
        subscribe(f"reader{number}@example.org")
    Subscriber.objects.filter(email="reader1@example.org").update(name="Ada Lovelace")
    Subscriber.objects.filter(email="reader2@example.org").update(outlet="Radio Love")
    assert listed(manager, q="love") == {"reader1@example.org", "reader2@example.org"}
    assert listed(manager, q="READER3") == {"reader3@example.org"}
    assert listed(manager, q="nobody") == set()


def test_each_filter_shows_whom_it_names(manager, subscribe, make_newsletter, quiet):
    press = make_newsletter("Press list", by_invitation=True)
    subscribe("ada@example.org", "en").subscriber.tags.add("Press")
    subscribe("bea@example.org", "fr", state=Subscription.State.UNSUBSCRIBED)
    cleo = subscribe("cleo@example.org", "all", "fr")
    Subscription.objects.filter(pk=cleo.pk).update(newsletter_key=press.translation_key)
    cleo.consents.create(purpose="Press", method="staff", proof="Card", language="en", choice="en", wording="Card")
    quiet("dan@example.org")
    assert listed(manager, newsletter=str(press.translation_key)) == {"cleo@example.org"}
    assert listed(manager, language="fr") == {"bea@example.org"}
    assert listed(manager, language="all") == {"cleo@example.org"}
    assert listed(manager, state="unsubscribed") == {"bea@example.org"}
    assert listed(manager, tag="press") == {"ada@example.org"}
    assert listed(manager, source="staff") == {"cleo@example.org"}
    assert listed(manager, silent="1") == {"dan@example.org"}
    old, today = "2020-01-01", f"{timezone.localdate():%Y-%m-%d}"
    assert listed(manager, created_at_from=today) == {"ada@example.org", "bea@example.org", "cleo@example.org"}
    year_ago = f"{timezone.localdate() - timedelta(days=365):%Y-%m-%d}"
    assert listed(manager, created_at_from=old, created_at_to=year_ago) == {"dan@example.org"}


def test_newsletter_and_state_are_those_of_the_same_subscription(manager, subscribe, make_newsletter, site):
    other = make_newsletter()
    ada = subscribe("ada@example.org")
    Subscription.objects.create(
        subscriber=ada.subscriber,
        newsletter_key=other.translation_key,
        language="en",
        interface_language="en",
        state=Subscription.State.UNSUBSCRIBED,
    )
    assert listed(manager, newsletter=str(other.translation_key), state="active") == set()
    assert listed(manager, newsletter=str(site.en.newsletter.translation_key), state="active") == {"ada@example.org"}


def test_filters_that_make_no_sense_show_and_export_nobody(manager, subscribe):
    subscribe("ada@example.org")
    assert listed(manager, state="happy") == set()
    assert listed(manager, newsletter="'; drop table") == set()
    assert listed(manager, created_at_from="yesterday") == set()
    assert "ada@example.org" not in csv_of(manager, state="happy")


def test_a_row_says_newsletter_language_state_and_tags(manager, subscribe, site):
    subscribe("ada@example.org", "fr").subscriber.tags.add("Press", "Brussels")
    html = main_of(manager.get(reverse(LISTING)))
    assert f"{site.en.newsletter.title}: French, active" in html
    assert "Brussels, Press" in html


def test_the_listing_speaks_french(login, subscribe):
    subscribe("ada@example.org", "all", "fr")
    html = main_of(login(MANAGERS, language="fr").get(reverse(LISTING)))
    assert "Dernier signe de vie" in html
    assert "Étiquettes" in html


@pytest.mark.parametrize("query", [{}, {"q": "example", "state": "active", "tag": "press", "source": "form"}])
def test_the_number_of_queries_is_the_same_for_one_row_and_for_fifty(manager, subscribe, query):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            listed(manager, **query)
        return len(captured)

    subscribe("ada@example.org").subscriber.tags.add("Press")
    queries()
    one = queries()
    for number in range(49):
        subscribe(f"reader{number}@example.org", "fr").subscriber.tags.add("Press", f"tag {number}")
    assert queries() == one
    assert len(listed(manager, **query)) == 50


def test_sorting_by_the_last_sign_of_life_puts_those_never_heard_of_last(manager, subscribe):
    for name in ("ada", "bea"):
        subscribe(f"{name}@example.org")
    Subscriber.objects.filter(email="bea@example.org").update(seen_at=timezone.now())
    for ordering in ("seen_at", "-seen_at"):
        html = main_of(manager.get(reverse(LISTING), {"ordering": ordering}))
        assert html.index("bea@example.org") < html.index("ada@example.org")


# -- Exports --------------------------------------------------------------------------------------------------
def test_an_export_holds_what_is_filtered_under_translated_headings(login, subscribe, site):
    client = login(MANAGERS, language="fr")
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    lines = csv_of(client, language="fr").splitlines()
    assert lines[0].startswith("Adresse électronique,Nom,Média,")
    assert len(lines) == 2
    assert f'bea@example.org,,,"{site.fr.newsletter.title} (français, actif)"' in lines[1]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_taken_for_a_formula(manager, subscribe, begin):
    subscribe("ada@example.org")
    Subscriber.objects.update(name=f"{begin}HYPERLINK(1)")
    assert f"'{begin}HYPERLINK(1)" in csv_of(manager)
    response = manager.get(reverse(LISTING), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    cell = sheet.cell(2, 2)
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_an_export_is_logged_with_count_and_filters_and_without_the_words_searched_for(manager, subscribe):
    subscribe("ada@example.org", "fr")
    csv_of(manager, language="fr", q="ada@")
    [entry] = logged("newsletter.export_subscribers")
    assert entry.user.username == MANAGERS
    assert entry.data == {"count": 1, "filters": {"language": "fr", "q": "…"}, "format": "csv"}


def test_an_export_takes_the_same_number_of_queries_up_to_a_thousand_rows(manager, subscribe):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            csv_of(manager)
        return len(captured)

    subscribe("ada@example.org")
    queries()
    one = queries()
    for number in range(20):
        subscribe(f"reader{number}@example.org")
    assert queries() == one


@pytest.mark.parametrize("file", ["csv", "xlsx"])
def test_who_may_only_look_is_offered_no_export_and_gets_none(sender, subscribe, file):
    subscribe("ada@example.org")
    assert "export=" not in sender.get(reverse(LISTING)).content.decode()
    assert sender.get(reverse(LISTING), {"export": file}).status_code == 302
    results = reverse("newsletter_subscribers:index_results")
    for method in (sender.get, sender.head, sender.post):
        assert method(f"{results}?export={file}").status_code in (302, 405)
    assert not logged("newsletter.export_subscribers")


# -- Permissions ----------------------------------------------------------------------------------------------
def every_address(subscription):
    """Each address about subscribers that changes something or shows somebody, with the method it takes."""
    subscriber = subscription.subscriber
    return [
        ("post", address("add")),
        ("post", address("edit", subscriber.pk)),
        ("post", address("delete", subscriber.pk)),
        ("post", address("unsubscribe", subscriber.pk, subscription.pk)),
        ("post", address("suppress", subscriber.pk)),
        ("post", address("download", subscriber.pk)),
        ("post", address("silent")),
    ]


def test_who_may_only_look_changes_nothing(sender, subscribe):
    subscription = subscribe("ada@example.org")
    inspect = main_of(sender.get(address("inspect", subscription.subscriber.pk)))
    assert "ada@example.org" in inspect
    for method, url in every_address(subscription):
        assert getattr(sender, method)(url, {"email": "ada@example.org"}).status_code == 302
        assert url not in inspect
    assert Subscription.objects.get().state == Subscription.State.ACTIVE
    assert not ModelLogEntry.objects.exists()


def test_an_editor_of_pages_sees_nobody(login, subscribe):
    subscription = subscribe("ada@example.org")
    editor = login(EDITORS)
    looking = [reverse(LISTING), address("inspect", subscription.subscriber.pk), address("silent"), address("growth")]
    for url in [*looking, reverse("newsletter_suppressions:index"), reverse("newsletter_audiences:index")]:
        assert editor.get(url).status_code == 302
    for method, url in every_address(subscription):
        assert getattr(editor, method)(url, {"email": "ada@example.org"}).status_code == 302
    assert Subscriber.objects.filter(email="ada@example.org").exists()


@pytest.mark.parametrize("group", [EDITORS, SENDERS])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_screen_that_acts_or_tells_of_acts_opens_without_its_own_right(login, subscribe, group, method):
    subscription = subscribe("ada@example.org")
    suppression = suppress("eve@example.org", Suppression.Reason.STAFF)
    person = subscription.subscriber.pk
    ours = {"add": [], "edit": [person], "delete": [person], "suppress": [person], "history": [person]}
    ours |= {"usage": [person], "unsubscribe": [person, subscription.pk]}
    addresses = [address(view, *args) for view, args in ours.items()]
    addresses += [f"{reverse(f'newsletter_suppressions:{view}')}" for view in ("index", "index_results", "find", "add")]
    for view in ("lift", "edit", "delete", "history", "usage"):
        addresses.append(reverse(f"newsletter_suppressions:{view}", args=[suppression.pk]))
    addresses += [reverse(f"newsletter_audiences:{view}") for view in ("index", "index_results", "add")]
    client = login(group)
    for url in addresses:
        response = getattr(client, method)(url, {"email": "ada@example.org", "name": "x"})
        assert response.status_code == 302, url
    assert Subscription.objects.get().state == Subscription.State.ACTIVE
    assert Suppression.objects.exists()
    assert not ModelLogEntry.objects.exists()


def test_the_menu_shows_what_one_may(login, site):
    def menu(group):
        return login(group).get(reverse("wagtailadmin_home")).content.decode()

    editors, senders, managers = menu(EDITORS), menu(SENDERS), menu(MANAGERS)
    for name in ("silent", "growth"):
        assert address(name) not in editors
        assert address(name) in senders
    assert reverse("newsletter_suppressions:index") in managers
    assert reverse("newsletter_suppressions:index") not in senders
    assert reverse("newsletter_audiences:index") in managers


def test_managers_of_subscribers_edit_no_pages(manager, site):
    assert manager.get(reverse("wagtailadmin_pages:edit", args=[site.en.newsletter.pk])).status_code == 302


# -- One subscriber -------------------------------------------------------------------------------------------
def test_the_timeline_tells_consents_mails_and_bounces_newest_first(manager, subscribe, site):
    subscription = subscribe("ada@example.org", "fr")
    now = timezone.now()
    subscription.consents.withdraw(now + timedelta(minutes=5))
    campaign = Campaign.objects.create(
        digest_key=site.en.home.translation_key, newsletter_key=subscription.newsletter_key
    )
    edition = campaign.editions.create(languages="fr", subject="Un puits", from_name="Us")
    Delivery.objects.create(
        campaign=campaign,
        digest_key=campaign.digest_key,
        subscriber=subscription.subscriber,
        edition=edition,
        state=Delivery.State.ACCEPTED,
        due_at=now,
        accepted_at=now + timedelta(minutes=2),
    )
    subscription.subscriber.bounces.create(kind=Bounce.Kind.SOFT, reason="Mailbox full", at=now + timedelta(minutes=3))
    html = main_of(manager.get(address("inspect", subscription.subscriber.pk)))
    told = ["ended", "A mail came back", "Mailbox full", "Un puits", "accepted", "confirmed", "asked for", "Wording"]
    places = [html.index(words, html.index("Timeline")) for words in told]
    assert places == sorted(places)
    consent = Consent.objects.get()
    for words in ("sign-up form", "Legal basis: consent", consent.wording_hash[:12], consent.page_url):
        assert words in html


def test_the_timeline_takes_the_same_number_of_queries_however_much_happened(manager, subscribe):
    subscription = subscribe("ada@example.org")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            manager.get(address("inspect", subscription.subscriber.pk))
        return len(captured)

    subscription.subscriber.bounces.create(kind="soft")
    queries()
    few = queries()
    for _number in range(20):
        subscription.subscriber.bounces.create(kind="soft")
        subscription.consents.create(purpose="News", language="en", choice="en", wording="…")
    assert queries() == few


def test_a_long_timeline_has_pages(manager, subscribe):
    subscriber = subscribe("ada@example.org").subscriber
    Bounce.objects.bulk_create(Bounce(subscriber=subscriber, kind="soft") for _number in range(120))
    html = main_of(manager.get(address("inspect", subscriber.pk)))
    assert html.count("A mail came back") < 120
    assert "?p=2" in html


def test_somebody_who_does_not_exist_is_not_found(manager, site):
    assert manager.get(address("inspect", 4711)).status_code == 404


def test_what_is_noted_can_be_edited_and_the_log_tells_which_fields_but_not_the_words(manager, subscribe):
    subscription = subscribe("ada@example.org", state=Subscription.State.UNSUBSCRIBED)
    fields = {"name": "Ada", "outlet": "", "tags": '"Press"', "note": "Met in Brussels", "state": "active"}
    response = manager.post(address("edit", subscription.subscriber.pk), fields)
    assert response.url == address("inspect", subscription.subscriber.pk)
    subscriber = Subscriber.objects.get()
    assert (subscriber.name, subscriber.note, list(subscriber.tags.names())) == ("Ada", "Met in Brussels", ["Press"])
    assert Subscription.objects.get().state == Subscription.State.UNSUBSCRIBED
    [entry] = logged("newsletter.edit_subscriber")
    assert entry.data == {"fields": ["name", "note", "tags"]}
    assert entry.label == f"Subscriber no. {subscriber.pk}"


def test_unsubscribing_asks_first_and_is_logged(manager, subscribe):
    subscription = subscribe("ada@example.org")
    url = address("unsubscribe", subscription.subscriber.pk, subscription.pk)
    assert "ada@example.org" in main_of(manager.get(url))
    assert Subscription.objects.get().state == Subscription.State.ACTIVE
    manager.post(url)
    assert Subscription.objects.get().state == Subscription.State.UNSUBSCRIBED
    assert Consent.objects.get().withdrawn_at
    assert len(logged("newsletter.unsubscribe")) == 1


def test_the_subscription_of_somebody_else_is_not_found(manager, subscribe):
    ada, bea = subscribe("ada@example.org"), subscribe("bea@example.org")
    assert manager.post(address("unsubscribe", ada.subscriber.pk, bea.pk)).status_code == 404


def test_staff_suppress_an_address_and_lift_it_again(manager, subscribe):
    subscriber = subscribe("ada@example.org").subscriber
    manager.post(address("suppress", subscriber.pk))
    suppression = Suppression.objects.get()
    assert suppression.reason == Suppression.Reason.STAFF
    assert "suppressed since" in main_of(manager.get(address("inspect", subscriber.pk)))
    url = reverse("newsletter_suppressions:lift", args=[suppression.pk])
    assert url in main_of(manager.get(reverse("newsletter_suppressions:index")))
    assert manager.get(url).status_code == 200
    assert Suppression.objects.exists()
    manager.post(url)
    assert not Suppression.objects.exists()
    assert Subscription.objects.get().state == Subscription.State.UNSUBSCRIBED
    assert len(logged("newsletter.suppress")) == len(logged("newsletter.lift_suppression")) == 1


@pytest.mark.parametrize("reason", [reason for reason in Suppression.Reason if reason != Suppression.Reason.STAFF])
def test_no_other_suppression_can_be_lifted(manager, site, reason):
    suppression = suppress("ada@example.org", reason)
    url = reverse("newsletter_suppressions:lift", args=[suppression.pk])
    assert url not in main_of(manager.get(reverse("newsletter_suppressions:index")))
    assert "own sign-up" in manager.post(url, follow=True).content.decode()
    assert Suppression.objects.exists()
    assert not logged("newsletter.lift_suppression")


def test_the_list_of_suppressions_is_searched_by_an_address_that_is_kept_nowhere(manager, site):
    suppress("ada@example.org", Suppression.Reason.COMPLAINT)
    find = reverse("newsletter_suppressions:find")
    assert "complained of spam" in main_of(manager.post(find, {"email": " ADA@Example.org"}))
    assert "not suppressed" in main_of(manager.post(find, {"email": "bea@example.org"}))
    assert "does not look like an e-mail address" in main_of(manager.post(find, {"email": "ada"}))
    assert not Subscriber.objects.exists()
    assert "ada@example.org" not in manager.get(reverse("newsletter_suppressions:index")).content.decode()


@pytest.mark.parametrize("view", ["add", "edit", "delete"])
def test_suppressions_are_neither_added_nor_edited(manager, site, view):
    suppression = suppress("ada@example.org", Suppression.Reason.STAFF)
    args = [] if view == "add" else [suppression.pk]
    assert manager.post(reverse(f"newsletter_suppressions:{view}", args=args)).status_code == 302
    assert Suppression.objects.get().reason == Suppression.Reason.STAFF


def test_the_data_of_a_person_can_be_downloaded_and_that_is_logged(manager, subscribe):
    subscriber = subscribe("ada@example.org").subscriber
    response = manager.post(address("download", subscriber.pk))
    assert json.loads(response.content)["email"] == "ada@example.org"
    assert "attachment" in response["Content-Disposition"]
    assert len(logged("newsletter.hand_out_data")) == 1
    assert manager.get(address("download", subscriber.pk)).status_code == 405


def test_a_person_is_erased_once_the_address_was_typed_and_the_trail_does_not_name_them(manager, subscribe):
    subscriber = subscribe("ada@example.org").subscriber
    manager.post(address("edit", subscriber.pk), {"name": "Ada", "outlet": "", "tags": "", "note": ""})
    wrong = manager.post(address("delete", subscriber.pk), {"email": "bea@example.org"})
    assert "not the address of this subscriber" in main_of(wrong)
    assert Subscriber.objects.exists()
    manager.post(address("delete", subscriber.pk), {"email": " Ada@example.org "})
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == Suppression.Reason.ERASED
    [entry] = logged("newsletter.erase_subscriber")
    assert entry.deleted
    for entry in ModelLogEntry.objects.all():
        assert "ada" not in f"{entry.label}{entry.data}".lower().replace("newsletter", "")


# -- Adding by hand -------------------------------------------------------------------------------------------
def typed(page, /, **fields):
    return {
        "email": "Ada@Example.org",
        "newsletter": str(page.translation_key),
        "language": "fr",
        "proof": "Mail to the press office of 12 March",
        **fields,
    }


def test_who_is_added_by_hand_is_active_with_the_proof_as_consent(manager, make_newsletter):
    press = make_newsletter("Press list", by_invitation=True, legal_basis="legitimate_interest")
    fields = typed(press, name="Ada", outlet="Le Soir", tags='"Press", "Brussels"', note="Prefers mornings")
    manager.post(address("add"), fields)
    subscriber = Subscriber.objects.get(email="ada@example.org")
    assert (subscriber.name, subscriber.outlet, subscriber.note) == ("Ada", "Le Soir", "Prefers mornings")
    assert sorted(subscriber.tags.names()) == ["Brussels", "Press"]
    assert subscriber.seen_at
    subscription = subscriber.subscriptions.get()
    assert (subscription.state, subscription.language, subscription.interface_language) == ("active", "fr", "fr")
    consent = subscription.consents.get()
    assert (consent.method, consent.legal_basis) == ("staff", "legitimate_interest")
    assert consent.proof == consent.wording == "Mail to the press office of 12 March"
    assert consent.confirmed_at == consent.requested_at
    [entry] = logged("newsletter.add_subscriber")
    assert entry.data == {"newsletter": str(press.translation_key)}


def test_for_all_languages_one_says_which_comes_first(manager, site):
    manager.post(address("add"), typed(site.en.newsletter, language="all:fr"))
    subscription = Subscription.objects.get()
    assert (subscription.language, subscription.interface_language) == ("all", "fr")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"proof": "  "}, "This field is required"),
        ({"email": "ada"}, "does not look like an e-mail address"),
        ({"newsletter": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ({"language": "de"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nobody_is_added(manager, site, wrong, said):
    html = main_of(manager.post(address("add"), typed(site.en.newsletter, **wrong)))
    assert said in html
    assert not Subscriber.objects.exists()


def test_the_form_speaks_the_language_of_its_user(login, site):
    html = main_of(login(MANAGERS, language="fr").post(address("add"), typed(site.fr.newsletter, email="ada")))
    assert "Ceci ne ressemble pas à une adresse" in html
    assert "Preuve" in html


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Suppression.Reason.COMPLAINT, "complained of spam. They are not written to again"),
        (Suppression.Reason.HARD_BOUNCE, "address does not exist). Only the person’s own sign-up lifts that"),
        (Suppression.Reason.ERASED, "asked to be erased). Only the person’s own sign-up lifts that"),
        (Suppression.Reason.STAFF, "Lift that in the list of suppressions first"),
    ],
)
def test_a_suppressed_address_is_refused_with_the_reason(manager, site, reason, said):
    suppress("ada@example.org", reason)
    assert said in main_of(manager.post(address("add"), typed(site.en.newsletter)))
    assert not Subscriber.objects.exists()
    assert Suppression.objects.exists()


@pytest.mark.parametrize("state", [Subscription.State.UNSUBSCRIBED, Subscription.State.EXPIRED])
def test_who_left_is_not_brought_back_by_staff(manager, subscribe, site, state):
    subscribe("ada@example.org", state=state)
    html = main_of(manager.post(address("add"), typed(site.en.newsletter)))
    assert "They can sign up themselves" in html
    assert Subscription.objects.get().state == state
    assert Consent.objects.count() == 1


def test_who_is_subscribed_already_is_linked_to(manager, subscribe, site):
    subscriber = subscribe("ada@example.org").subscriber
    html = main_of(manager.post(address("add"), typed(site.en.newsletter)))
    assert f'<a href="{address("inspect", subscriber.pk)}">ada@example.org</a>' in html


def test_who_has_asked_and_not_confirmed_becomes_active_by_a_proof(subscribe, site):
    subscribe("ada@example.org", state=Subscription.State.PENDING)
    newsletter = site.en.newsletter
    added = add_by_hand(email="ada@example.org", newsletter=newsletter, choice="fr", language="fr", proof="Card")
    assert added.state == Subscription.State.ACTIVE
    assert Consent.objects.in_force().get().proof == "Card"


def test_the_verb_raises_and_keeps_nothing(subscribe, site):
    def add(email):
        return add_by_hand(email=email, newsletter=site.en.newsletter, choice="en", language="en", proof="Card")

    suppress("gone@example.org", Suppression.Reason.ERASED)
    subscribe("left@example.org", state=Subscription.State.UNSUBSCRIBED)
    subscribe("here@example.org")
    before = Consent.objects.count(), Subscriber.objects.count()
    for email, refusal in (("gone", AddressSuppressed), ("left", HasLeft), ("here", AlreadySubscribed)):
        with pytest.raises(refusal):
            add(f"{email}@example.org")
    assert (Consent.objects.count(), Subscriber.objects.count()) == before


def test_notes_are_added_to_and_what_is_not_typed_stays(manager, make_newsletter, subscribe):
    subscribe("ada@example.org")
    Subscriber.objects.update(name="Ada", note="Old")
    manager.post(address("add"), typed(make_newsletter(), note="New"))
    subscriber = Subscriber.objects.get()
    assert (subscriber.name, subscriber.note) == ("Ada", "Old\nNew")
    assert subscriber.subscriptions.count() == 2


# -- The silent -----------------------------------------------------------------------------------------------
def test_the_silent_are_listed_with_how_often_they_were_asked(manager, quiet, subscribe, site):
    subscriber = quiet("dan@example.org")
    subscribe("ada@example.org")
    # Before the silence was two years old no digest asked anything.
    for days in (5, 40, 500):
        at = timezone.now() - timedelta(days=days)
        campaign = Campaign.objects.create(digest_key=_key(days), newsletter_key=_key(0), state="finished")
        edition = campaign.editions.create(languages="en", subject="News", from_name="Us")
        Delivery.objects.create(
            campaign=campaign,
            digest_key=campaign.digest_key,
            subscriber=subscriber,
            edition=edition,
            state="accepted",
            due_at=at,
            accepted_at=at,
        )
    html = main_of(manager.get(address("silent")))
    assert "dan@example.org" in html
    assert "ada@example.org" not in html
    assert "2 times" in html


def _key(number):
    return f"00000000-0000-0000-0000-{number:012d}"


def test_nobody_is_ended_before_it_is_confirmed(manager, quiet):
    dan, eve = quiet("dan@example.org"), quiet("eve@example.org")
    html = main_of(manager.post(address("silent"), {"subscriber": [dan.pk]}))
    assert "dan@example.org" in html
    assert "eve@example.org" not in html
    assert not Subscription.objects.filter(state=Subscription.State.EXPIRED).exists()
    manager.post(address("silent"), {"subscriber": [dan.pk], "confirmed": "1"})
    assert dan.subscriptions.get().state == Subscription.State.EXPIRED
    assert eve.subscriptions.get().state == Subscription.State.ACTIVE
    assert len(logged("newsletter.expire")) == 1


def test_who_gives_a_sign_while_staff_decide_stays(manager, quiet, subscribe):
    dan = quiet("dan@example.org")
    subscriptions.keep(dan)
    active = subscribe("ada@example.org").subscriber
    manager.post(address("silent"), {"subscriber": [dan.pk, active.pk, "x", "²", "9" * 30, ""], "confirmed": "1"})
    assert set(Subscription.objects.values_list("state", flat=True)) == {"active"}


def test_ticking_nobody_is_said(manager, quiet):
    quiet("dan@example.org")
    assert "tick at least one" in manager.post(address("silent"), follow=True).content.decode()


def test_the_list_of_the_silent_takes_the_same_number_of_queries_however_many(manager, quiet):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            manager.get(address("silent"))
        return len(captured)

    quiet("dan@example.org")
    queries()
    one = queries()
    for number in range(10):
        quiet(f"quiet{number}@example.org")
    assert queries() == one


def test_every_act_has_a_name_in_the_audit_trail_in_both_languages(login, manager, subscribe):
    subscriber = subscribe("ada@example.org").subscriber
    manager.post(address("suppress", subscriber.pk))
    history = address("history", subscriber.pk)
    assert "Suppressed the address of the subscriber" in main_of(manager.get(history))
    french = login(MANAGERS, SENDERS, language="fr")
    assert "A exclu l’adresse de l’abonné" in main_of(french.get(history))
