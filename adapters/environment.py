"""The settings as the environment gives them: ``HPH_`` and the field's name in upper case."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from usecases.settings import Settings

PREFIX = "HPH_"
RELEASE_FILE: Final = Path(__file__).resolve().parents[1] / "RELEASE"
"""Lies in a package and says which commit it was built from, so that a package says so wherever it is put."""


_WORDS: Final = {"true": True, "1": True, "false": False, "0": False}


class BadSettings(ValueError):
    """Settings that are missing or cannot be read; the message names each variable."""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings; variables that are not there keep their defaults. Raises ``BadSettings``."""
    names = {field: f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    given = {field: environment[name] for field, name in names.items() if name in environment}
    if packaged := release_in(RELEASE_FILE):
        given.setdefault("release", packaged)
    try:
        return Settings.model_validate(given)
    except ValidationError as fault:
        raise BadSettings(_named(fault)) from None


def is_on(environment: Mapping[str, str], name: str, *, usually: bool) -> bool:
    """Whether a switch is on; ``usually`` where it is not there. Raises ``BadSettings`` for what is no word of it."""
    text = environment.get(name) or str(usually)
    if text.lower() not in _WORDS:
        raise BadSettings(f"{name} is true or false, not {text!r}")
    return _WORDS[text.lower()]


def release_in(file: Path) -> str:
    """The release that a package was built as; empty where the app is no package."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _named(fault: ValidationError) -> str:
    lines = [
        f"  {PREFIX}{str(error['loc'][0]).upper() if error['loc'] else 'SECRET_KEY'}: {error['msg']}"
        for error in fault.errors(include_url=False, include_context=False, include_input=False)
    ]
    return "the settings are not good:\n" + "\n".join(lines)
