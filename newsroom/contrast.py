"""How well letters of a colour can be read on another: contrast as WCAG 2.2 defines it."""


def least_contrast(colour: str, others: tuple[str, ...]) -> float:
    """The smallest contrast of a colour ("#8a1c1c") with any of the others, from 1 to 21 (WCAG 2.2, "contrast
    ratio")."""
    return min(_contrast(_luminance(colour), _luminance(other)) for other in others)


def parts(colour: str) -> list[float]:
    """Red, green and blue of a colour, each from 0 to 1."""
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
