"""Files that programs for tables open."""

from typing import Any

# A program for tables takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(value: Any) -> Any:
    """A cell that no program takes for a formula: with an apostrophe before it if need be. What is no text stays."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
