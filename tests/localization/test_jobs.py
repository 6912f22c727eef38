"""Jobs: asked for, told by mail, followed when the source moves, closed by what happens."""

import csv
import datetime
import io

import polib
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry, Workflow, WorkflowPage

from articles.models import ArticlePage
from newsroom.localization import drafts, jobs, mails, notices, pairing, translating
from newsroom.localization.models import JobPage, Notice, TranslationJob
from newsroom.localization.translators import group_of, groups_of, people_of
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of

pytestmark = pytest.mark.django_db

SEND = "/admin/bulk/wagtailcore/page/send_for_translation/"
TOMORROW = datetime.date.today() + datetime.timedelta(days=2)


@pytest.fixture
def french(site):
    """Open the French translation of a page."""
    return lambda page: translating.send_for_translation(page, site.locales["fr"])


@pytest.fixture
def ask(french, ada):
    """Have pages translated into French."""

    def make(*pages, to=None, by=None, **details):
        return jobs.ask([french(page) for page in pages], by or ada, jobs.Request(to=to, **details))

    return make


@pytest.fixture
def move():
    """Publish a source with other words."""

    def change(page, **texts):
        for name, text in texts.items():
            setattr(page, name, text)
        page.save_revision().publish()

    return change


def finish(translation, user=None):
    """Translate every text."""
    texts = {
        segment.context.path: f"FR {segment.string.data}" for segment in translation.source.stringsegment_set.all()
    }
    translating.fill(translation, texts, user)


def later(time_machine, **difference):
    """Let time pass, for instance that in which publications are told of together."""
    time_machine.move_to(timezone.now() + datetime.timedelta(**difference), tick=False)


class TestAsking:
    def test_records_who_asked_whom_until_when_and_the_words(self, make_article, ask, ada, camille):
        article = make_article("A new well", text="<p>The well is open since Monday.</p>")
        job = ask(article, to=camille, due_on=TOMORROW, note="By Friday, please.")
        assert (job.asked_by, job.translator, job.due_on, job.note) == (ada, camille, TOMORROW, "By Friday, please.")
        row = job.pages.get()
        assert (row.title, row.words_new, row.words_changed, row.words_repeated) == ("A new well", 9, 0, 0)

    def test_the_words_stay_as_they_were(self, make_article, ask, camille):
        article = make_article("Wells", body=[])
        job = ask(article, to=camille)
        translating.fill(job.pages.get().translation, {"title": "Puits"})
        assert job.pages.get().words_new == 1

    def test_leaves_out_what_is_complete_or_asked_for_already(self, make_article, translate, ask):
        done, asked = make_article("Wells", body=[]), make_article("Roads")
        translate(done, "fr", title="Puits")
        ask(asked)
        assert ask(done, asked) is None
        assert TranslationJob.objects.count() == 1

    def test_is_for_those_who_edit_the_source(self, make_article, ask, camille):
        with pytest.raises(PermissionDenied):
            ask(make_article("Wells"), by=camille)

    def test_offers_those_who_translate_into_the_language(self, site, camille, ada, person):
        person("julien", SENDERS)
        locale = site.locales["fr"]
        assert [group.name for group in groups_of(locale)] == [translators_of("fr"), EDITORS]
        assert group_of(locale).name == translators_of("fr")
        assert set(people_of(locale)) == {camille, ada}

    def test_of_people_who_write_in_the_language(self, make_article, ask, person):
        with pytest.raises(ValueError):
            ask(make_article("Wells"), to=person("eve", translators_of("en")))

    def test_stands_in_the_history_of_the_page(self, make_article, ask):
        article = make_article("Wells")
        ask(article)
        assert PageLogEntry.objects.filter(page=article.pk, action=jobs.ASKED).exists()


