"""Importing subscribers: what becomes of every row, and writing it.

Rows are taken some thousand at a time, with one query a table for all of them; memory does not grow with the file.
What is written is decided in the transaction that writes it, so that a second run, or one after a crash, changes
nothing that is there already. An import never revives anybody: who left, is suppressed or has not confirmed stays so.
"""

import hashlib
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.addresses import keyed_hash, normalise
from newsletter.import_columns import Row, Source
from newsletter.import_files import FileProblem
from newsletter.models import (
    Consent,
    NewsletterPage,
    Subscriber,
    SubscriberTag,
    Subscription,
    Suppression,
    TaggedSubscriber,
)
from newsletter.models.subscriber import ALL_LANGUAGES, version_of
from newsroom.language import name_in_a_sentence

# So many rows are looked up, and written, together.
CHUNK = 2000
# A file with more different ones has something else in that column.
MOST_NEW_TAGS = 200
# Somebody signed up between looking and writing: look again, so many times.
ATTEMPTS = 3

State = Subscription.State


class Verdict(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", gettext_lazy("new")
    UPDATED = "updated", gettext_lazy("updated")
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    WAITING = "waiting", gettext_lazy("waiting for confirmation")
    UNSUBSCRIBED = "unsubscribed", gettext_lazy("already unsubscribed")
    SUPPRESSED = "suppressed", gettext_lazy("suppressed")
    LEFT = "left", gettext_lazy("left there already")
    UNCONFIRMED = "unconfirmed", gettext_lazy("never confirmed there")
    REPEATED = "repeated", gettext_lazy("repeated in the file")
    INVALID = "invalid", gettext_lazy("invalid")


# The verdicts by which something is written.
WRITTEN = {Verdict.NEW, Verdict.UPDATED}


@dataclass(frozen=True)
class Finding:
    """A row's verdict. `email` is the address as it is stored, or as the file has it when it is invalid; `detail` is
    what changes, or why nothing does."""

    number: int
    email: str
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True)
class Statement:
    """What somebody states for all rows of a file: which newsletter, the language setting where a row has none, where
    and how these people asked for it, and tags to give them."""

    newsletter_key: uuid.UUID
    choice: str
    proof: str
    tags: tuple[str, ...] = ()


def examine(source: Source, statement: Statement) -> Iterator[list[Finding]]:
    """What would become of every row, chunk by chunk. Writes nothing. Raises FileProblem."""
    return _chunks(source, _Terms(statement), write=False)


def write(source: Source, statement: Statement) -> Iterator[list[Finding]]:
    """Import the rows: each chunk is written when it is yielded. Raises FileProblem."""
    return _chunks(source, _Terms(statement), write=True)


def _chunks(source: Source, terms: "_Terms", *, write: bool) -> Iterator[list[Finding]]:
    with closing(_Register()) as register:
        if source.columns.tell_who_left:
            register.note_who_left(source.rows())
        rows = source.rows()
        while chunk := [register.candidate(row) for row in islice(rows, CHUNK)]:
            yield _work_off(chunk, terms, write=write)


def _work_off(chunk: list["_Candidate"], terms: "_Terms", *, write: bool) -> list[Finding]:
    """The verdicts of a chunk; what they say is written if `write`."""
    if not write:
        return _Chunk(chunk, terms).findings()
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                work = _Chunk(chunk, terms)
                findings = work.findings()
                work.write()
            return findings
        except IntegrityError:
            terms.forget_tags()
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


