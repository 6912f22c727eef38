"""Files that programs for tables open."""

import re
from typing import Any

# A program for tables takes a text that begins so for a formula. One that expects another delimiter than ours, as Excel
# does in the other language, begins a cell behind each of its own.
FORMULA = re.compile(r"(^|[;,\t\r\n] *)(?=[=+\-@\t\r])")


def defused(value: Any) -> Any:
    """A cell that no program takes for a formula: with an apostrophe before it, and before what may be taken for the
    next cell, if need be. What is no text stays."""
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