class TestMail:
    def test_goes_to_the_translator_in_their_language(self, make_article, ask, camille, outbox):
        job = ask(make_article("Wells", body=[]), to=camille, due_on=TOMORROW, note="By Friday, please.")
        assert mails.send_due() == 1
        [mail] = outbox
        assert mail.to == ["camille@example.org"]
        assert mail.reply_to == ["ada@example.org"]
        assert "By Friday, please." in mail.body
        target = ArticlePage.objects.get(locale__language_code="fr", title="Wells")
        row = job.pages.get()
        html = mail.alternatives[0][0]
        for url in (
            reverse("wagtailadmin_pages:edit", args=[target.pk]),
            reverse("wagtail_localize:preview_translation", args=[row.translation_id]),
            reverse("translation_job", args=[job.pk]),
        ):
            assert f"https://news.example.org{url}" in mail.body
            assert f"https://news.example.org{url}" in html
        assert mail.extra_headers["Content-Language"] == "fr"
        assert "<mj-" not in html

    def test_carries_a_po_file_of_every_page(self, make_article, ask, camille, outbox):
        ask(make_article("Wells", body=[]), make_article("Wells", body=[]), to=camille)
        mails.send_due()
        files = [(name, polib.pofile(content)) for name, content, _type in outbox[0].attachments]
        assert len({name for name, _file in files}) == 2
        assert all([entry.msgid for entry in file] == ["Wells"] for _name, file in files)

    def test_goes_to_everybody_in_a_group(self, make_article, ask, camille, person, outbox):
        person("denis", translators_of("fr"))
        ask(make_article("Wells"), to=Group.objects.get(name=translators_of("fr")))
        assert mails.send_due() == 2
        assert {mail.to[0] for mail in outbox} == {"camille@example.org", "denis@example.org"}

    def test_nobody_is_mailed_about_what_anybody_may_take(self, make_article, ask, camille, outbox):
        ask(make_article("Wells"))
        assert mails.send_due() == 0

    def test_leaves_when_the_clock_comes_and_not_in_the_request(self, make_article, ask, camille, outbox):
        ask(make_article("Wells"), to=camille)
        assert outbox == []
        assert mails.send_due() == 1
        assert mails.send_due() == 0

    def test_says_nothing_to_somebody_who_may_no_longer_see_it(self, make_article, ask, camille, outbox):
        ask(make_article("Wells"), to=camille)
        camille.groups.clear()
        assert mails.send_due() == 0
        assert Notice.objects.get().state == Notice.State.DROPPED

    def test_that_cannot_be_sent_is_tried_again_and_then_shown(
        self, make_article, ask, camille, settings, time_machine, outbox
    ):
        settings.EMAIL_BACKEND = "tests.doors.RefusingEmailBackend"
        job = ask(make_article("Wells"), to=camille)
        for _attempt in range(len(mails.PAUSES) + 1):
            assert Notice.objects.get().state == Notice.State.PENDING
            mails.send_due()
            later(time_machine, hours=3)
        notice = Notice.objects.get()
        assert notice.state == Notice.State.FAILED
        assert notice.reason
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert notices.try_again(job.notices.all()) == 1
        assert mails.send_due() == 1

    def test_one_that_fails_does_not_hold_up_the_others(self, make_article, ask, camille, person, outbox):
        nameless = person("eve", translators_of("fr"), email="")
        ask(make_article("Wells"), to=nameless)
        ask(make_article("Roads"), to=camille)
        assert mails.send_due() == 1

    def test_of_two_clocks_one_sends(self, make_article, ask, camille, outbox):
        ask(make_article("Wells"), to=camille)
        notice = Notice.objects.get()
        assert mails._claim(notice)
        assert not mails._claim(Notice(pk=notice.pk, due_at=notice.due_at))
        assert mails.send_due() == 0


