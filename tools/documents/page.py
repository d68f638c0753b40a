"""A page of the documentation, read: headings, links, commands."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.delivery.finding import Finding

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_FENCE = re.compile(r"^ *```bash\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown file; `name` is its path in the repository."""

    name: str
    text: str

    @property
    def headings(self) -> list[str]:
        """The headings of the second rank, in order."""
        return _HEADING.findall(self.text)

    @property
    def links(self) -> list[str]:
        """What the page links to inside the repository, as it is written."""
        return [
            link
            for link in _LINK.findall(self.text)
            if "://" not in link and not link.startswith("mailto:")
        ]

    @property
    def commands(self) -> str:
        """Every command of the page, without the indentation of its step."""
        return "\n".join(
            re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in _FENCE.findall(self.text)
        )

    def part(self, heading: str) -> str:
        """The text below a heading of the second rank; empty where there is none."""
        found = re.search(
            rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL
        )
        return found.group(1) if found else ""

    def fault(self, rule: str, message: str) -> Finding:
        """A finding about the page."""
        return Finding(self.name, 0, rule, message)


def read_pages(root: Path, folder: str) -> list[Page]:
    """Every page below a folder."""
    return [
        Page(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((root / folder).rglob("*.md"))
    ]
