"""Illustrations for the demo, cut from paper by a random number generator: hills, rivers, roofs, a sun. Every name
always gives the same picture."""

import functools
import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1500, 1000
Colour = tuple[int, int, int]

# Sky first, then the sheets of paper from far to near, then the accent of the sun and the small things.
PALETTES: dict[str, tuple[Colour, list[Colour], Colour]] = {
    "water": (
        (232, 226, 211),
        [(178, 201, 204), (120, 163, 173), (66, 118, 137), (32, 76, 99)],
        (201, 92, 58),
    ),
    "education": (
        (240, 228, 204),
        [(224, 190, 139), (198, 148, 92), (138, 98, 72), (74, 60, 58)],
        (47, 98, 108),
    ),
    "health": (
        (235, 231, 220),
        [(195, 209, 190), (143, 174, 152), (86, 129, 112), (43, 84, 76)],
        (190, 74, 64),
    ),
    "work": (
        (238, 224, 207),
        [(221, 178, 151), (194, 128, 104), (142, 82, 76), (82, 50, 58)],
        (56, 105, 122),
    ),
    "rights": (
        (228, 226, 226),
        [(190, 187, 200), (140, 137, 163), (92, 91, 125), (50, 52, 84)],
        (214, 155, 63),
    ),
}


def illustration(name: str) -> bytes:
    """A JPEG, 1500 × 1000 pixels, for a name like "water-3": the word chooses colours, the whole name the scene."""
    kind = name.partition("-")[0]
    sky, sheets, accent = PALETTES.get(kind, PALETTES["rights"])
    rng = random.Random(name)
    picture = Image.new("RGB", (WIDTH, HEIGHT), sky)
    _lay(picture, _disc(rng), accent, depth=10)
    small_things: Callable[[random.Random, Callable[[float], float]], Image.Image] = {
        "water": _boats,
        "education": _houses,
        "health": _trees,
        "work": _tents,
        "rights": _pillars,
    }.get(kind, _houses)
    for number, colour in enumerate(sheets):
        ridge = _ridge(rng, level=0.40 + 0.155 * number, calm=kind == "water" and number > 1)
        if number in (1, 2):
            tint = accent if number == 2 and rng.random() < 0.6 else sheets[-1]
            _lay(picture, small_things(rng, ridge), tint, depth=6)
        _lay(picture, _below(ridge), colour, depth=16)
    picture = ImageChops.overlay(picture, _grain())
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