class TestMoving:
    def test_translators_are_told_once_a_publication_with_the_new_words(
        self, make_article, ask, move, camille, outbox, time_machine
    ):
        article = make_article("Wells", standfirst="Open since Monday.", body=[])
        job = ask(article, to=camille)
        mails.send_due()
        finish(job.pages.get().translation)
        move(article, standfirst="Open since Tuesday.")
        move(article, title="Deep wells")
        later(time_machine, minutes=1)
        jobs.announce_moves()
        jobs.announce_moves()
        mails.send_due()
        asked, moved = outbox
        assert "Wells" in moved.subject
        assert moved.subject != asked.subject
        [(_name, content, _type)] = moved.attachments
        assert {entry.msgid for entry in polib.pofile(content)} >= {"Open since Tuesday.", "Deep wells"}
        assert job.pages.get().words_moved == 5

    def test_every_later_publication_is_told_again(self, make_article, ask, move, camille, outbox, time_machine):
        article = make_article("Wells", body=[])
        ask(article, to=camille)
        for title in ("Deep wells", "Deeper wells"):
            move(article, title=title)
            later(time_machine, minutes=1)
            jobs.announce_moves()
            mails.send_due()
        assert len(outbox) == 3  # and the first, which asked

    def test_while_a_mail_waits_there_is_no_second_one(self, make_article, ask, move, french, camille, outbox):
        article = make_article("Wells", body=[])
        ask(article, to=camille)
        mails.send_due()
        for title in ("Deep wells", "Deeper wells"):
            move(article, title=title)
            french(article)
            assert jobs.announce_moves() == 1
        assert mails.send_due() == 1

    def test_drafts_tell_nobody(self, make_article, ask, camille, outbox, time_machine):
        article = make_article("Wells", live=False)
        ask(article, to=camille)
        article.title = "Deep wells"
        article.save_revision()
        later(time_machine, minutes=1)
        assert jobs.announce_moves() == 0
        article.get_latest_revision().publish()
        later(time_machine, minutes=1)
        assert jobs.announce_moves() == 1

    def test_what_is_published_again_without_changes_tells_nobody(self, make_article, ask, camille, time_machine):
        article = make_article("Wells")
        ask(article, to=camille)
        article.save_revision().publish()
        later(time_machine, minutes=1)
        assert jobs.announce_moves() == 0

    def test_a_source_that_fails_does_not_hold_up_the_others(
        self, make_article, ask, move, camille, time_machine, monkeypatch, caplog
    ):
        articles = [make_article(title, body=[]) for title in ("Wells", "Pumps")]
        ask(*articles, to=camille)
        for article in articles:
            move(article, title=f"Deep {article.title}")
        later(time_machine, minutes=1)
        update = translating.update_source

        def update_all_but_wells(source):
            update(source)
            if source.pk == articles[0].pk:
                raise IntegrityError("two of a kind")

        monkeypatch.setattr(translating, "update_source", update_all_but_wells)
        assert jobs.announce_moves() == 1
        assert "two of a kind" in caplog.text
        monkeypatch.undo()
        assert jobs.announce_moves() == 1  # nothing of what failed was kept

    def test_a_source_that_somebody_else_synchronised_is_told_of_too(self, make_article, ask, move, french, camille):
        article = make_article("Wells", body=[])
        ask(article, to=camille)
        move(article, title="Deep wells")
        french(article)
        assert jobs.announce_moves() == 1
        assert Notice.objects.filter(kind=Notice.Kind.MOVED, to=camille).count() == 1

    def test_a_text_that_is_gone_is_told_of(self, make_article, ask, move, french, camille):
        article = make_article("Wells", standfirst="Open since Monday.", body=[])
        job = ask(article, to=camille)
        move(article, standfirst="")
        french(article)
        assert jobs.announce_moves() == 1
        assert job.pages.get().words_moved == 0

    def test_a_change_that_is_no_text_tells_nobody(self, make_article, ask, move, french, camille):
        article = make_article("Wells")
        ask(article, to=camille)
        move(article, show_in_menus=True)
        french(article)
        assert jobs.announce_moves() == 0

    def test_a_text_written_by_hand_is_told_of_but_once(self, make_article, ask, move, camille, ada, time_machine):
        article = make_article("Wells")
        job = ask(article, to=camille)
        pairing.write_by_hand(job.pages.get().translation, ada)
        move(article, title="Deep wells")
        later(time_machine, minutes=1)
        assert jobs.announce_moves() == 1
        assert jobs.announce_moves() == 0

    def test_for_a_text_written_by_hand_there_is_a_draft_to_look_at_and_no_file(
        self, make_article, ask, move, camille, ada, outbox, time_machine
    ):
        article = make_article("Wells")
        job = ask(article, to=camille)
        translation = job.pages.get().translation
        mails.send_due()
        pairing.write_by_hand(translation, ada)
        move(article, title="Deep wells")
        later(time_machine, minutes=1)
        jobs.announce_moves()
        mails.send_due()
        draft = reverse("wagtailadmin_pages:view_draft", args=[translation.get_target_instance().pk])
        for text in (outbox[1].body, outbox[1].alternatives[0].content):
            assert draft in text and "PO" not in text
        assert outbox[1].attachments == []


