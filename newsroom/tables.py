"""Files that programs for tables open."""

from typing import Any

# A program for tables takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(value: Any) -> Any:
    """A cell that no program takes for a formula: with an apostrophe before it if need be. What is no text stays."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class DefusedRows:
    """Before Wagtail's ReportView or any other view with its files: none of their cells is taken for a formula."""

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        row: dict[str, Any] = super().to_row_dict(item)  # type: ignore[misc]
        return {name: defused(value) for name, value in row.items()}
