"""From PLOVER to other ontologies: CAMEO's codes, names, quads and Goldstein scores, for the layouts that are written in CAMEO."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dragoman.errors import ConfigError, ResourceError
from dragoman.ontology.plover import SCALE_LIMIT, load_ontology

# The last root code of each of the four quads, as GDELT cuts CAMEO: 01-05, 06-08, 09-13, 14-20.
_LAST_ROOTS = ((5, 1), (8, 2), (13, 3), (20, 4))


@dataclass(frozen=True, slots=True)
class Cameo:
    """A CAMEO code. `root` is its first two digits, `base` its first three, `goldstein` its score from -10 to +10."""

    code: str
    name: str
    goldstein: float

    @property
    def root(self) -> str:
        return self.code[:2]

    @property
    def base(self) -> str:
        return self.code[:3]

    @property
    def quad(self) -> int:
        """1-2 verbal and material cooperation, 3-4 verbal and material conflict."""
        return next(quad for last, quad in _LAST_ROOTS if int(self.root) <= last)


def cameo_code(type_name: str, mode: str | None = None) -> str:
    """The CAMEO code of a mode, or of its type where no mode is given."""
    codes = _mapping()
    return codes.get(f"{type_name}/{mode}", codes[type_name])


@cache
def load_cameo() -> Mapping[str, Cameo]:
    """Every CAMEO code; raise `ResourceError` for a row that cannot be meant."""
    codes: dict[str, Cameo] = {}
    lines = files("dragoman.ontology").joinpath("cameo_codes.tsv").read_text("utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != 3:
                raise ResourceError(f"cameo_codes.tsv:{number}: {len(cells)} columns, not 3")
            _add(codes, Cameo(cells[0], cells[2], float(cells[1])), number)
    return codes


def _add(codes: dict[str, Cameo], found: Cameo, number: int) -> None:
    where = f"cameo_codes.tsv:{number}: {found.code!r}"
    if not (found.code.isdigit() and 2 <= len(found.code) <= 4 and 1 <= int(found.root) <= 20):
        raise ResourceError(f"{where} is no CAMEO code")
    if found.code in codes:
        raise ResourceError(f"{where} is listed twice")
    if abs(found.goldstein) > SCALE_LIMIT:
        raise ResourceError(f"{where} has the score {found.goldstein}, outside -10 to +10")
    codes[found.code] = found


@cache
def _mapping() -> Mapping[str, str]:
    table = tomllib.loads(files("dragoman.ontology").joinpath("cameo.toml").read_text("utf-8"))
    codes: dict[str, str] = table["codes"]
    for key, code in codes.items():
        try:
            load_ontology().parse(key)
        except ConfigError as error:
            raise ResourceError(f"cameo.toml: {error}") from error
        if code not in load_cameo():
            raise ResourceError(f"cameo.toml: {key} has code {code!r}, which is no CAMEO code")
    if missing := {*load_ontology().types, *load_ontology().modes} - set(codes):
        raise ResourceError(f"cameo.toml: no code for {', '.join(sorted(missing))}")
    return codes