class TestClosing:
    def state(self, job):
        jobs.close_delivered()
        job.refresh_from_db()
        return job.state

    def test_when_the_translation_is_public(self, make_article, ask, camille, ada):
        job = ask(make_article("Wells"), to=camille)
        translation = job.pages.get().translation
        assert self.state(job) == "open"
        finish(translation)
        assert self.state(job) == "open"
        drafts.publish(translation, ada)
        assert self.state(job) == "delivered"
        row = job.pages.get()
        assert row.delivered_by == camille
        assert row.delivered_at is not None

    @pytest.mark.parametrize(("complete", "state"), [(True, "delivered"), (False, "open")])
    def test_when_all_of_it_is_handed_over_for_review(self, site, make_article, ask, camille, complete, state):
        workflow = Workflow.objects.first() or Workflow.objects.create(name="Review")
        workflow.active = True
        workflow.save()
        WorkflowPage.objects.create(page=site.fr.home, workflow=workflow)
        job = ask(make_article("Wells"), to=camille)
        translation = job.pages.get().translation
        translating.fill(translation, {"title": "Puits"})
        if complete:
            finish(translation)
        drafts.submit(translation, camille, confirmed=True)
        assert self.state(job) == state

    def test_not_when_texts_are_missing(self, make_article, ask, ada):
        job = ask(make_article("Wells"))
        translation = job.pages.get().translation
        translating.fill(translation, {"title": "Puits"})
        drafts.publish(translation, ada, confirmed=True)
        assert self.state(job) == "open"

    def test_when_its_last_page_is_delivered(self, make_article, ask, ada):
        job = ask(make_article("Wells"), make_article("Roads"))
        first, second = (row.translation for row in job.pages.order_by("pk"))
        for translation, expected in ((first, "open"), (second, "delivered")):
            finish(translation)
            drafts.publish(translation, ada)
            assert self.state(job) == expected

    def test_names_the_one_of_a_group_who_translated(self, make_article, ask, camille, person, ada):
        denis = person("denis", translators_of("fr"))
        job = ask(make_article("Wells"), to=Group.objects.get(name=translators_of("fr")))
        translation = job.pages.get().translation
        finish(translation, denis)
        drafts.publish(translation, ada)
        jobs.close_delivered()
        assert job.pages.get().delivered_by == denis

    def test_without_delivery_when_the_page_is_gone(self, make_article, ask):
        job = ask(make_article("Wells"))
        ArticlePage.objects.get(locale__language_code="fr", title="Wells").delete()
        assert self.state(job) == "cancelled"

    def test_who_asked_is_told_when_all_of_it_is_there(self, make_article, ask, camille, ada, outbox):
        job = ask(make_article("Wells"), make_article("Roads"), to=camille)
        mails.send_due()
        first, second = [row.translation for row in job.pages.order_by("pk")]
        finish(first)
        drafts.publish(first, camille)
        assert self.state(job) == "open" and mails.send_due() == 0
        finish(second)
        drafts.publish(second, camille)
        assert self.state(job) == "delivered" and mails.send_due() == 1
        mail = outbox[1]
        assert (mail.to, mail.reply_to) == (["ada@example.org"], ["camille@example.org"])
        assert mail.subject == "Translated into French: “Wells” and 1 more"
        assert "Roads" in mail.body and "Translate:" not in mail.body
        assert mail.attachments == []

    def test_also_when_they_do_not_edit_the_language(self, make_article, ask, camille, person, outbox):
        bea = person("bea", translators_of("en"))
        job = ask(make_article("Wells"), to=camille, by=bea)
        mails.send_due()
        translation = job.pages.get().translation
        finish(translation)
        drafts.publish(translation, camille)
        self.state(job)
        mails.send_due()
        assert outbox[1].to == ["bea@example.org"] and "Wells" in outbox[1].body

    def test_taking_it_back_tells_the_translator(self, make_article, ask, camille, outbox):
        job = ask(make_article("Wells"), to=camille)
        mails.send_due()
        job.pages.update(moved_at=timezone.now())
        assert jobs.cancel(job)
        assert not jobs.cancel(job)
        mails.send_due()
        assert len(outbox) == 2
        assert outbox[1].attachments == []

    def test_who_has_not_heard_of_it_hears_nothing(self, make_article, ask, camille, outbox):
        job = ask(make_article("Wells"), to=camille)
        jobs.cancel(job)
        mails.send_due()
        assert not outbox

    def test_costs_the_same_for_one_page_and_for_many(self, make_article, ask):
        def price():
            with CaptureQueriesContext(connection) as queries:
                jobs.close_delivered()
            return len(queries)

        ask(make_article("Wells"))
        price()
        one = price()
        ask(*(make_article(f"Roads {number}") for number in range(5)))
        assert price() == one


