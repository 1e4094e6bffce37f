"""From PLOVER to other ontologies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dragoman.errors import ConfigError, ResourceError
from dragoman.ontology.plover import load_ontology


def cameo_code(type_name: str, mode: str | None = None) -> str:
    """The CAMEO code of a mode, or of its type where the mode has none of its own."""
    codes = _cameo()
    return codes.get(f"{type_name}/{mode}", codes[type_name])


@cache
def _cameo() -> Mapping[str, str]:
    table = tomllib.loads(files("dragoman.ontology").joinpath("cameo.toml").read_text("utf-8"))
    codes: dict[str, str] = table["codes"]
    for key, code in codes.items():
        try:
            load_ontology().parse(key)
        except ConfigError as error:
            raise ResourceError(f"cameo.toml: {error}") from error
        if not code.isdigit():
            raise ResourceError(f"cameo.toml: {key} has code {code!r}")
    return codes
