"""`python -m tools.gateway SOURCE`: write the list of APIs that the gateway is built from.

SOURCE is the project's OpenAPI document (.json) or a table of endpoints (.tsv).
"""

import json
import sys
from pathlib import Path

from tools.gateway.endpoint import Endpoint, read_openapi, read_table
from tools.gateway.layout import document

APIS = Path("infra/modules/api/apis.json")


def read_source(source: Path) -> list[Endpoint]:
    """The endpoints of a file, by its ending."""
    text = source.read_text(encoding="utf-8")
    return read_openapi(json.loads(text)) if source.suffix == ".json" else read_table(text)


def render(endpoints: list[Endpoint]) -> str:
    """The list as it is committed."""
    return json.dumps(document(endpoints), indent=1) + "\n"


if __name__ == "__main__":
    APIS.write_text(render(read_source(Path(sys.argv[1]))), encoding="utf-8")
