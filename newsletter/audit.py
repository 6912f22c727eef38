"""What staff did with people's data, in the audit trail. It names nobody, since it outlives the erasure of a person."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from newsletter.models import Subscriber

# The acts: what the trail calls them, and what it says was done.
ADDED = "newsletter.add_subscriber"
EDITED = "newsletter.edit_subscriber"
UNSUBSCRIBED = "newsletter.unsubscribe"
SUPPRESSED = "newsletter.suppress"
LIFTED = "newsletter.lift_suppression"
EXPIRED = "newsletter.expire"
ERASED = "newsletter.erase_subscriber"
HANDED_OUT = "newsletter.hand_out_data"
EXPORTED = "newsletter.export_subscribers"
SAVED = "newsletter.save_audience"

ACTIONS: dict[str, tuple[Any, Any]] = {
    ADDED: (gettext_lazy("Add subscriber"), gettext_lazy("Added the subscriber by hand, with a proof")),
    EDITED: (gettext_lazy("Edit subscriber"), gettext_lazy("Changed what is noted about the subscriber")),
    UNSUBSCRIBED: (gettext_lazy("Unsubscribe"), gettext_lazy("Unsubscribed the subscriber")),
    SUPPRESSED: (gettext_lazy("Suppress address"), gettext_lazy("Suppressed the address of the subscriber")),
    LIFTED: (gettext_lazy("Lift suppression"), gettext_lazy("Lifted the suppression of an address")),
    EXPIRED: (gettext_lazy("End silent subscriptions"), gettext_lazy("Ended the subscriptions of a silent subscriber")),
    ERASED: (gettext_lazy("Erase subscriber"), gettext_lazy("Erased the subscriber")),
    HANDED_OUT: (gettext_lazy("Download personal data"), gettext_lazy("Downloaded the data of the subscriber")),
    EXPORTED: (gettext_lazy("Export subscribers"), gettext_lazy("Exported subscribers")),
    SAVED: (gettext_lazy("Save audience"), gettext_lazy("Saved a selection as an audience")),
}


def note(user: Any, action: str, about: Model, **data: Any) -> None:
    """Write down what a user did about a row; `data` may hold numbers, keys names of fields, nothing personal."""
    log(about, action, user=user, title=title_of(about), data=data, deleted=action == ERASED)


def title_of(about: Model) -> str:
    """What the trail calls a row: a subscriber by number."""
    if isinstance(about, Subscriber):
        return _("Subscriber no. %(number)d") % {"number": about.pk}
    return str(about)
