"""PO files in the admin: getting them, putting them back. What a file would change is shown before it is stored."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from newsroom.language import language_choices, language_label
from newsroom.localization import importing, permissions, po, translating
from newsroom.pages import SitePage


def patterns() -> list[Any]:
    """The addresses that wagtail-localize does not have."""
    return [
        path("localization/po/", upload_many, name="localization_po_upload"),
        path("localization/po/<int:page_id>/<str:language>/", download_with_parts, name="localization_po_parts"),
    ]


class UploadForm(forms.Form):
    """A file to look at."""

    file = forms.FileField(
        label=gettext_lazy("PO file, or several in a ZIP archive"),
        widget=forms.FileInput(attrs={"accept": ".po,.pot,.zip"}),
    )


@dataclass(frozen=True)
class Row:
    """A line of a report: how a form names it, and what was found."""

    key: str
    finding: importing.Finding


# -- Getting files -----------------------------------------------------------------------------------------------------


@require_GET
def download(request: HttpRequest, translation_id: int) -> HttpResponse:
    """The file of one translation."""
    translation = get_object_or_404(Translation.objects.select_related("source"), pk=translation_id)
    return _attachment(str(po.export(translation)).encode(), po.CONTENT_TYPE, po.file_name(translation))


@require_GET
def download_with_parts(request: HttpRequest, page_id: int, language: str) -> HttpResponse:
    """The files of a page and of the pages it is made of, in one language: a digest with its articles."""
    page = get_object_or_404(Page, pk=page_id).specific
    locale = get_object_or_404(Locale, language_code=language)
    if not permissions.may_see(request.user, page):
        raise PermissionDenied
    response = _archive([page, *_parts_of(page)], locale, request.user)
    if response is None:
        messages.error(request, _nothing_to_get(locale))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return response


def buttons(page: Page, user: Any) -> Iterator[Button]:
    """For a page that has parts, such as a digest, the way to the files of both in each other language that the user
    writes in."""
    model = page.specific_class
    if model is None or getattr(model, "parts", SitePage.parts) is SitePage.parts:
        return
    for locale in Locale.objects.exclude(pk=page.locale_id).order_by("pk"):
        if permissions.works_in(user, locale):
            label = _("PO files: %(language)s") % {"language": language_label(locale.language_code)}
            url = reverse("localization_po_parts", args=[page.pk, locale.language_code])
            yield Button(label, url, icon_name="download", priority=62)


def _parts_of(page: Page) -> list[Page]:
    """The pages that stand in the latest draft of a page and are translated with it."""
    draft = page.get_latest_revision_as_object()
    return draft.parts() if isinstance(draft, SitePage) else []


def translations_to_get(pages: Iterable[Page], locale: Locale, user: Any) -> list[Translation]:
    """The open translations of pages, given in whichever language, into one language, in their order: those that the
    user may read."""
    keys = [page.translation_key for page in pages]
    found = Translation.objects.filter(source__object_id__in=keys, target_locale=locale, enabled=True)
    by_key = {one.source.object_id: one for one in found.select_related("source__locale", "target_locale")}
    wanted = [by_key[key] for key in dict.fromkeys(keys) if key in by_key]
    return [one for one in wanted if permissions.may_open(user, one.get_target_instance())]


def _archive(pages: list[Page], locale: Locale, user: Any) -> HttpResponse | None:
    translations = translations_to_get(pages, locale, user)
    if not translations:
        return None
    name = f"{slugify(pages[0].title)[:80] or 'translations'}-{locale.language_code}.zip"
    return _attachment(po.archive(translations), "application/zip", name)


def _attachment(data: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _nothing_to_get(locale: Locale) -> str:
    return _("None of these pages is being translated, by you, into this language: %(language)s.") % {
        "language": language_label(locale.language_code)
    }


class LanguageForm(forms.Form):
    """The language of the files."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: language_choices(Locale.objects.order_by("pk")),
        widget=forms.RadioSelect,
    )


