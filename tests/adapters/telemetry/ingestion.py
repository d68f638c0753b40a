"""Azure Monitor's ingestion as far as its exporters see it: takes what is sent, and keeps it."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "00000000-0000-0000-0000-000000000001"

type Envelope = dict[str, Any]


class Ingestion:
    """Where envelopes arrive."""

    def __init__(self, port: int) -> None:
        self.connection = f"InstrumentationKey={KEY};IngestionEndpoint=http://127.0.0.1:{port}/"
        self.envelopes: list[Envelope] = []

    def of(self, kind: str) -> list[Envelope]:
        """The envelopes whose data is of that base type."""
        return [one for one in self.envelopes if one["data"]["baseType"] == kind]

    def metric(self, name: str) -> list[tuple[float, dict[str, str]]]:
        """Value and properties of every row of a metric."""
        rows = [one["data"]["baseData"] for one in self.of("MetricData")]
        found = [(row["metrics"][0], row["properties"]) for row in rows]
        return [(each["value"], properties) for each, properties in found if each["name"] == name]


@contextmanager
def ingesting() -> Iterator[Ingestion]:
    """Ingestion on a port of its own, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                raw = gzip.decompress(raw)
            sent = json.loads(raw)
            ingestion.envelopes += sent
            told = {"itemsReceived": len(sent), "itemsAccepted": len(sent), "errors": []}
            answer = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ingestion = Ingestion(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield ingestion
    server.shutdown()
    thread.join()
    server.server_close()
