"""A small client of the Language Server Protocol over pipes, as an editor is one.

Must not know what the server is expected to say.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

Json = dict[str, Any]
LANGUAGES = {".grad": "grad", ".md": "markdown", ".py": "python"}
"""What an editor calls a document by the end of its name."""


class LanguageClient:
    """A server as a process, and one document in it; a context that ends it."""

    def __init__(self, command: list[str], folder: Path, text: str, name: str = "a.grad") -> None:
        self.uri = (folder / name).as_uri()
        self.text, self.version, self._number = text, 1, 0
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._came: Queue[Json] = Queue()
        self._reader = Thread(target=self._listen, daemon=True)
        self._reader.start()
        general = {"positionEncodings": ["utf-16"]}
        self.server = self.ask(
            "initialize",
            {"processId": None, "rootUri": folder.as_uri(), "capabilities": {"general": general}},
        )
        self.tell("initialized", {})
        language = LANGUAGES[Path(name).suffix]
        document = {"uri": self.uri, "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def __enter__(self) -> LanguageClient:
        return self

    def __exit__(self, *error: object) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        try:
            self.code = self._process.wait(10)
        finally:
            self._process.kill()
            self._reader.join()
            for stream in (self._process.stdin, self._process.stdout):
                assert stream
                stream.close()

    def change(self, text: str) -> None:
        """The document has another text."""
        self.text, self.version = text, self.version + 1
        document = {"uri": self.uri, "version": self.version}
        changes = [{"text": text}]
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def diagnostics(self, version: int | None = None) -> list[Json]:
        """Those that the server publishes next, of this version if one is named."""
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics":
                said = message["params"]
                if version is None or said.get("version") == version:
                    found: list[Json] = said["diagnostics"]
                    return found

    def at(self, method: str, line: int, character: int, **more: Any) -> Any:
        """What is said of a place."""
        place = {"line": line, "character": character}
        return self.of(method, position=place, **more)

    def of(self, method: str, **more: Any) -> Any:
        """What is said of the document."""
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": self.uri}, **more})

    def ask(self, method: str, params: Any) -> Any:
        """The result of a request; RuntimeError with the message of an error."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        kept = []
        while True:
            message = self._next()
            if message.get("id") == self._number and "method" not in message:
                for other in kept:
                    self._came.put(other)
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]
            kept.append(message)

    def tell(self, method: str, params: Any) -> None:
        """A notification."""
        self._send({"method": method, "params": params})

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _next(self, seconds: float = 20.0) -> Json:
        try:
            return self._came.get(timeout=seconds)
        except Empty:
            raise TimeoutError("the server says nothing") from None

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream
        while True:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            if not length:
                return
            self._came.put(json.loads(stream.read(length)))


def median(values: list[float]) -> float:
    """The middle one."""
    return sorted(values)[len(values) // 2]


def seconds() -> float:
    """A clock."""
    return time.perf_counter()