class DownloadFiles(PageBulkAction):
    """The files of the pages ticked in a listing."""

    display_name = gettext_lazy("PO files")
    action_type = "po_files"
    aria_label = gettext_lazy("Get the PO files of the selected pages")
    template_name = "localization/po_download.html"
    header_icon = "download"
    button = gettext_lazy("Download")
    action_priority = 6
    form_class = LanguageForm

    def check_perm(self, page: Page) -> bool:
        return permissions.may_see(self.request.user, page)

    def get_initial(self) -> dict[str, Any]:
        locales = list(Locale.objects.order_by("pk"))
        own = [locale.language_code for locale in locales[1:] if permissions.works_in(self.request.user, locale)]
        return {"language": own[0] if own else None}

    def prepare_action(self, objects: list[Page], objects_without_access: Any) -> HttpResponse:
        locale = Locale.objects.get(language_code=self.cleaned_form.cleaned_data["language"])
        response = _archive(objects, locale, self.request.user)
        if response is None:
            messages.error(self.request, _nothing_to_get(locale))
            return redirect(self.next_url)
        return response


# -- Putting them back -------------------------------------------------------------------------------------------------


def upload(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Put in the file of one translation. Its page's permissions were asked for by the guard."""
    return _put_in(request, get_object_or_404(translating.open_translations(), pk=translation_id))


def upload_many(request: HttpRequest) -> HttpResponse:
    """Put in files of any translations, in an archive or one by one. What the user may change is asked for each."""
    if not permissions.own_locales(request.user):
        raise PermissionDenied
    return _put_in(request, None)


def _put_in(request: HttpRequest, expected: Translation | None) -> HttpResponse:
    """Three steps at one address: choose a file; see what it would change; store what was seen."""
    if request.method == "POST" and "upload" in request.POST:
        return _store(request, expected)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        uploaded = form.cleaned_data["file"]
        try:
            if uploaded.size > po.MAX_TOTAL:
                raise po.Unreadable(po.too_large())
            files = po.unpack(uploaded.name, uploaded.read())
        except po.Unreadable as error:
            form.add_error("file", str(error))
        else:
            return _show(request, expected, files, importing.examine(files, request.user, expected))
    return TemplateResponse(request, "localization/po_upload.html", {"form": form, **_context(request, expected)})


def _store(request: HttpRequest, expected: Translation | None) -> HttpResponse:
    """Store what was shown, and what was ticked; show it again when it is no longer what would be stored."""
    try:
        files = po.unpack("", base64.b64decode(request.POST["upload"], validate=True))
    except (po.Unreadable, binascii.Error):
        messages.error(request, _("The upload was damaged on its way: choose the file again."))
        return redirect(request.path)
    user: Any = request.user
    with transaction.atomic():
        seen = importing.examine(files, user, expected)
        as_seen = importing.fingerprint(seen) == request.POST.get("seen")
        replace = request.POST.getlist("replace")
        ticked = importing.examine(files, user, expected, replace) if replace else seen
        count = importing.store(ticked, user) if as_seen else 0
    if not as_seen:
        messages.warning(
            request, _("A translation has changed in the meantime. Nothing was stored: please look again.")
        )
        return _show(request, expected, files, seen)
    done = ngettext("%(count)d text was stored.", "%(count)d texts were stored.", count) % {"count": count}
    unseen = _("Readers see no change until the translation is published.")
    messages.success(request, f"{done} {unseen}")
    return redirect(_way_back(request, expected))


def _show(
    request: HttpRequest,
    expected: Translation | None,
    files: list[tuple[str, bytes]],
    reports: list[importing.Report],
) -> HttpResponse:
    context = {
        "reports": [
            {
                "report": report,
                "rows": [Row(importing.key_of(number, one.line.number), one) for one in report.told],
            }
            for number, report in enumerate(reports)
        ],
        "count": sum(len(report.changes) for report in reports),
        "storable": any(
            finding.verdict in importing.STORED or finding.verdict == importing.Verdict.NEWER
            for report in reports
            for finding in report.findings
        ),
        "seen": importing.fingerprint(reports),
        "upload": base64.b64encode(po.pack(files)).decode(),
        **_context(request, expected),
    }
    return TemplateResponse(request, "localization/po_report.html", context)


def _context(request: HttpRequest, expected: Translation | None) -> dict[str, Any]:
    return {
        "back_url": _way_back(request, expected),
        "translation": expected,
        "page_title": _("Take over PO files"),
        "page_subtitle": expected.source.object_repr if expected else "",
    }


def _way_back(request: HttpRequest, expected: Translation | None) -> str:
    if expected is not None:
        return get_valid_next_url_from_request(request) or expected.get_target_instance_edit_url()
    return get_valid_next_url_from_request(request) or reverse("wagtail_localize:translations_report")
