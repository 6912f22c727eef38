"""The blocks a digest is composed of. Stories are references: title, teaser, picture and link come from the
article in the reader's language. newsletter/digest.py shows each as a section of a mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from articles.blocks import CallToActionBlock, DocumentBlock, ImageBlock, QuoteBlock
from newsroom.blocks import SharedPageBlock

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]
# The longest list that fills itself: more nobody reads in a mail.
LONGEST_LIST = 12


class WhereMissing(models.TextChoices):
    """What becomes of a story in the editions of languages that it is not translated into."""

    LEAVE_OUT = "leave_out", _("Leave the story out")
    SHOW = "show", _("Show it in the language it was written in, and say so")


def where_missing_block() -> blocks.ChoiceBlock:
    """The editor's decision for a story, or for the stories of a list."""
    return blocks.ChoiceBlock(
        choices=WhereMissing.choices, default=WhereMissing.LEAVE_OUT, label=_("Where it is not translated")
    )


class StoryBlock(blocks.StructBlock):
    """One article, chosen once for every language."""

    article = SharedPageBlock("articles.ArticlePage", label=_("Article"))
    teaser = blocks.TextBlock(
        required=False,
        max_length=400,
        label=_("Teaser"),
        help_text=_("Only if the article's own teaser does not fit here. It is translated like any text."),
    )
    where_missing = where_missing_block()

    class Meta:
        icon = "doc-full"
        label = _("Story")


class LeadStoryBlock(StoryBlock):
    """The story before all others."""

    class Meta:
        icon = "pick"
        label = _("Lead story")
        description = _("Large, with its picture across the mail. Without it, the first story is the lead story.")


class StoryListBlock(blocks.StructBlock):
    """Articles under a heading, without pictures. It fills itself until its articles are kept (see
    newsletter/filling.py)."""

    heading = blocks.CharBlock(required=False, max_length=100, label=_("Heading"))
    length = blocks.IntegerBlock(min_value=1, max_value=LONGEST_LIST, default=4, label=_("How many articles"))
    category = SharedPageBlock(
        "articles.CategoryPage", required=False, label=_("Category"), help_text=_("To list its articles only.")
    )
    stories = blocks.ListBlock(
        SharedPageBlock("articles.ArticlePage", label=_("Article")),
        default=[],
        label=_("Articles"),
        help_text=_(
            "Leave empty: they are chosen for you, and kept here once the digest is submitted for approval or sent. "
            "Take them all out to have them chosen anew."
        ),
    )
    where_missing = where_missing_block()


class LatestBlock(StoryListBlock):
    """The newest articles."""

    class Meta:
        icon = "date"
        label = _("Latest news")
        description = _("The newest articles that do not stand in the digest yet.")


class MostReadBlock(StoryListBlock):
    """What readers read most, in the language that the digest is written in."""

    class Meta:
        icon = "list-ol"
        label = _("Most read")
        description = _("The most read articles that do not stand in the digest yet.")


class PictureBlock(ImageBlock):
    """A picture between stories. Mail programs often show the alternative text instead."""

    alt_text = blocks.CharBlock(
        max_length=250,
        label=_("Alternative text"),
        help_text=_("What the picture shows. Many mail programs show pictures only when asked, and this text before."),
    )

    class Meta:
        icon = "image"
        label = _("Picture")


class DigestBlock(blocks.StreamBlock):
    """The sections of a digest."""

    lead_story = LeadStoryBlock()
    story = StoryBlock()
    latest = LatestBlock()
    most_read = MostReadBlock()
    heading = blocks.CharBlock(max_length=150, icon="title", label=_("Heading"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", label=_("Text"))
    image = PictureBlock()
    quote = QuoteBlock()
    call_to_action = CallToActionBlock()
    document = DocumentBlock()

    class Meta:
        block_counts = {"lead_story": {"max_num": 1}}
