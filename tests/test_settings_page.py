"""``docs/settings.md`` lists what the code reads, and nothing else."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import SecretBytes
from pydantic.fields import FieldInfo

from adapters.identity.settings import PREFIXES, SELF_SERVICE
from tools.infra.names import referenced_settings, trigger_sources
from usecases.flags import FLAGS, KINDS
from usecases.settings import Settings

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "settings.md"
READERS: Final = ("adapters", "blueprints", "domain", "local", "usecases")
ROW: Final = re.compile(r"^\| `([A-Z][A-Za-z_]+)` \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
READ: Final = re.compile(
    r"(HPH|COSMOS|REDIS|STRIPE|FUNCTIONS|APPLICATIONINSIGHTS|PYTHON)(_[A-Z]+)+"
    r"|EVENT_HUBS|AZURE_CLIENT_ID|KEY_VAULT_URL|APP_CONFIGURATION_ENDPOINT"
)
BY_PARTS: Final = {
    *(
        f"{prefix}{name}"
        for prefix in PREFIXES.values()
        for name in ("ISSUER", "AUTHORITY", "CLIENT_ID", "AUDIENCE", "CLIENT_SECRET")
    ),
    *(f"{prefix}SELF_SERVICE_URL" for prefix in PREFIXES.values()),
    *(f"EVENT_HUBS__{name}" for name in ("fullyQualifiedNamespace", "credential", "clientId")),
}
"""Names that the code puts together."""

OF_TOOLS: Final = {
    "AGENTS",
    "ENDS",
    "COSMOS_TEST_ENDPOINT",
    "COSMOS_TEST_KEY",
    "EVENTHUBS_TEST_CONNECTION",
    "STRIPE_TEST_KEY",
}
WORDS: Final[dict[Any, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    SecretBytes: "secret",
}


def rows() -> dict[str, tuple[str, str, str]]:
    """Type, default and meaning by name."""
    return {name: (kind, default, means) for name, kind, default, means in ROW.findall(_text())}


def _text() -> str:
    return PAGE.read_text(encoding="utf-8")


def literals() -> Iterator[str]:
    """Every variable that the code names in one piece."""
    for folder in READERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and READ.fullmatch(text):
                    yield text


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = str(field.default).lower() if isinstance(field.default, bool) else field.default
    return f"`{default}`" if default != "" else "empty"


def test_every_setting_of_the_shop_stands_there_with_its_type_and_default() -> None:
    told, page = rows(), {}
    for name, field in Settings.model_fields.items():
        assert field.annotation is not None
        page[f"HPH_{name.upper()}"] = (WORDS[field.annotation], default_of(field))

    assert {name: told.get(name, ("missing",))[:2] for name in page} == page


def test_every_variable_that_is_read_stands_there_and_no_other() -> None:
    fields = {f"HPH_{name.upper()}" for name in Settings.model_fields}
    in_azure = set(json.loads((ROOT / "infra" / "names.json").read_text())["settings"])
    timers = referenced_settings(trigger_sources(ROOT))

    known = fields | set(literals()) | BY_PARTS | OF_TOOLS | in_azure | timers

    assert set(rows()) == known


def test_every_flag_stands_there_with_its_type_default_and_meaning() -> None:
    told = re.findall(r"^\| `([a-z_.]+)` \| (\w+) \| `(\w+)` \| (.+) \|$", _text(), re.MULTILINE)

    assert told == [
        (
            flag.key,
            KINDS[flag.kind],
            f"HPH_{flag.setting.upper()}" if flag.setting else flag.text_of(flag.default or False),
            flag.meaning.rstrip(".").replace(
                "POST /api/checkout/validate", "`POST /api/checkout/validate`"
            ),
        )
        for flag in FLAGS.values()
    ]


def test_a_variable_has_one_row() -> None:
    names = [name for name, *_ in ROW.findall(_text())]

    assert sorted(names) == sorted(set(names))


def test_what_is_said_to_be_unread_is_unread() -> None:
    unread = _text().partition("## Set in Azure, not read")[2].partition("\n## ")[0]
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in READERS
        for path in (ROOT / folder).rglob("*.py")
    )

    names = [name for name, *_ in ROW.findall(unread)]

    assert len(names) == 11
    assert [name for name in names if re.search(rf"\b{name}\b", sources)] == []


PLANNED: Final = re.compile(r"^\| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)


def test_every_name_of_the_plan_leads_to_one_that_is_there() -> None:
    section = _text().partition("## Where the plan's names went")[2].partition("\n## ")[0]
    found = [row for row in PLANNED.findall(section) if "`" in row[0]]
    planned = {name for row in found for name in re.findall(r"`([^`]+)`", row[0])}
    ours = {name for row in found for name in re.findall(r"`([A-Z]+(?:_+[A-Za-z]+)+)`", row[1])}

    assert len(planned) == 32
    assert ours <= set(rows())
    assert {key for key in planned if "." in key} <= {flag.key for flag in FLAGS.values()}


def test_self_service_is_microsofts() -> None:
    assert SELF_SERVICE.startswith("https://mysignins.microsoft.com")


def test_the_sample_for_emulators_sets_nothing_that_is_not_known() -> None:
    sample = json.loads((ROOT / "local.settings.emulators.json").read_text(encoding="utf-8"))
    platform = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}

    assert set(sample["Values"]) - platform <= set(rows())
