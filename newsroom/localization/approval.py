"""What the last approval of a workflow does. Settings name it; Wagtail imports it early, so it imports Wagtail late."""

from typing import Any


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """Publish what was approved. A translation whose source is not public stays a draft, unless somebody said that it
    may go first; publishing it is then one click."""
    from wagtail.models import Page

    from newsroom.localization.drafts import may_go_live

    instance = workflow_state.content_object
    revision = instance.get_latest_revision()
    if not isinstance(instance, Page) or may_go_live(instance, revision):
        revision.publish(user=user)