@functools.cache
def _grain() -> Image.Image:
    """The grain of the paper, the same for every picture."""
    noise = Image.frombytes("L", (WIDTH, HEIGHT), random.Random("paper").randbytes(WIDTH * HEIGHT))
    return Image.merge("RGB", [noise.point(lambda value: 128 + (value - 128) // 5)] * 3)


def _ridge(rng: random.Random, level: float, calm: bool) -> Callable[[float], float]:
    """The upper edge of a sheet: height in pixels for a position from 0 to 1."""
    waves = [
        (rng.uniform(0.02, 0.075) / (1 + i), rng.uniform(0.7, 1.9) * (i + 1), rng.uniform(0, math.tau))
        for i in range(3)
    ]
    if calm:
        waves = [
            (0.012, 5 + rng.random() * 3, rng.uniform(0, math.tau)),
            (0.006, 13, rng.uniform(0, math.tau)),
        ]
    return lambda x: HEIGHT * (level + sum(a * math.sin(math.tau * f * x + p) for a, f, p in waves))


def _below(ridge: Callable[[float], float]) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    edge = [(x, ridge(x / WIDTH)) for x in range(0, WIDTH + 12, 12)]
    ImageDraw.Draw(mask).polygon([(0, HEIGHT), *edge, (WIDTH, HEIGHT)], fill=255)
    return mask


def _disc(rng: random.Random) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    x, y, r = rng.uniform(0.15, 0.85) * WIDTH, rng.uniform(0.16, 0.34) * HEIGHT, rng.uniform(70, 135)
    ImageDraw.Draw(mask).ellipse((x - r, y - r, x + r, y + r), fill=255)
    return mask


def _along(rng: random.Random, ridge: Callable[[float], float], count: int) -> list[tuple[float, float]]:
    places = sorted(rng.uniform(0.05, 0.95) for _ in range(count))
    return [(place * WIDTH, ridge(place)) for place in places]


def _houses(rng: random.Random, ridge: Callable[[float], float]) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    for x, y in _along(rng, ridge, rng.randint(3, 6)):
        w, h = rng.uniform(60, 120), rng.uniform(55, 95)
        draw.rectangle((x, y - h, x + w, y + 90), fill=255)
        draw.polygon([(x - 14, y - h), (x + w / 2, y - h - w * 0.5), (x + w + 14, y - h)], fill=255)
        draw.rectangle((x + w * 0.4, y - h * 0.55, x + w * 0.62, y - h * 0.2), fill=0)
    return mask


def _trees(rng: random.Random, ridge: Callable[[float], float]) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    for x, y in _along(rng, ridge, rng.randint(5, 9)):
        h, r = rng.uniform(70, 130), rng.uniform(30, 55)
        draw.rectangle((x - 5, y - h, x + 5, y + 90), fill=255)
        draw.ellipse((x - r, y - h - r * 1.5, x + r, y - h + r * 0.7), fill=255)
    return mask


def _tents(rng: random.Random, ridge: Callable[[float], float]) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    for x, y in _along(rng, ridge, rng.randint(3, 5)):
        w, h = rng.uniform(110, 190), rng.uniform(70, 110)
        draw.polygon(
            [(x, y - h), (x + w / 2, y - h * 1.5), (x + w, y - h), (x + w, y - h + 22), (x, y - h + 22)],
            fill=255,
        )
        for post in (x + 8, x + w - 8):
            draw.rectangle((post - 4, y - h, post + 4, y + 90), fill=255)
        for stripe in range(1, 4):
            left = x + w * stripe / 4
            draw.line((left, y - h + 22, left, y - h - 4), fill=0, width=5)
    return mask


def _boats(rng: random.Random, ridge: Callable[[float], float]) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    for x, y in _along(rng, ridge, rng.randint(2, 4)):
        w = rng.uniform(110, 180)
        draw.polygon([(x, y - 26), (x + w, y - 26), (x + w * 0.82, y + 30), (x + w * 0.18, y + 30)], fill=255)
        draw.rectangle((x + w * 0.48, y - w * 0.95, x + w * 0.51, y), fill=255)
        draw.polygon([(x + w * 0.54, y - w * 0.9), (x + w * 0.95, y - 40), (x + w * 0.54, y - 40)], fill=255)
    return mask


def _pillars(rng: random.Random, ridge: Callable[[float], float]) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    x, y = rng.uniform(0.12, 0.6) * WIDTH, ridge(0.5)
    count, step, h = rng.randint(4, 6), 74, rng.uniform(150, 210)
    width = count * step
    draw.polygon([(x - 30, y - h), (x + width / 2, y - h - 90), (x + width + 30, y - h)], fill=255)
    draw.rectangle((x - 20, y - h + 8, x + width + 20, y - h + 30), fill=255)
    for number in range(count):
        left = x + number * step + 18
        draw.rectangle((left, y - h + 40, left + 36, y + 120), fill=255)
    return mask


def _lay(picture: Image.Image, mask: Image.Image, colour: Colour, depth: int) -> None:
    """Lay a sheet of paper on the picture, with the shadow that it throws upwards on what is behind it."""
    small = mask.resize((WIDTH // 4, HEIGHT // 4)).filter(ImageFilter.GaussianBlur(depth / 3))
    shadow = ImageChops.offset(small.resize((WIDTH, HEIGHT)), 0, -depth // 2).point(lambda value: value * 0.33)
    _paint(picture, (24, 22, 30), shadow)
    _paint(picture, colour, mask)


def _paint(picture: Image.Image, colour: Colour, mask: Image.Image) -> None:
    """Colour the picture where the mask is, and leave alone the rest."""
    if box := mask.getbbox():
        picture.paste(colour, box, mask.crop(box))
