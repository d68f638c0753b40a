"""``python -m tools.openapi``: the OpenAPI document, as the running shop serves it."""

import json

from blueprints._areas import AREAS
from blueprints._openapi import document

RELEASE = "dev"


def main() -> None:
    """Print the document."""
    print(json.dumps(document(AREAS, RELEASE), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
