"""Publishing a source after a small change, a comma or a typing mistake: its translations stay as good as they were."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import PublishMenuItem
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail_localize.models import Translation, TranslationSource

from newsroom.localization import pairing, translating
from newsroom.localization.models import Pairing, Standing
from newsroom.localization.state import FOLLOWING

# What the button posts instead of Wagtail's own value, and the entry of the audit log.
SMALL = "small-change"
PUBLISHED = "newsroom.small_change"


class PublishSmallChange(PublishMenuItem):
    """A second way to publish a public source, beside Wagtail's own."""

    label = _("Publish as a small change: translations stay as they are")
    template_name = "localization/publish_small_change.html"
    icon_name = "edit"

    def is_shown(self, context: Any) -> bool:
        return (
            context["view"] == "edit"
            and super().is_shown(context)
            and context["page"].live
            and _has_followers(context["page"])
        )

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {**super().get_context_data(parent_context), "value": SMALL}


def before(request: HttpRequest, page: Page) -> None:
    """Before a small change is published: what had changed earlier, and translators have not got yet, is no small
    change. For Wagtail's hook `before_publish_page`, when the row is still what readers see."""
    if not _is_small(request):
        return
    public = page.specific_class.objects.get(pk=page.pk)
    source = TranslationSource.objects.get_for_instance_or_none(public)
    in_step = Standing.objects.filter(translation__source=source, moved=0).values("translation")
    request.pairings_in_step = list(Pairing.objects.filter(translation__in=in_step))  # type: ignore[attr-defined]
    if source and Translation.objects.filter(source=source, enabled=True).exclude(pk__in=in_step).exists():
        translating.update_source(public)


def after(request: HttpRequest, page: Page) -> None:
    """After a small change was published: translations take it over as it is. For Wagtail's hook
    `after_publish_page`."""
    if not _is_small(request) or not _has_followers(page):
        return
    translating.update_source(page, small=True)
    user: Any = request.user
    for paired in request.pairings_in_step:  # type: ignore[attr-defined]
        pairing.keep_in_step(paired, user)
    log(instance=page, action=PUBLISHED, user=user)


def _is_small(request: HttpRequest) -> bool:
    return request.POST.get("action-publish") == SMALL


def _has_followers(page: Page) -> bool:
    return Translation.objects.filter(
        FOLLOWING, source__object_id=page.translation_key, source__locale_id=page.locale_id
    ).exists()