# -- What is said of the whole file ------------------------------------------------------------------------------------
class _Terms:
    """The statement, with what it takes to write it: the newsletter's titles, and the tags there are."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.wording_hash = version_of(statement.proof)
        codes = [code for code, _name in settings.LANGUAGES]
        found = {code: NewsletterPage.objects.named(statement.newsletter_key, code) for code in codes}
        self.newsletters = {code: page for code, page in found.items() if page}
        if not self.newsletters:
            raise FileProblem(_("This newsletter is no longer there."))
        self.pages_language = statement.choice if statement.choice in codes else settings.LANGUAGE_CODE
        self._tags: dict[str, int] | None = None
        self._new: set[str] = set()

    def languages_of(self, row: Row) -> tuple[str, str]:
        """The language setting of a new subscription, and the language of its pages."""
        choice = row.language or self.statement.choice
        return choice, self.pages_language if choice == ALL_LANGUAGES else choice

    def tags_of(self, row: Row) -> dict[str, str]:
        """The tags of a row and those for all, by what is the same whatever the case."""
        return {tag.casefold(): tag for tag in (*self.statement.tags, *row.tags)}

    def check_tags(self, names: Iterable[str]) -> None:
        """Raises FileProblem when a file has more new tags than people think of."""
        self._new |= {name for name in names if name not in self.known_tags}
        if len(self._new) > MOST_NEW_TAGS:
            raise FileProblem(
                _("This file has more than %(count)d tags that are new here. Does that column hold tags?")
                % {"count": MOST_NEW_TAGS}
            )

    @property
    def known_tags(self) -> dict[str, int]:
        if self._tags is None:
            self._tags = {name.casefold(): pk for pk, name in SubscriberTag.objects.values_list("pk", "name")}
        return self._tags

    def forget_tags(self) -> None:
        """What was made in a transaction that failed is not there."""
        self._tags = None

    def tag(self, name: str) -> int:
        """The key of a tag, which is made if there is none."""
        known = self.known_tags
        if name.casefold() not in known:
            known[name.casefold()] = SubscriberTag.objects.create(name=name).pk
        return known[name.casefold()]


# -- What a file says of itself ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Candidate:
    """A row with its normalised address, or with the verdict that needs no look at what is stored."""

    row: Row
    email: str
    finding: Finding | None = None


class _Register:
    """Which addresses a file has named already, and where; and of whom it says that they have left. It lies in a
    temporary file, by hashes, so that memory does not grow with the rows."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        for table in ("named", "gone"):
            self._db.execute(
                f"CREATE TABLE {table} (address BLOB PRIMARY KEY, number INTEGER, word TEXT) WITHOUT ROWID"
            )
        self._db.execute("BEGIN")

    def close(self) -> None:
        self._db.close()

    def note_who_left(self, rows: Iterable[Row]) -> None:
        """Note the addresses of which any row says that their person has left."""
        for row in rows:
            if row.left and (email := _address(row)[0]):
                self._first("gone", email, row.number, row.left)

    def candidate(self, row: Row) -> _Candidate:
        """What can be said of a row without looking at what is stored."""
        email, problem = _address(row)
        if not email or row.problem:
            return _refused(row, email or row.email, Verdict.INVALID, row.problem or problem)
        if first := self._first("named", email, row.number, ""):
            return _refused(row, email, Verdict.REPEATED, _("see line %(number)d") % {"number": first[0]})
        if row.left:
            return _refused(row, email, Verdict.LEFT, row.left)
        if gone := self._find("gone", email):
            detail = _("line %(number)d says: %(word)s") % {"number": gone[0], "word": gone[1]}
            return _refused(row, email, Verdict.LEFT, detail)
        if row.unconfirmed:
            return _refused(row, email, Verdict.UNCONFIRMED, row.unconfirmed)
        return _Candidate(row, email)

    def _first(self, table: str, email: str, number: int, word: str) -> tuple[int, str] | None:
        """The earlier entry of an address; None if this is the first, which is then noted."""
        values = (_digest(email), number, word)
        added = self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)", values)
        return None if added.rowcount else self._find(table, email)

    def _find(self, table: str, email: str) -> tuple[int, str] | None:
        return self._db.execute(f"SELECT number, word FROM {table} WHERE address = ?", (_digest(email),)).fetchone()


def _digest(email: str) -> bytes:
    return hashlib.blake2b(email.encode(), digest_size=16).digest()


def _refused(row: Row, email: str, verdict: Verdict, detail: str) -> _Candidate:
    return _Candidate(row, email, Finding(row.number, email, verdict, detail))


def _address(row: Row) -> tuple[str, str]:
    """The address of a row as it is stored, or what is wrong with it."""
    if not row.email:
        return "", _("There is no address.")
    try:
        return normalise(row.email), ""
    except ValidationError as error:
        return "", " ".join(error.messages)


# -- What is stored ----------------------------------------------------------------------------------------------------
@dataclass
class _Plan:
    """What is to be written for one row."""

    candidate: _Candidate
    subscriber: Subscriber
    subscription: Subscription | None = None  # one to be added
    new_tags: list[str] = field(default_factory=list)


