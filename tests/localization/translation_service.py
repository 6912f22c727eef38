"""A translation service that speaks the protocols of LibreTranslate and DeepL, and fails in the ways they do.

`python -m tests.localization.translation_service` prints its address and serves until it is ended. The first part of a
path says how it behaves (`BEHAVIOURS`): `/good/translate`, `/slow/v2/translate`. `GET /` tells what was asked.
"""

import html
import json
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

BEHAVIOURS = {
    "good": lambda texts: [f"FR {text}" for text in texts],
    "damaged": lambda texts: [f"FR {re.sub('<[^>]*>', '', text)}" for text in texts],  # loses links
    "fewer": lambda texts: [f"FR {text}" for text in texts[1:]],
    "empty": lambda texts: ["" for _text in texts],
    "nothing": lambda texts: [None for _text in texts],
    "long": lambda texts: ["x" * 1000 for _text in texts],
}
LIMIT = 50  # what DeepL takes in one request

asked: list[dict[str, Any]] = []


class Service(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_GET(self) -> None:
        """What was asked so far; it is forgotten then."""
        self.answer(200, asked)
        asked.clear()

    def do_POST(self) -> None:
        """Translate."""
        _empty, behaviour, *rest = self.path.split("/")
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_deepl = rest == ["v2", "translate"]
        request = parse_qs(body) if is_deepl else json.loads(body)
        texts = request["text" if is_deepl else "q"]
        asked.append({"path": self.path, "texts": texts, "key": self.headers.get("Authorization"), "request": request})
        if behaviour == "slow":
            time.sleep(3)
        if behaviour == "garbage":
            self.answer(200, "<html>Under maintenance", raw=True)
        elif behaviour == "other":
            self.answer(200, {"detail": ["not what you expected"]})
        elif behaviour.isdigit():
            self.answer(int(behaviour), {"message": "secret-key is not valid", "error": "secret-key is not valid"})
        elif len(texts) > LIMIT:
            self.answer(400, {"message": "Too many texts", "error": "Too many texts"})
        else:
            found = BEHAVIOURS.get(behaviour, BEHAVIOURS["good"])(texts)
            self.answer(
                200, {"translations": [{"text": text} for text in found]} if is_deepl else {"translatedText": found}
            )

    def answer(self, status: int, content: Any, raw: bool = False) -> None:
        """Send JSON, or what pretends to be."""
        data = (html.unescape(content) if raw else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
