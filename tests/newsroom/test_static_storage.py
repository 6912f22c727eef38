"""Our stylesheets are collected as one file each; the imports are for people."""

import io
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from newsroom.static_storage import StaticStorage, bundle


@pytest.fixture
def stylesheets(tmp_path, settings):
    """Write stylesheets into a folder of static files."""
    settings.STATICFILES_DIRS = [tmp_path]

    def write(**files):
        (tmp_path / "css").mkdir(exist_ok=True)
        for name, content in files.items():
            (tmp_path / "css" / f"{name}.css").write_text(content)

    return write


def test_an_import_is_replaced_by_what_it_names_in_its_layer_and_for_its_media(stylesheets):
    stylesheets(site="", colours="a { color: red; }", paper="a { color: black; }", plain="b {}")
    css = '@layer x, y;\n@import url("colours.css") layer(x);\n@import url("paper.css") layer(y) print;'
    css += '@import url("plain.css");'
    assert bundle(css, "css/site.css") == (
        "@layer x, y; @layer x{a { color: red; }} @media print{@layer y{a { color: black; }}}b {}"
    )


def test_imports_inside_imports_are_found_from_where_they_stand(stylesheets):
    stylesheets(outer='@import url("inner.css");', inner="a {}")
    assert bundle('@import url("css/outer.css");', "top.css") == "a {}"


def test_comments_and_needless_spaces_go_and_meaning_stays():
    css = (
        '/* why */\na {\n  width: calc(1px + 2px); /* and\n  why */\n  & :hover { content: " (" attr(href) ")"; }\n}\n'
    )
    assert bundle(css, "css/x.css") == 'a { width: calc(1px + 2px); & :hover { content: " (" attr(href) ")"; } }'


def test_an_import_of_nothing_is_an_error(stylesheets):
    stylesheets(site="")
    with pytest.raises(ValueError, match=r"css/missing\.css"):
        bundle('@import url("missing.css");', "css/site.css")


def test_an_imported_stylesheet_may_not_name_files(stylesheets):
    stylesheets(picture="a { background: url(x.png); }")
    with pytest.raises(ValueError, match=r"css/picture\.css"):
        bundle('@import url("picture.css");', "css/site.css")


def test_collecting_makes_one_stylesheet_with_a_hashed_name_and_a_compressed_twin(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "newsroom.static_storage.StaticStorage"},
    }
    call_command("collectstatic", interactive=False, stdout=io.StringIO())

    assert isinstance(staticfiles_storage._wrapped, StaticStorage)
    name = staticfiles_storage.stored_name("css/site.css")
    assert re.fullmatch(r"css/site\.[0-9a-f]{12}\.css", name)
    css = (tmp_path / name).read_text()
    assert "@import" not in css
    assert "/*" not in css
    assert ".masthead" in css
    assert css.count("{") == css.count("}")
    assert (tmp_path / f"{name}.gz").stat().st_size < 10_000