class _Chunk:
    """Some rows beside what is stored of their people. The number of queries does not depend on the number of rows."""

    def __init__(self, candidates: list[_Candidate], terms: _Terms) -> None:
        self.candidates, self.terms, self.now = candidates, terms, timezone.now()
        self.plans: list[_Plan] = []
        self.changed_subscribers: list[Subscriber] = []
        self.changed_subscriptions: list[Subscription] = []
        emails = [candidate.email for candidate in candidates if candidate.finding is None]
        suppressed = set(Suppression.objects.of(emails).values_list("keyed_hash", flat=True)) if emails else set()
        self.suppressed = {email for email in emails if keyed_hash(email) in suppressed} if suppressed else set()
        self.known = {found.email: found for found in Subscriber.objects.filter(email__in=emails)} if emails else {}
        keys = [subscriber.pk for subscriber in self.known.values()]
        self.subscriptions = self._subscriptions_of(keys)
        self.tags = self._tags_of(keys)

    def _subscriptions_of(self, keys: list[int]) -> dict[int, Subscription]:
        if not keys:
            return {}
        found = Subscription.objects.of(self.terms.statement.newsletter_key).filter(subscriber__in=keys)
        return {subscription.subscriber_id: subscription for subscription in found}

    def _tags_of(self, keys: list[int]) -> dict[int, set[str]]:
        tags: dict[int, set[str]] = {}
        if keys:
            found = TaggedSubscriber.objects.filter(content_object__in=keys)
            for key, name in found.values_list("content_object", "tag__name"):
                tags.setdefault(key, set()).add(name.casefold())
        return tags

    def findings(self) -> list[Finding]:
        """The verdict of every row, in their order. Raises FileProblem."""
        found = [candidate.finding or self._finding(candidate) for candidate in self.candidates]
        self.terms.check_tags(tag.casefold() for plan in self.plans for tag in plan.new_tags)
        return found

    def _finding(self, candidate: _Candidate) -> Finding:
        row, email = candidate.row, candidate.email
        if email in self.suppressed:
            return Finding(row.number, email, Verdict.SUPPRESSED, _("this address must not be written to"))
        subscriber = self.known.get(email) or Subscriber(email=email)
        subscription = self.subscriptions.get(subscriber.pk) if subscriber.pk else None
        if subscription and subscription.state in (State.UNSUBSCRIBED, State.EXPIRED):
            return Finding(row.number, email, Verdict.UNSUBSCRIBED, subscription.get_state_display())
        if subscription and subscription.state == State.PENDING:
            return Finding(row.number, email, Verdict.WAITING, _("only the person can confirm"))
        plan = _Plan(candidate, subscriber)
        changes = [*self._fill(plan), *self._give_tags(plan)]
        if subscription is None:
            choice, language = self.terms.languages_of(row)
            plan.subscription = Subscription(
                subscriber=subscriber,
                newsletter_key=self.terms.statement.newsletter_key,
                language=choice,
                interface_language=language,
                state=State.ACTIVE,
            )
            self.plans.append(plan)
            return Finding(row.number, email, Verdict.NEW, "; ".join(row.notes))
        changes += self._set_language(subscriber, subscription, row)
        if changes:
            self.plans.append(plan)
        verdict = Verdict.UPDATED if changes else Verdict.UNCHANGED
        return Finding(row.number, email, verdict, "; ".join([*changes, *row.notes]))

    def _fill(self, plan: _Plan) -> Iterator[str]:
        """Take over name and outlet where the file has them, and say what changes."""
        row, subscriber = plan.candidate.row, plan.subscriber
        before = subscriber.name, subscriber.outlet
        if row.name and row.name != subscriber.name:
            yield _("name: “%(old)s” → “%(new)s”") % {"old": subscriber.name, "new": row.name}
            subscriber.name = row.name
        if row.outlet and row.outlet != subscriber.outlet:
            yield _("outlet: “%(old)s” → “%(new)s”") % {"old": subscriber.outlet, "new": row.outlet}
            subscriber.outlet = row.outlet
        if subscriber.pk and before != (subscriber.name, subscriber.outlet):
            self.changed_subscribers.append(subscriber)

    def _give_tags(self, plan: _Plan) -> Iterator[str]:
        has = self.tags.get(plan.subscriber.pk, set()) if plan.subscriber.pk else set()
        plan.new_tags = [tag for key, tag in self.terms.tags_of(plan.candidate.row).items() if key not in has]
        if plan.new_tags:
            yield _("tags: %(tags)s") % {"tags": ", ".join(plan.new_tags)}

    def _set_language(self, subscriber: Subscriber, subscription: Subscription, row: Row) -> Iterator[str]:
        """Take over the language that a row names, unless the person has been here: they will have chosen."""
        if row.language and row.language != subscription.language and subscriber.seen_at is None:
            name = _("all") if row.language == ALL_LANGUAGES else name_in_a_sentence(row.language)
            yield _("language: %(language)s") % {"language": name}
            subscription.language, subscription.changed_at = row.language, self.now
            self.changed_subscriptions.append(subscription)

    def write(self) -> None:
        """Write what the findings say."""
        new = [plan.subscriber for plan in self.plans if plan.subscriber.pk is None]
        Subscriber.objects.bulk_create(new)
        if self.changed_subscribers:
            Subscriber.objects.bulk_update(self.changed_subscribers, ["name", "outlet"])
        if self.changed_subscriptions:
            Subscription.objects.bulk_update(self.changed_subscriptions, ["language", "changed_at"])
        joining = [plan for plan in self.plans if plan.subscription]
        Subscription.objects.bulk_create(plan.subscription for plan in joining if plan.subscription)
        Consent.objects.bulk_create(self._consent(plan.candidate.row, plan.subscription) for plan in joining)
        TaggedSubscriber.objects.bulk_create(
            TaggedSubscriber(tag_id=self.terms.tag(tag), content_object=plan.subscriber)
            for plan in self.plans
            for tag in plan.new_tags
        )

    def _consent(self, row: Row, subscription: Any) -> Consent:
        """The proof: what was stated for the file, and when this person asked and confirmed if the row tells."""
        statement = self.terms.statement
        newsletter = self.terms.newsletters.get(subscription.interface_language)
        newsletter = newsletter or next(iter(self.terms.newsletters.values()))
        confirmed_at = row.confirmed_at or row.asked_at or self.now
        return Consent(
            subscription=subscription,
            purpose=newsletter.title,
            legal_basis=newsletter.legal_basis,
            method=Consent.Method.IMPORT,
            language=subscription.interface_language,
            choice=subscription.language,
            wording=statement.proof,
            wording_hash=self.terms.wording_hash,
            proof=statement.proof,
            requested_at=min(row.asked_at or confirmed_at, confirmed_at),
            confirmed_at=confirmed_at,
        )
