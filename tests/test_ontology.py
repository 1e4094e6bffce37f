"""The ontology's table and what its loader refuses."""

from __future__ import annotations

import copy
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from dragoman.errors import ConfigError, ResourceError
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code
from dragoman.ontology.plover import parse_ontology


def table() -> dict[str, Any]:
    return tomllib.loads(files("dragoman.ontology").joinpath("plover.toml").read_text("utf-8"))


def test_there_are_sixteen_types_and_thirty_seven_contexts() -> None:
    ontology = load_ontology()
    assert len(ontology.types) == 16
    assert len(ontology.contexts) == 37


def test_three_types_need_a_recipient() -> None:
    assert {name for name, found in load_ontology().types.items() if found.recipient_required} == {"COOPERATE", "AID", "SANCTION"}


def test_a_score_with_the_wrong_sign_for_its_quad_is_refused() -> None:
    wrong = copy.deepcopy(table())
    wrong["types"]["ACCUSE"]["scale"] = 3.0
    with pytest.raises(ResourceError, match="wrong sign"):
        parse_ontology(wrong)


def test_a_code_that_does_not_exist_names_the_choices() -> None:
    with pytest.raises(ConfigError, match="choose from convict, expel"):
        load_ontology().parse("SANCTION/expell")


def test_codes_are_read_in_any_case() -> None:
    found, mode = load_ontology().parse("sanction/Expel")
    assert (found.name, mode and mode.scale) == ("SANCTION", -5.5)


def test_every_type_has_a_cameo_code_with_its_leading_zero() -> None:
    codes = {name: cameo_code(name) for name in load_ontology().types}
    assert codes["CONSULT"] == "040"
    assert all(len(code) >= 3 and code.isdigit() for code in codes.values())
