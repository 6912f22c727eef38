"""What the preflight says about the domain that mails are sent from."""

import dns.exception
import dns.resolver
import pytest

from newsletter import preflight
from newsletter.checks import sender
from newsletter.checks.problems import Record
from newsletter.checks.sender import LookupFailed

GOOD = {
    "news.example.org": ["some other text", "v=spf1 include:mail.example.net -all"],
    "brief._domainkey.news.example.org": ["v=DKIM1; k=rsa; p=MIIBIjANBg"],
    "_dmarc.example.org": ["v=DMARC1; p=none; rua=mailto:dmarc@example.org"],
}


@pytest.fixture
def names(monkeypatch, settings):
    """The domain name system, as far as it is there; a name may be set to an exception."""
    settings.DKIM_SELECTOR = "brief"
    known = dict(GOOD)

    def txt_records(name):
        answer = known.get(name, [])
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(sender, "txt_records", txt_records)
    return known


def problems():
    return list(sender.problems(["Our News <news@news.example.org>"]))


def test_a_domain_with_all_three_is_fine_the_policy_of_the_domain_above_counts(names):
    assert problems() == []


def test_without_spf_it_says_so_with_the_record_to_copy(names):
    names["news.example.org"] = ["some other text"]
    (problem,) = problems()
    assert (problem.code, problem.blocks) == ("spf", False)
    assert problem.records == (Record("news.example.org", "v=spf1 include:<the domain your mail provider names> -all"),)


def test_two_spf_records_are_as_bad_as_none(names):
    names["news.example.org"] = ["v=spf1 -all", "v=spf1 mx -all"]
    (problem,) = problems()
    assert problem.code == "spf"
    assert "several" in problem.message


def test_a_key_that_was_taken_back_is_no_key(names):
    names["brief._domainkey.news.example.org"] = ["v=DKIM1; p="]
    (problem,) = problems()
    assert problem.code == "dkim"
    assert problem.records[0].name == "brief._domainkey.news.example.org"


def test_without_a_selector_nobody_can_know_about_the_key_and_it_says_so(names, settings):
    settings.DKIM_SELECTOR = ""
    (problem,) = problems()
    assert problem.code == "dkim"
    assert "DKIM_SELECTOR" in problem.message


def test_without_dmarc_it_gives_the_record_to_copy(names):
    del names["_dmarc.example.org"]
    (problem,) = problems()
    assert problem.code == "dmarc"
    assert problem.records == (
        Record("_dmarc.news.example.org", "v=DMARC1; p=none; rua=mailto:postmaster@news.example.org"),
    )


def test_a_dmarc_record_without_a_policy_is_said(names):
    names["_dmarc.example.org"] = ["v=DMARC1; rua=mailto:dmarc@example.org"]
    assert [problem.code for problem in problems()] == ["dmarc"]


def test_when_nobody_answers_it_says_that_it_does_not_know(names):
    names["_dmarc.example.org"] = LookupFailed("timed out")
    assert [(problem.code, problem.blocks) for problem in problems()] == [("domain-unknown", False)]


@pytest.mark.parametrize(("raised", "answer"), [(dns.resolver.NXDOMAIN(), []), (dns.exception.Timeout(), LookupFailed)])
def test_a_name_that_is_not_there_has_no_records_and_silence_is_a_failure(monkeypatch, raised, answer):
    def resolve(*args, **kwargs):
        raise raised

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    if answer == []:
        assert sender.txt_records("news.example.org") == []
    else:
        with pytest.raises(answer):
            sender.txt_records("news.example.org")


@pytest.mark.django_db
def test_the_domain_is_looked_up_before_sending_and_not_for_the_panel(names, bilingual_digest, subscribe, settings):
    subscribe("ada@example.org")
    settings.CHECK_SENDER_DOMAIN = True
    settings.DEFAULT_FROM_EMAIL = "news@news.example.org"
    names.clear()
    codes = {problem.code for problem in preflight.run(bilingual_digest).problems}
    assert {"spf", "dkim", "dmarc"} <= codes
    assert preflight.run(bilingual_digest, thorough=False).problems == ()
    settings.CHECK_SENDER_DOMAIN = False
    assert preflight.run(bilingual_digest).problems == ()
