import pytest
from django.utils import translation

from home.models import SiteSettings
from newsletter import preflight, rendering
from newsletter.models import Subscription
from newsroom.mail_rendering import RenderingError

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(subscribe):
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    subscribe("cleo@example.org", "all", "fr")


def blocking(page):
    return [problem.message for problem in preflight.run(page).blocking]


def warnings(page):
    return [problem.message for problem in preflight.run(page).warnings]


def test_a_finished_digest_has_no_problem_and_counts_its_readers(bilingual_digest, readers):
    found = preflight.run(bilingual_digest)
    assert found.problems == ()
    assert not found.blocked
    assert {audience.edition.languages: audience.readers for audience in found.audiences} == {
        "en": 1,
        "fr": 1,
        "en,fr": 0,
        "fr,en": 1,
    }
    assert found.readers == 3


def test_only_active_subscriptions_count(bilingual_digest, subscribe):
    subscribe("ada@example.org", state=Subscription.State.PENDING)
    subscribe("bea@example.org", state=Subscription.State.UNSUBSCRIBED)
    assert preflight.run(bilingual_digest).readers == 0
    assert blocking(bilingual_digest) == ["There is nobody to send it to."]


def test_either_languages_page_gives_the_same_report(bilingual_digest, readers, site):
    in_french = bilingual_digest.get_translation(site.locales["fr"])
    assert preflight.run(in_french) == preflight.run(bilingual_digest)


def test_an_empty_digest_is_blocked(make_digest, subscribe):
    subscribe("ada@example.org")
    assert blocking(make_digest()) == ["The English edition is empty: it has neither stories nor texts."]


def test_a_missing_translation_is_blocked_when_somebody_reads_that_language(make_digest, make_article, subscribe):
    page = make_digest(make_article())
    subscribe("ada@example.org", "en")
    assert blocking(page) == []
    subscribe("cleo@example.org", "all", "en")
    assert blocking(page) == ["There is no French translation of this digest, but there are readers who want one."]


def test_an_unfinished_translation_is_blocked(make_digest, make_article, translate, readers):
    article = make_article()
    translate(article, "fr", title="Un puits")
    page = make_digest(article, intro="<p>Dear all.</p>")
    translate(page, "fr", publish=False, title="Un puits")
    assert blocking(page) == ["The French translation is not finished: 1 of 3 texts."]


def test_a_translation_behind_its_source_is_blocked(bilingual_digest, make_article, translate, readers):
    more = make_article("More")
    translate(more, "fr", title="Encore")
    bilingual_digest.sections = [
        *bilingual_digest.sections.raw_data,
        {"type": "story", "value": {"article": more.pk, "teaser": ""}},
    ]
    bilingual_digest.save_revision()
    assert blocking(bilingual_digest) == [
        "The French translation has other stories than the first language: update the translation."
    ]


def test_an_untranslated_story_is_a_warning_that_names_it(make_digest, make_article, translate, readers):
    known, unknown = make_article("Known"), make_article("For the English")
    translate(known, "fr", title="Connu")
    page = make_digest(known, unknown)
    translate(page, "fr", publish=False, title="Le titre", preheader="Trois histoires")
    assert blocking(page) == []
    assert "“For the English” is not translated into French: that edition leaves it out." in warnings(page)


def test_an_unpublished_and_a_deleted_story_block(bilingual_digest, make_article, make_digest, readers):
    gone, hidden = make_article("Gone"), make_article("Hidden")
    page = make_digest(gone, hidden, make_article("Here"))
    hidden.unpublish()
    gone.delete()
    found = blocking(page)
    assert "“Hidden” is not published, or has been withdrawn." in found
    assert "A story that was chosen for this digest has been deleted: take it out." in found


def test_a_missing_preheader_and_a_missing_address_are_warnings(make_digest, make_article, subscribe):
    subscribe("ada@example.org")
    SiteSettings.objects.all().delete()
    page = make_digest(make_article(), preheader="")
    assert warnings(page) == [
        "The English edition has no preheader, the line shown after the subject.",
        "The postal address of the organisation is missing. The law asks for it in every mail.",
    ]


@pytest.mark.parametrize(("paragraphs", "blocks"), [(700, False), (1000, True)])
def test_a_mail_that_gmail_would_cut_is_blocked_and_a_large_one_is_a_warning(
    make_digest, make_article, subscribe, paragraphs, blocks
):
    subscribe("ada@example.org")
    page = make_digest(make_article(), intro="<p>" + "</p><p>".join(["word " * 20] * paragraphs) + "</p>")
    page.save_revision()
    found = [problem for problem in preflight.run(page).problems if "large" in problem.message]
    assert [problem.blocks for problem in found] == [blocks]


def test_the_fingerprint_changes_with_every_word(bilingual_digest, readers):
    before = preflight.run(bilingual_digest).fingerprint
    assert preflight.run(bilingual_digest).fingerprint == before
    bilingual_digest.greeting = "Hello,"
    bilingual_digest.save_revision()
    assert preflight.run(bilingual_digest).fingerprint != before