class TestScreens:
    def send(self, client, *pages, **fields):
        query = "&".join(f"id={page.pk}" for page in pages)
        return client.post(f"{SEND}?next=/admin/&{query}", fields)

    def test_the_form_asks_to_whom_until_when(self, site, make_article, login, camille):
        client = login(EDITORS)
        article = make_article("Wells")
        html = client.get(f"{SEND}?id={article.pk}").content.decode()
        assert translators_of("fr") in html
        assert "Camille" in html
        response = self.send(
            client,
            article,
            languages=[site.locales["fr"].pk],
            to_fr=f"user:{camille.pk}",
            due_on=TOMORROW.isoformat(),
            note="Please",
        )
        assert response.status_code == 302
        job = TranslationJob.objects.get()
        assert (job.translator, job.due_on, job.note, job.language) == (camille, TOMORROW, "Please", "fr")

    def test_a_day_that_is_over_is_refused(self, site, make_article, login):
        response = self.send(
            login(EDITORS), make_article("Wells"), languages=[site.locales["fr"].pk], due_on="2020-01-01"
        )
        assert response.status_code == 200
        assert not TranslationJob.objects.exists()

    def test_nobody_translates_into_the_language_of_the_source(self, site, make_article, login):
        client = login(EDITORS)
        html = client.get(f"{SEND}?id={make_article().pk}").content.decode()
        offered = {code for code, locale in site.locales.items() if f'name="languages" value="{locale.pk}"' in html}
        assert offered == {"fr"}
        english, french = make_article("Wells"), make_article("Puits", "fr")
        for pages, fields in (((english,), {"to_fr"}), ((english, french), {"to_en", "to_fr"})):
            html = client.get(SEND + "?" + "&".join(f"id={page.pk}" for page in pages)).content.decode()
            assert {name for name in ("to_en", "to_fr") if f'name="{name}"' in html} == fields

    def test_a_translator_opens_a_translation_but_asks_nobody(self, site, make_article, login):
        self.send(login(translators_of("fr")), make_article("Wells"), languages=[site.locales["fr"].pk])
        assert ArticlePage.objects.filter(locale__language_code="fr", title="Wells").exists()
        assert not TranslationJob.objects.exists()

    def test_the_form_of_one_page_asks_too(self, site, make_article, login, camille):
        article = make_article("Wells")
        url = reverse("wagtail_localize:submit_page_translation", args=[article.pk])
        client = login(EDITORS)
        assert "Camille" in client.get(url).content.decode()
        client.post(url, {"locales": [site.locales["fr"].pk], "to_fr": f"user:{camille.pk}"})
        assert TranslationJob.objects.get().translator == camille

    def test_the_button_stands_on_sources_only(self, make_article, ask, login):
        article = make_article("Wells")
        ask(article)
        french = ArticlePage.objects.get(locale__language_code="fr", title="Wells")
        client = login(EDITORS)
        for page, expected in ((article, True), (french, False)):
            html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
            assert (f"{SEND}?id={page.pk}" in html) == expected

    def test_a_job_shows_its_pages_and_its_mails(self, make_article, ask, camille, client):
        job = ask(make_article("Wells"), to=camille)
        client.force_login(camille)
        html = client.get(reverse("translation_job", args=[job.pk])).content.decode()
        assert "Wells" in html
        assert "Camille" in html
        assert reverse("translation_questions", args=[job.pages.get().translation_id]) in html

    @pytest.mark.parametrize(("group", "status"), [(translators_of("fr"), 200), (translators_of("en"), 404)])
    def test_only_those_whom_it_concerns_see_it(self, make_article, ask, login, group, status):
        job = ask(make_article("Wells"))
        client = login(group)
        assert client.get(reverse("translation_job", args=[job.pk])).status_code == status
        html = client.get(reverse("translation_jobs")).content.decode()
        assert ("Wells" in html) == (status == 200)

    def test_only_who_asked_or_edits_the_source_takes_it_back(self, make_article, ask, camille, ada, client):
        job = ask(make_article("Wells"), to=camille)
        url = reverse("translation_job", args=[job.pk])
        for user, state in ((camille, "open"), (ada, "cancelled")):
            client.force_login(user)
            client.post(url, {"cancel": ""})
            job.refresh_from_db()
            assert job.state == state

    def test_costs_the_same_for_one_page_and_for_many(self, make_article, ask, camille, client):
        def price(*pages):
            url = reverse("translation_job", args=[ask(*pages, to=camille).pk])
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            return len(queries)

        client.force_login(camille)
        assert price(make_article("Wells")) == price(*(make_article(f"Roads {number}") for number in range(5)))

    def test_a_mail_that_was_not_sent_is_seen_and_sent_again(self, make_article, ask, camille, ada, client):
        job = ask(make_article("Wells"), to=camille)
        job.notices.update(state=Notice.State.FAILED, reason="no such mailbox")
        client.force_login(ada)
        url = reverse("translation_job", args=[job.pk])
        assert "no such mailbox" in client.get(url).content.decode()
        client.post(url, {"again": ""})
        assert job.notices.get().state == Notice.State.PENDING

    def test_the_list_costs_the_same_for_few_and_for_many(self, make_article, ask, login):
        client = login(EDITORS)
        url = reverse("translation_jobs")

        def price():
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            return len(queries)

        ask(make_article("Wells"))
        few = price()
        for number in range(6):
            ask(make_article(f"Roads {number}"))
        assert price() == few


