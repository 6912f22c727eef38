"""The blocks a digest is composed of. Stories are references: title, teaser, picture and link come from the
article in the reader's language."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from newsroom.blocks import SharedPageBlock

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class StoryBlock(blocks.StructBlock):
    """One article, chosen once for every language."""

    article = SharedPageBlock("articles.ArticlePage", label=_("Article"))
    teaser = blocks.TextBlock(
        required=False,
        max_length=400,
        label=_("Teaser"),
        help_text=_("Only if the article's own teaser does not fit here. It is translated like any text."),
    )

    class Meta:
        icon = "doc-full"
        label = _("Story")


class DigestBlock(blocks.StreamBlock):
    """The sections of a digest."""

    story = StoryBlock()
    heading = blocks.CharBlock(max_length=150, icon="title", label=_("Heading"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", label=_("Text"))
