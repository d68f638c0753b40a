"""The API's own description: as a document, and as a page without any CDN."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._endpoint import Call, endpoint

area = Area("docs")

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Holiday Peak Hub: API reference</title>
<style>{style}</style></head>
<body><div id="reference"></div>
<script>{script}</script>
<script>SwaggerUIBundle({{spec: {document}, dom_id: "#reference", deepLinking: true}})</script>
</body></html>"""

CONTENT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
    " connect-src 'self'; frame-ancestors 'none'"
)


@endpoint(area, "GET", "api/openapi.json", may="anyone", returns=dict[str, Any], public=True)
async def openapi(call: Call[None]) -> Answer:
    """OpenAPI 3.1 of every HTTP function, generated from the code."""
    return Answer(200, document_text(call.shop.settings.release).encode())


@endpoint(area, "GET", "api/docs", may="anyone", public=True, media_type="text/html")
async def reference(call: Call[None]) -> Answer:
    """Browsable API reference, served from bundled assets."""
    page = _page(call.shop.settings.release)
    return Answer(200, page.encode(), headers={"Content-Security-Policy": CONTENT_POLICY})


@cache
def document_text(release: str) -> str:
    """The document as JSON text."""
    # the one call that needs every area, this one included
    from blueprints._areas import AREAS  # noqa: PLC0415
    from blueprints._openapi import document  # noqa: PLC0415

    return json.dumps(document(AREAS, release), ensure_ascii=False)


@cache
def _page(release: str) -> str:
    assets = files("swagger_ui") / "static"
    return PAGE.format(
        style=(assets / "swagger-ui.css").read_text("utf-8"),
        script=(assets / "swagger-ui-bundle.js").read_text("utf-8"),
        document=document_text(release).replace("</", "<\\/"),
    )
