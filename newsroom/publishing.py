"""Publishing what was scheduled."""

from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page, Revision

from newsroom.localization import drafts


def publish_scheduled() -> None:
    """Publish and expire what is due, through Wagtail's own command; two cheap look-ups when nothing is."""
    now = timezone.now()
    to_publish = Revision.objects.filter(approved_go_live_at__lte=now)
    to_expire = Page.objects.filter(Q(expired=False), live=True, expire_at__lte=now)
    if to_publish.exists() or to_expire.exists():
        drafts.hold_back()
        call_command("publish_scheduled")
