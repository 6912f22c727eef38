"""What may be stored as a translation. The door is the model: no way leads round it."""

import polib
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation as active
from wagtail.rich_text import RichText
from wagtail_localize.models import StringSegment, StringTranslation

from newsroom.localization import segments, translating
from tests.conftest import article_maker
from tests.localization.conftest import task_by_key

TEXT = '<p>See <a href="https://example.org/">our report</a> on <b>water</b>.</p>'
RIGHT = 'Voir <a id="a1">notre rapport</a> sur l’<b>eau</b>.'


@pytest.fixture(scope="module")
def kept_task(kept):
    """An article that was sent into French."""
    with kept() as site:
        article = article_maker(site)(
            "Wells",
            standfirst="Open since Monday, {name}.",
            body=[
                ("paragraph", RichText(TEXT)),
                ("heading", "Why <now>?"),
                ("call_to_action", {"text": "Give.", "label": "Give now"}),
            ],
        )
        yield translating.send_for_translation(article, site.locales["fr"]).pk


@pytest.fixture
def task(site, kept_task):
    return task_by_key(kept_task)


@pytest.fixture
def store(task):
    """Store a translation of the segment whose source has these words."""

    def make(words, text):
        segment = StringSegment.objects.get(source=task.source, string__data__contains=words)
        stored, _created = StringTranslation.objects.update_or_create(
            locale=task.target_locale, translation_of=segment.string, context=segment.context, defaults={"data": text}
        )
        return stored.data

    return make


def refusal(store, words, text):
    before = StringTranslation.objects.count()
    with pytest.raises(ValidationError) as error:
        store(words, text)
    assert StringTranslation.objects.count() == before
    return " ".join(error.value.messages)


def test_a_text_with_the_links_and_stress_of_its_source_is_stored(store):
    assert store("our report", RIGHT) == RIGHT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Voir notre rapport sur l’<b>eau</b>.", "“our report” is missing"),
        (f'{RIGHT} <a id="a1">ici</a>', "“our report” stands here twice"),
        (f'{RIGHT} <a id="a2">ici</a>', "no such link: “ici”"),
        (f'{RIGHT} <a href="https://evil.example/">ici</a>', "no such link: “ici”"),
        ('<a id="a1"></a> Voir l’<b>eau</b>.', "“our report” has no words"),
        ('Voir <a id="a1">notre rapport</a> sur l’eau.', "“water” in bold"),
        (f"{RIGHT}<script>alert(1)</script>", "cannot hold this: <script>"),
        (f'{RIGHT} <b onclick="x">là</b>', "cannot hold this: <b onclick"),
        ("  \u00a0 ", "empty"),
    ],
)
def test_what_is_refused_and_why(store, text, said):
    assert said in refusal(store, "our report", text)


def test_the_reasons_are_all_given_at_once(store):
    with pytest.raises(ValidationError) as error:
        store("our report", "Voir notre rapport.")
    assert len(error.value.messages) == 2


def test_more_stress_than_the_source_has_is_the_translators_to_decide(store):
    assert store("our report", f"<i>Nota bene</i> : {RIGHT}").startswith("<i>")


def test_plain_text_has_no_tags(store):
    assert "plain text" in refusal(store, "Wells", "<b>Puits</b>")


def test_what_is_filled_in_has_to_be_there(store):
    assert "“{name}” is missing" in refusal(store, "Monday", "Ouvert depuis lundi.")
    assert "“{nom}” is too many" in refusal(store, "Monday", "Ouvert depuis lundi, {name}, {nom}.")


@pytest.mark.parametrize(
    ("words", "limit"),
    [("Wells", 255), ("Monday", 400), ("Why", 150), ("Give.", 300), ("Give now", 60)],
    ids=["title", "field", "block", "in a struct", "label"],
)
def test_a_text_is_no_longer_than_its_field_or_block(store, words, limit):
    assert f"{limit + 1} characters, at most {limit}" in refusal(
        store, words, "é" * (limit + 1 - 6 * (words == "Monday")) + "{name}" * (words == "Monday")
    )


def test_tags_and_entities_do_not_count_as_length(store):
    assert store("Give now", "&amp;" * 60)


def test_the_spaces_of_the_language_are_set_when_it_is_stored(store):
    assert store("Why", "Pourquoi &lt;maintenant&gt;?") == "Pourquoi &lt;maintenant&gt;\u202f?"


def test_line_ends_are_kept_where_they_mean_something(store):
    assert store("Wells", "Puits\r\nneufs") == "Puits<br/>neufs"
    assert store("our report", RIGHT.replace(" sur ", "\nsur ")) == RIGHT


def test_a_po_file_does_not_lead_round_it(task):
    catalogue = polib.POFile()
    catalogue.metadata = {"X-WagtailLocalize-TranslationID": str(task.uuid)}
    segment = StringSegment.objects.get(source=task.source, string__data__contains="our report")
    catalogue.append(polib.POEntry(msgid=segment.string.data, msgctxt=segment.context.path, msgstr="Voir."))
    with pytest.raises(ValidationError):
        task.import_po(catalogue)


def test_the_reason_is_given_in_the_users_language(task):
    segment = StringSegment.objects.get(source=task.source, string__data__contains="our report")
    with active.override("fr"), pytest.raises(ValidationError) as error:
        segments.check(segment.string, segment.context, task.target_locale, "Voir l’<b>eau</b>.")
    assert error.value.messages == ["Il manque le lien «\u00a0our report\u00a0»."]


def test_its_own_language_for_a_snippet_too(site):
    from articles.models import Author

    author = Author.objects.create(name="Ada", role="Editor", locale=site.locales["en"])
    task = translating.send_for_translation(author, site.locales["fr"])
    with pytest.raises(ValidationError):
        translating.fill(task, {"name": "A" * 256})


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("R&D", "R&amp;D"),
        ("AT&T et B&O", "AT&amp;T et B&amp;O"),
        ("Tom & Ada &", "Tom &amp; Ada &amp;"),
        ("R&amp;D, caf&eacute;, 5 &lt; 6, &#8364;", "R&amp;D, café, 5 &lt; 6, €"),
        ("&copy2026 &unknown;", "&amp;copy2026 &amp;unknown;"),
    ],
)
def test_an_ampersand_that_stands_for_itself_stays(store, text, stored):
    assert store("Give now", text).replace("\u202f;", ";") == stored
    assert store("Give now", stored).replace("\u202f;", ";") == stored


def test_a_draft_is_named_as_people_read_it(task, store):
    store("Wells", "Puits &amp; pompes")
    assert task.get_target_instance().draft_title == "Puits & pompes"
