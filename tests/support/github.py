"""GitHub's comments on this machine: what the action asks for, and what it is answered."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class GitHub:
    """The comments of one pull request, and each request that came."""

    url: str = ""
    refuses: int = 0  # with this status, every request that writes
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def add(self, body: str, user: dict[str, str] = BOT) -> None:
        self.comments.append({"id": len(self.comments) + 1, "user": user, "body": body})

    def answer(self, method: str, path: str, body: str) -> tuple[int, Any]:
        self.asked.append(f"{method} {path}")
        parts = urlsplit(path)
        if parts.path == "/user" or (self.refuses and method != "GET"):
            return self.refuses or 403, {"message": "Resource not accessible by integration"}
        if method == "GET":
            asked = parse_qs(parts.query)
            size, page = int(asked["per_page"][0]), int(asked["page"][0])
            return 200, self.comments[size * (page - 1) : size * page]
        if method == "POST":
            self.add(body)
            return 201, self.comments[-1]
        (comment,) = (c for c in self.comments if parts.path.endswith(f"/comments/{c['id']}"))
        comment["body"] = body
        return 200, comment


@contextmanager
def github() -> Iterator[GitHub]:
    """A server of its own, on a port that is free."""
    state = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length))["body"] if length else ""
            state.tokens.add(self.headers["Authorization"])
            status, value = state.answer(self.command, self.path, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        yield state
        server.shutdown()
