"""A host that asks agents over HTTP, as it does in Azure."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from tools.demo.__main__ import seed
from tools.instance import Instance

TRIES = (
    4  # fewer than open the circuit; on a busy machine the first may take longer than an agent may
)
FEATURES = ["glazed twice"]


class Agent(BaseHTTPRequestHandler):
    """Knows a feature of every product."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps({"sku": asked["payload"].get("sku"), "features": FEATURES}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""


@contextmanager
def agent() -> Iterator[str]:
    """The address of an agent."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def advised(host: Instance, products: slice) -> list[Any]:
    """What agents say of some products on their pages."""
    with httpx.Client(base_url=host.base, timeout=20) as client:
        listed = client.get("/api/products?limit=20").json()["items"][products]
        pages = [client.get(f"/api/products/{one['slug']}").json() for one in listed]
    return [page["enrichment"] for page in pages if page["enrichment"]]


def test_a_host_takes_the_advice_of_agents_over_http_and_does_without(tmp_path: Path) -> None:
    seed(tmp_path, {})
    with agent() as base:
        host = Instance(tmp_path, {"AGENT_BASE_URL": base})
        try:
            host.start()
            told = advised(host, slice(TRIES))
        except BaseException:
            host.kill()
            raise
    try:
        gone = advised(host, slice(TRIES, 2 * TRIES))
    finally:
        host.kill()

    assert told
    assert all(facts == {"features": FEATURES} for facts in told)
    assert gone == []
