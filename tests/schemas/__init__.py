"""Formats that the site speaks, as XML schemas written after their specifications."""

from pathlib import Path

import xmlschema


def schema(name: str) -> xmlschema.XMLSchema:
    """The schema in `<name>.xsd` of this folder."""
    return xmlschema.XMLSchema(str(Path(__file__).parent / f"{name}.xsd"))
