import pytest

from newsletter import rich_text


def clean(source):
    return rich_text.to_mail(source, lambda url: "https://news.example.org" + url if url.startswith("/") else url)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("<p>A <b>bold</b> word</p>", "<p>A <b>bold</b> word</p>"),
        ('<p><a href="/en/a/">x</a></p>', '<p><a href="https://news.example.org/en/a/">x</a></p>'),
        ('<p><a href="mailto:a@b.example">x</a></p>', '<p><a href="mailto:a@b.example">x</a></p>'),
        ('<p><a href="javascript:alert(1)">x</a></p>', "<p>x</p>"),
        ("<p><a>x</a></p>", "<p>x</p>"),
        ("<p>one<br>two<BR/>three</p>", "<p>one<br/>two<br/>three</p>"),
        ("<p>open <i>open", "<p>open <i>open</i></p>"),
        ("closed</div></p>", "closed"),
        ("<p><b>a</p>b</b>", "<p><b>a</b></p>b"),
        ('<p onclick="x" style="y">a</p>', "<p>a</p>"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<mj-raw>x</mj-raw>", "x"),
        ("<p>1 < 2 & 3 > 2 \x00</p>", "<p>1 &lt; 2 &amp; 3 &gt; 2 </p>"),
        ("<!-- a -- b --><p>x</p>", "<p>x</p>"),
    ],
)
def test_what_a_mail_cannot_carry_is_left_out(source, result):
    assert clean(source) == result


def test_500_nested_elements_keep_their_words_and_lose_their_tags():
    result = clean("<b>" * 500 + "deep" + "</b>" * 500 + "<p>after</p>")
    assert "deep" in result
    assert result.count("<b>") == result.count("</b>") == rich_text.MAX_DEPTH
    assert result.endswith("<p>after</p>")


def test_the_text_has_paragraphs_lists_and_addresses():
    source = '<p>Dear <b>all</b>,</p><ul><li>one</li><li>two <a href="https://a.example/">here</a></li></ul>'
    source += "<ol><li>first</li><li>second</li></ol><p>Bye &amp; thanks</p>"
    assert rich_text.to_text(source) == (
        "Dear all,\n\n- one\n- two here (https://a.example/)\n1. first\n2. second\n\nBye & thanks"
    )


def test_lines_are_short_and_a_french_space_never_ends_one():
    text = rich_text.to_text("<p>" + "Attention\u00a0! Il faut quatre jours. " * 20 + "</p>")
    assert max(map(len, text.split("\n"))) <= rich_text.TEXT_WIDTH
    assert not any(line.startswith("!") for line in text.split("\n"))
