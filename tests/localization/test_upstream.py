"""What of wagtail-localize and Wagtail we replaced or built upon is as it was when we did."""

import hashlib
from pathlib import Path

import pytest
import wagtail
import wagtail_localize

LOCALIZE = Path(wagtail_localize.__file__).parent
ADMIN = Path(wagtail.__file__).parent / "admin"

# The file, and what to look at again when it has changed.
FILES = {
    LOCALIZE / "wagtail_hooks.py": "newsroom/wagtail_hooks.py, guards.patterns(): a view more, an order changed?",
    LOCALIZE / "views/edit_translation.py": "localization/guards.py (edit_string), editor.py (publish), editor_page.py",
    LOCALIZE / "machine_translators/deepl.py": "localization/machine.py (_ask): what it raises, how much it sends",
    LOCALIZE / "machine_translators/libretranslate.py": "localization/machine.py (_ask): what it raises",
    LOCALIZE / "views/submit_translations.py": "localization/guards.py (_Submit)",
    LOCALIZE / "views/update_translations.py": "localization/guards.py (UpdateTranslations.form_valid)",
    LOCALIZE / "views/convert.py": "localization/guards.py (convert_to_alias)",
    LOCALIZE / "views/report.py": "localization/report.py",
    LOCALIZE / "views/snippets_api.py": "localization/guards.py (Snippets)",
    LOCALIZE / "operations.py": "localization/translating.py (send_for_translation)",
    ADMIN / "templates/wagtailadmin/pages/confirm_unpublish.html": "our template of the same name",
    ADMIN / "templates/wagtailadmin/pages/confirm_move.html": "our template of the same name",
    ADMIN / "templates/wagtailadmin/pages/confirm_delete.html": "our template of the same name",
    ADMIN / "templates/wagtailadmin/shared/headers/slim_header.html": "`buttons` in localization/editor.html",
}
# The beginning of its SHA-256.
KNOWN = {
    "libretranslate.py": "82fec459287e2a24",
    "deepl.py": "61aabacd9736de56",
    "wagtail_hooks.py": "474cfade472aa23b",
    "edit_translation.py": "d59fd72ea1c1de01",
    "submit_translations.py": "0383249f3e041d01",
    "update_translations.py": "a6d520036bdc1630",
    "convert.py": "975efb8db5007f5f",
    "report.py": "ebfaa952390bfbdd",
    "snippets_api.py": "a726cd245071befc",
    "operations.py": "aac007adadc41220",
    "confirm_unpublish.html": "48449738ea62471c",
    "confirm_move.html": "0d2455abb426645d",
    "confirm_delete.html": "77c1be2760338bcf",
    "slim_header.html": "4c6743cc3a57b0dc",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_as_it_was(path):
    found = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    assert found == KNOWN[path.name], f"{path} has changed. Look again at: {FILES[path]}. Then note {found} here."
