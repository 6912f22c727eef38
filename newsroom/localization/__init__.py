"""The glue round wagtail-localize: from "send for translation" to a page that nobody has to check twice.

A translation and its state
    `models` (what is remembered), `translating` (sending, storing), `state` (the one notion), `watching` (what `state`
    cannot ask the database), `follow` (what is not text), `cascade` (unpublish, move, delete), `permissions`, `guards`
    (wagtail-localize's views behind them)
Its texts
    `editor_page`, `editor_views`, `editor` (its buttons) · `segments` and `typography` (what may be stored, and how) ·
    `overrides` (what is no text) · `matching`, `carrying`, `differences`, `small_changes` (what a change of the source
    does to them) · `figures` and `doubts` (what differs and should not)
On the way to readers
    `drafts` (saving, submitting, publishing), `readiness`, `approval`
Texts that come from elsewhere
    `po`, `importing`, `po_views` · `machine`, `machine_views` · `pairing`, `pairing_views` (written by hand)
People
    `jobs`, `job_forms`, `job_views`, `translators`, `words` · `questions`, `question_views` · `notices`, `mails`
In the admin
    `panels`, `listing`, `report`, `sending`, `bulk` (what is done to many pages at once)
"""
