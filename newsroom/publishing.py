"""Publishing what was scheduled, and what public means."""

from typing import Any, Never

from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db.models import Q
from django.db.models.signals import pre_save
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction, Revision

from newsroom.localization import drafts


def connect() -> None:
    """Keep all that is live public, once."""
    pre_save.connect(_refuse_restriction, sender=PageViewRestriction, dispatch_uid="newsroom.publishing")


def _refuse_restriction(**kwargs: Any) -> Never:
    """Lists, feeds, mails and the search take what is live for public. The admin offers no way to hide a live page from
    some readers (`SitePage.private_page_options`); this is for scripts, and for Wagtail's own root of the tree."""
    raise PermissionDenied(_("A live page is there for every reader. To hide it, unpublish it."))


def publish_scheduled() -> None:
    """Publish and expire what is due, through Wagtail's own command; two cheap look-ups when nothing is."""
    now = timezone.now()
    to_publish = Revision.objects.filter(approved_go_live_at__lte=now)
    to_expire = Page.objects.filter(Q(expired=False), live=True, expire_at__lte=now)
    if to_publish.exists() or to_expire.exists():
        drafts.hold_back()
        call_command("publish_scheduled")
