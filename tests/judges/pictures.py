"""Do pictures keep their place on the page, and speak to those who do not see them?"""

import io
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from PIL import Image

from tests.judges.answers import Answer

MOST_SHARED_BYTES = 300_000  # what messengers still show (WhatsApp's limit)
SHARED_SIZE = (1200, 630)


def picture_complaints(answer: Answer, answers: Mapping[str, Answer]) -> list[str]:
    """Pictures of a page without dimensions or alternative text, or whose file has another shape than declared."""
    return [complaint for image in answer.elements("img") for complaint in _about(image, answer, answers)]


def _about(image: Element, answer: Answer, answers: Mapping[str, Answer]) -> list[str]:
    name = image.get("src", "an <img> without src")
    if image.get("alt") is None:
        return [f"{name} has no alt"]
    width, height = image.get("width", ""), image.get("height", "")
    if not (width.isdigit() and height.isdigit()):
        return [f"{name} has no width and height"]
    file = answers.get(answer.absolute(name))
    if file is None or file.content_type == "image/svg+xml":
        return []
    real = Image.open(io.BytesIO(file.body)).size
    # Half a pixel is rounded away on either side.
    if abs(int(width) * real[1] - int(height) * real[0]) > max(real) * 1.5:
        return [f"{name} says {width} × {height}, the file is {real[0]} × {real[1]}"]
    return []


def sharing_complaints(answer: Answer, answers: Mapping[str, Answer]) -> list[str]:
    """What is wrong with the picture that other sites show when somebody shares the page; a page may have none."""
    url = answer.metadata("og:image")
    if url is None:
        return []
    file = answers.get(url)
    if file is None or file.status != 200:
        return [f"og:image {url} is not there"]
    image = Image.open(io.BytesIO(file.body))
    declared = (answer.metadata("og:image:width"), answer.metadata("og:image:height"))
    complaints = []
    if (image.format, file.content_type) != ("JPEG", "image/jpeg"):
        complaints.append(f"og:image is {image.format}")
    if len(file.body) > MOST_SHARED_BYTES:
        complaints.append(f"og:image has {len(file.body)} bytes")
    if image.size != SHARED_SIZE or declared != tuple(map(str, image.size)):
        complaints.append(f"og:image is {image.size}, declared as {declared}")
    if not answer.metadata("og:image:alt"):
        complaints.append("og:image has no words")
    return complaints
