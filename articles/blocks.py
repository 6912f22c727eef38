"""The blocks an article is written with. Each has one template in templates/articles/blocks/ of the same name."""

import copy
import uuid
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.strings import StringValue

from articles.videos import player_address
from newsroom.pages import answering

# No superscript and the like: wagtail-localize would cut the sentence there into several segments.
PARAGRAPH_FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul"]


class TranslatableTableBlock(TableBlock):
    """A table whose caption and cells are translated like any text.

    A cell's segment is named by the text it holds, so that a row inserted above leaves the translations below in place.
    Cells that hold only a number are not offered for translation. wagtail-localize calls the two methods.
    """

    def clean(self, value: Any) -> Any:
        """Wagtail says "Validation error in TableBlock" and, beside the field, that one must choose."""
        try:
            return super().clean(value)
        except ValidationError as error:
            raise ValidationError(_("Choose under “Table headers” which cells are headings.")) from error

    def get_translatable_segments(self, value: dict | None) -> list[StringSegmentValue]:
        """The distinct texts of the table, caption first, as wagtail-localize's segment values."""
        texts = dict.fromkeys(_texts_of(value))
        return [StringSegmentValue(_name_of(text), StringValue.from_plaintext(text)) for text in texts]

    def restore_translated_segments(self, value: dict, segments: list[StringSegmentValue]) -> dict:
        """A copy of the source's table with each text replaced by its translation where there is one."""
        by_name = {segment.path: segment.render_text() for segment in segments}

        def translated(text: Any) -> Any:
            return by_name.get(_name_of(text), text) if isinstance(text, str) else text

        value = copy.deepcopy(value)
        value["data"] = [[translated(cell) for cell in row] for row in value["data"]]
        value["table_caption"] = translated(value.get("table_caption"))
        return value


def lines_of(body: blocks.StreamValue) -> list[str]:
    """The words of a body as readers see them, a line a block or cell, without markup: for search."""
    return [str(text) for text in body.stream_block.get_searchable_content(body)]


def _texts_of(value: dict | None) -> Iterator[str]:
    if not value:
        return
    cells = [cell for row in value.get("data") or [] for cell in row]
    for text in [value.get("table_caption"), *cells]:
        if isinstance(text, str) and any(character.isalpha() for character in text):
            yield text


def _name_of(text: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, text).hex


class ImageBlock(blocks.StructBlock):
    """A picture with the words that belong to this use of it."""

    image = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(
        required=False,
        max_length=250,
        label=_("Alternative text"),
        help_text=_("What the picture shows, for those who cannot see it. Empty only if it is mere decoration."),
    )
    caption = blocks.CharBlock(required=False, max_length=500, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "articles/blocks/image.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(label=_("Quotation"), help_text=_("Without quotation marks: they are added."))
    attribution = blocks.CharBlock(required=False, max_length=200, label=_("Who said it"))

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "articles/blocks/quote.html"


class DocumentBlock(blocks.StructBlock):
    """A file to download; its type and size are shown with it."""

    document = DocumentChooserBlock(label=_("Document"))
    label = blocks.CharBlock(max_length=200, label=_("Name of the document, as readers see it"))

    class Meta:
        icon = "doc-full"
        label = _("Document to download")
        template = "articles/blocks/document.html"


class VideoBlock(blocks.StructBlock):
    """A video of another site. Nothing is asked of that site before the reader asks for the video."""

    url = blocks.URLBlock(
        label=_("Address of the video"),
        help_text=_("For example https://www.youtube.com/watch?v=…. Videos of YouTube and Vimeo play in the page."),
    )
    title = blocks.CharBlock(
        max_length=200, label=_("Title"), help_text=_("Shown before the reader decides to load it from the other site.")
    )

    def get_context(self, value: dict, parent_context: dict | None = None) -> dict:
        return {**super().get_context(value, parent_context), "player": player_address(value["url"])}

    class Meta:
        icon = "media"
        label = _("Video")
        template = "articles/blocks/video.html"


class CallToActionBlock(blocks.StructBlock):
    """One sentence and one button."""

    text = blocks.TextBlock(label=_("Text"), max_length=300)
    label = blocks.CharBlock(max_length=60, label=_("Words on the button"))
    page = blocks.PageChooserBlock(required=False, label=_("Page of this site"))
    url = blocks.URLBlock(required=False, label=_("or another address"))

    class Meta:
        icon = "link"
        label = _("Call to action")
        template = "articles/blocks/call_to_action.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """`target` is the page in the language that is being read, in its own where there is no such, or None when
        readers cannot open it."""
        context = super().get_context(value, parent_context=parent_context)
        page = value.get("page") and value["page"].localized
        context["target"] = next(iter(answering([page] if page else [])), None)
        return context


class SignUpBlock(blocks.StaticBlock):
    """The newsletter's form, in the language of the page."""

    class Meta:
        icon = "mail"
        label = _("Newsletter sign-up")
        admin_text = _("Shows the sign-up form of the newsletter, in the language of the page.")
        template = "articles/blocks/sign_up.html"


class HeadingBlock(blocks.CharBlock):
    """A heading inside the text."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "articles/blocks/heading.html"


class BodyBlock(blocks.StreamBlock):
    """The body of an article or of a standard page."""

    paragraph = blocks.RichTextBlock(
        features=PARAGRAPH_FEATURES, label=_("Text"), template="articles/blocks/paragraph.html"
    )
    heading = HeadingBlock(max_length=150)
    image = ImageBlock()
    quote = QuoteBlock()
    table = TranslatableTableBlock(label=_("Table"), template="articles/blocks/table.html")
    document = DocumentBlock()
    video = VideoBlock()
    call_to_action = CallToActionBlock()
    sign_up = SignUpBlock()