def test_a_translation_of_words_that_have_changed_since_is_blocked(bilingual_digest, readers):
    bilingual_digest.intro = "<p>Dear all, the meeting is cancelled.</p>"
    bilingual_digest.save_revision()
    assert blocking(bilingual_digest) == [
        "French: the source has changed since it was translated. Update the translation before sending."
    ]
    with translation.override("fr"):
        assert blocking(bilingual_digest)[0].startswith("Fr")


def test_a_mail_that_cannot_be_rendered_is_blocked_with_the_reason(bilingual_digest, readers, monkeypatch):
    def refuse(source):
        raise RenderingError("unexpected token at 12")

    monkeypatch.setattr(rendering, "compile_mjml", refuse)
    assert blocking(bilingual_digest) == ["The mail cannot be rendered: unexpected token at 12"]


def test_french_writes_the_names_of_languages_in_lower_case():
    assert preflight.edition_name("fr,en") == "French, English"
    with translation.override("fr"):
        assert preflight.edition_name("fr,en") == "français, anglais"


# -- What is said in both languages -----------------------------------------------------------------------------------
def said(page, language):
    """All problems, in a language of the admin."""
    with translation.override(language):
        return [str(problem.message).replace("\u00a0", " ") for problem in preflight.run(page).problems]


def in_both(page, english, french):
    """Whether a problem is among those of a page, in both languages."""
    return english in said(page, "en") and french in said(page, "fr")


def test_a_story_that_is_shown_in_its_own_language_is_a_warning(make_digest, make_article, translate, readers):
    story = {"article": make_article("For the English"), "teaser": "", "where_missing": "show"}
    page = make_digest(sections=[("story", story)])
    translate(page, "fr", publish=False, title="Le titre", preheader="Trois histoires")
    assert blocking(page) == []
    assert in_both(
        page,
        "“For the English” is not translated into French: that edition shows it in its own language.",
        "français : l’article « For the English » n’est pas traduit, cette édition le montre dans sa langue d’origine.",
    )


def test_a_decision_that_the_translation_does_not_know_blocks(bilingual_digest, readers):
    sections = bilingual_digest.sections.raw_data
    sections[0]["value"]["where_missing"] = "show"
    bilingual_digest.sections = list(sections)
    bilingual_digest.save_revision()
    assert in_both(
        bilingual_digest,
        "The French translation does not know yet what you decided for stories that are not translated: "
        "update the translation.",
        "français : la traduction ne tient pas encore compte de vos choix pour les articles non traduits. "
        "Mettez-la à jour.",
    )
    assert preflight.run(bilingual_digest).blocked


def test_a_picture_that_was_deleted_blocks(make_digest, photo, subscribe):
    subscribe("ada@example.org")
    page = make_digest(sections=[("image", {"image": photo, "alt_text": "A well", "caption": ""})])
    assert not any("deleted" in problem for problem in said(page, "en"))
    photo.delete()
    assert preflight.run(page).blocked
    assert in_both(
        page,
        "A picture or document that stood in this digest has been deleted, or its file is lost: choose another, or "
        "take its section out.",
        "Une image ou un document de ce numéro a été supprimé, ou son fichier est perdu. Choisissez-en un autre, ou "
        "retirez la section.",
    )


def test_a_button_that_leads_nowhere_blocks(make_digest, subscribe):
    subscribe("ada@example.org")
    value = {"text": "Give.", "label": "Give now", "page": None, "url": ""}
    page = make_digest(sections=[("call_to_action", value)])
    assert preflight.run(page).blocked
    assert in_both(
        page,
        "The button “Give now” of the English edition leads nowhere: choose a page or an address.",
        "anglais : le bouton « Give now » ne mène nulle part. Choisissez une page ou une adresse.",
    )


@pytest.mark.parametrize(
    ("becomes", "english", "french"),
    [
        (
            "unpublished",
            "“A well” is not published, or has been withdrawn.",
            "L’article « A well » n’est pas publié, ou a été retiré.",
        ),
        (
            "deleted",
            "A story that was chosen for this digest has been deleted: take it out.",
            "Un article choisi pour ce numéro a été supprimé : enlevez-le du numéro.",
        ),
    ],
)
def test_a_story_that_readers_cannot_read_any_more_blocks(
    make_digest, make_article, subscribe, becomes, english, french
):
    subscribe("ada@example.org")
    article = make_article("A well")
    page = make_digest(article, make_article("Here"))
    if becomes == "deleted":
        article.delete()
    else:
        article.unpublish()
    assert preflight.run(page).blocked
    assert in_both(page, english, french)


def test_an_empty_digest_blocks_and_a_message_does_not(make_digest, subscribe):
    subscribe("ada@example.org")
    assert in_both(
        make_digest(title="Nothing"),
        "The English edition is empty: it has neither stories nor texts.",
        "anglais : cette édition est vide, sans article ni texte.",
    )
    assert not preflight.run(make_digest(title="An apology", intro="<p>We are sorry.</p>")).blocked
