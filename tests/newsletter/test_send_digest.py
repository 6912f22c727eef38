import pytest
from django.core.management import CommandError, call_command

from newsletter.models import Campaign

pytestmark = pytest.mark.django_db


def test_without_yes_it_says_what_it_would_do(bilingual_digest, subscribe, capsys):
    subscribe("ada@example.org")
    call_command("send_digest", bilingual_digest.pk)
    said = capsys.readouterr().out
    assert "en: “A well, and what it costs”, 1 readers" in said
    assert "Add --yes" in said
    assert not Campaign.objects.exists()


def test_with_yes_it_confirms_once(bilingual_digest, subscribe, outbox, work):
    subscribe("ada@example.org")
    call_command("send_digest", bilingual_digest.pk, yes=True)
    work()
    assert len(outbox) == 1
    with pytest.raises(CommandError):
        call_command("send_digest", bilingual_digest.pk, yes=True)
    assert Campaign.objects.count() == 1


def test_it_refuses_with_the_words_of_the_preflight(make_digest, subscribe, capsys):
    subscribe("ada@example.org")
    with pytest.raises(CommandError, match="Nothing was sent"):
        call_command("send_digest", make_digest().pk, yes=True)
    assert "is empty" in capsys.readouterr().err
    assert not Campaign.objects.exists()


def test_it_says_when_there_is_no_such_digest():
    with pytest.raises(CommandError, match="no digest 0"):
        call_command("send_digest", 0)
