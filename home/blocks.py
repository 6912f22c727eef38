"""The sections that editors compose a home page of. Each is shown by the template in templates/home/sections/ of the
same name; home/front_page.py decides which stories stand in it."""

import uuid
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from articles.blocks import BodyBlock, CallToActionBlock, SignUpBlock
from articles.models import CategoryPage
from home import front_page
from newsroom.blocks import SharedPageBlock


class ReadsChoiceBlock(blocks.StaticBlock):
    """Where readers say whether what they read may be counted. For the page about privacy."""

    class Meta:
        icon = "view"
        label = _("Choice: whether reads are counted")
        admin_text = _("Lets readers say that what they read in their browser is not to be counted.")
        template = "home/blocks/reads_choice.html"


class PageBodyBlock(BodyBlock):
    """The body of a standard page: what an article has, and what only a page about the site itself needs."""

    reads_choice = ReadsChoiceBlock()


class SectionBlock(blocks.StructBlock):
    """A section with stories. The list of sections shows editors a preview of it, made of the stories of the site."""

    def get_preview_context(self, value: blocks.StructValue, parent_context: dict | None = None) -> dict[str, Any]:
        placed = SectionsBlock().to_python([(self.name, value)])
        return {**(parent_context or {}), "front": front_page.compose(placed, get_language() or "")}

    class Meta:
        preview_template = "home/sections/preview.html"


def heading_block() -> blocks.CharBlock:
    """The words over a section, where an editor wants others than the page has that the section leads to."""
    return blocks.CharBlock(
        required=False,
        max_length=100,
        label=_("Heading of the section"),
        help_text=_("The title of the page that lists more if left empty."),
    )


def length_block(default: int, longest: int) -> blocks.IntegerBlock:
    """How many articles a section shows at most."""
    return blocks.IntegerBlock(min_value=1, max_value=longest, default=default, label=_("How many articles"))


class LeadStoryBlock(SectionBlock):
    """One story before all others."""

    article = SharedPageBlock(
        "articles.ArticlePage",
        required=False,
        label=_("Article"),
        help_text=_(
            "The newest article if left empty. Each language shows its own translation; where there is none, its "
            "newest article."
        ),
    )

    class Meta:
        icon = "doc-full"
        label = _("Lead story")
        description = _("One story before all others, large and with its picture.")


class LatestBlock(SectionBlock):
    """The newest stories."""

    heading = heading_block()
    length = length_block(8, longest=24)

    class Meta:
        icon = "date"
        label = _("Latest news")
        description = _("The newest articles that do not stand on the page yet.")


class MostReadBlock(SectionBlock):
    """What readers of this language read most."""

    heading = heading_block()
    length = length_block(4, longest=12)

    class Meta:
        icon = "list-ol"
        label = _("Most read")
        description = _(
            "The most read articles that do not stand on the page yet. Right after the latest news, they stand "
            "beside them."
        )


class CategoryBlock(SectionBlock):
    """The newest stories of one category."""

    category = SharedPageBlock(
        "articles.CategoryPage",
        label=_("Category"),
        help_text=_("Languages that have no page for this category leave the section out."),
    )
    heading = heading_block()
    length = length_block(3, longest=12)

    def get_preview_value(self) -> blocks.StructValue:
        return self.normalize({"category": CategoryPage.objects.live_in(get_language() or "").first(), "length": 3})

    class Meta:
        icon = "folder-open-inverse"
        label = _("Category")
        description = _("The newest articles of one category that do not stand on the page yet.")


class SectionsBlock(blocks.StreamBlock):
    """The sections of a home page, from top to bottom."""

    lead_story = LeadStoryBlock()
    latest = LatestBlock()
    most_read = MostReadBlock()
    category = CategoryBlock()
    call_to_action = CallToActionBlock()
    sign_up = SignUpBlock()

    class Meta:
        block_counts = {"lead_story": {"max_num": 1}, "sign_up": {"max_num": 1}}


def default_sections() -> list[dict[str, Any]]:
    """What a home page shows until an editor composes it."""
    sections: list[tuple[str, Any]] = [
        ("lead_story", {"article": None}),
        ("latest", {"heading": "", "length": 8}),
        ("most_read", {"heading": "", "length": 4}),
        ("sign_up", None),
    ]
    return [{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in sections]
