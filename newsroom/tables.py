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


class DefusedRows:
    """Before Wagtail's ReportView or any other view with its files: none of their cells is taken for a formula."""

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        row: dict[str, Any] = super().to_row_dict(item)  # type: ignore[misc]
        return {name: defused(value) for name, value in row.items()}
