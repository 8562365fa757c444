"""Typed settings: the base of every configuration, read from TOML or JSON, unknown keys refused with near names."""

import copy
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from gesta.errors import InputError, reason_of, unknown_name

FILE_BYTES = 1_000_000
"""Larger settings files are refused."""
COMMAND_LINE = "the command line"
"""Where changes come from, for the sentence of an error."""


class Settings(BaseModel):
    """Base of typed settings: frozen, no unknown key, every field with a default or required, each explained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def checked(cls, values: Mapping[str, Any], where: str) -> Self:
        """Settings from plain values.

        Args:
            values: nested tables as TOML or JSON gives them.
            where: what the values come from, for the sentence of an error, for example "recipes/toy.toml".

        Raises:
            InputError: an unknown key (with near names), a missing one, or a value that does not fit.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise _sentence(cls, error, where) from None

    def with_changes(self, changes: Sequence[str]) -> Self:
        """A copy with "key=value" changes; keys are dotted ("training.steps"), values are TOML, or plain words.

        Raises:
            InputError: a change is not key=value, or names no setting, or its value does not fit.
        """
        values = changed_table(self.model_dump(mode="python"), changes)
        return type(self).checked(values, COMMAND_LINE)


def changed_table(table: Mapping[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """A copy of nested tables with "key=value" changes, which are not checked further.

    Args:
        table: nested tables as TOML or JSON gives them.
        changes: keys are dotted ("training.steps"), values are TOML, or plain words.

    Raises:
        InputError: a change is not key=value, or goes into something that is no table.
    """
    values = copy.deepcopy(dict(table))
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals:
            raise InputError(f"'{change}' is not key=value, for example training.steps=500.")
        place = values
        *path, last = key.strip().split(".")
        for name in path:
            inner = place.setdefault(name, {}) if isinstance(place, dict) else None
            if not isinstance(inner, dict):
                raise InputError(f"'{key}' names no setting: '{name}' has no settings inside.")
            place = inner
        place[last] = _value(text.strip())
    return values


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def read_table(path: str | Path, kind: str) -> dict[str, Any]:
    """The tables of a TOML or JSON file (by its suffix).

    Args:
        path: the file.
        kind: what it is, for the sentence of an error, for example "recipe".

    Raises:
        InputError: it is missing, too large or not TOML or JSON.
    """
    path = Path(path)
    content = _content(path, kind)
    read, name = (json.loads, "JSON") if path.suffix == ".json" else (tomllib.loads, "TOML")
    try:
        table = read(content.decode())
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(f"The {kind} '{path}' is not {name}: {error}.") from None
    if not isinstance(table, dict):
        raise InputError(f"The {kind} '{path}' holds no table of settings.")
    return table


def read_list(path: str | Path, kind: str) -> tuple[str, ...]:
    """The lines of a text file, without empty ones and without comments, which begin with #.

    Raises:
        InputError: it is missing, too large or no text.
    """
    try:
        text = _content(Path(path), kind).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"The {kind} '{path}' is not text: {error}.") from None
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def _content(path: Path, kind: str) -> bytes:
    """What is in a small file."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"The {kind} '{path}' cannot be read: {reason_of(error)}.") from None
    if len(content) > FILE_BYTES:
        raise InputError(f"The {kind} '{path}' is larger than {FILE_BYTES // 1_000_000} MB; that is no {kind}.")
    return content


def _sentence(model: type[BaseModel], error: ValidationError, where: str) -> InputError:
    """The first problem of a validation as one sentence."""
    first = error.errors()[0]
    path = [str(step) for step in first["loc"]]
    name = ".".join(path)
    if first["type"] == "extra_forbidden":
        return InputError(f"In {where}: {unknown_name('setting', name, _known(model, path))}")
    if first["type"] == "missing":
        return InputError(f"In {where}: the setting '{name}' is missing.")
    said = str(first["msg"]).removeprefix("Value error, ")
    return InputError(f"In {where}: the setting '{name}' is {first['input']!r}: {said[0].lower()}{said[1:]}.")


def _known(model: type[BaseModel], path: Sequence[str]) -> list[str]:
    """The dotted names that would have been right where `path` leads nowhere."""
    current: Any = model
    for step in path[:-1]:
        field = getattr(current, "model_fields", {}).get(step)
        current = field.annotation if field is not None else None
    prefix = ".".join(path[:-1])
    return [f"{prefix}.{name}" if prefix else name for name in getattr(current, "model_fields", {})]
