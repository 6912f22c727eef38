"""What the blocks of an article ask of those who fill them in."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from articles.blocks import BodyBlock

TABLE = BodyBlock().child_blocks["table"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Choose under “Table headers”"), ("fr", "Choisissez sous «\u00a0")]
)
def test_a_table_without_headings_says_what_to_do(language, said):
    with translation.override(language):
        with pytest.raises(ValidationError) as error:
            TABLE.clean({"data": [["a", "b"]], "table_header_choice": ""})
        assert said in error.value.messages[0]


def test_a_table_with_headings_is_kept():
    table = {"data": [["a", "b"]], "table_header_choice": "row"}
    assert TABLE.clean(table)["data"] == [["a", "b"]]