class TestWordsDelivered:
    @pytest.fixture
    def delivered(self, make_article, ask, camille, person):
        """Two pages delivered in one month, by one translator, and one by another."""
        denis = person("denis", translators_of("fr"))
        for title, user in (("Wells", camille), ("Roads and rails", camille), ("Rain", denis)):
            ask(make_article(title, body=[]), to=user)
        when = timezone.make_aware(datetime.datetime(2026, 3, 31, 23, 30))
        JobPage.objects.update(state="delivered", delivered_at=when)
        for row in JobPage.objects.all():
            JobPage.objects.filter(pk=row.pk).update(delivered_by=row.job.translator)

    def rows(self, client):
        response = client.get(reverse("translation_words") + "?export=csv")
        return list(csv.DictReader(io.StringIO(response.getvalue().decode())))

    def test_are_counted_by_translator_and_month(self, delivered, login):
        rows = self.rows(login(EDITORS))
        assert [(row["Month"], row["Translator"], row["Into"], row["Pages"], row["All words"]) for row in rows] == [
            ("2026-03", "Camille", "French", "2", "4"),
            ("2026-03", "Denis", "French", "1", "1"),
        ]

    def test_translators_see_their_own(self, delivered, camille, client):
        client.force_login(camille)
        [row] = self.rows(client)
        assert "Camille" in row.values()

    def test_the_page_shows_the_same(self, delivered, login):
        assert "2026-03" in login(EDITORS).get(reverse("translation_words")).content.decode()

    @pytest.mark.parametrize("name", ["translation_words", "translation_jobs", "translation_desk"])
    def test_is_no_business_of_others(self, login, name):
        group = Group.objects.create(name="Guests")
        group.permissions.set(Permission.objects.filter(codename="access_admin"))
        assert login("Guests").get(reverse(name)).status_code == 302
