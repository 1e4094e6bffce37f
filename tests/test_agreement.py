"""Agreement of two annotators on made-up annotations."""

from __future__ import annotations

import pytest

from training.agreement import alpha, compare
from training.corpus_loader import parse_line


def test_alpha_is_krippendorffs() -> None:
    # Krippendorff 2011, example A for binary data: two observers, ten units, alpha 0.095.
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert alpha(list(zip(first, second, strict=True))) == pytest.approx(0.095, abs=0.001)
    assert alpha([(1, 1), (0, 0)]) == pytest.approx(1.0)
    assert alpha([(1, 1)] * 3) == 1.0


def test_layers_are_compared_where_both_mark_the_trigger() -> None:
    one = parse_line("[Peru](actor1) [expelled](t1 SANCTION/expel) [two envoys](recipient1) and [protested](t2 ACCUSE/disapprove). ||")
    other = parse_line("[Peru](actor1) [expelled](t1 COERCE/deport planned) [two envoys](recipient1) and protested. ||")
    layers = compare([one], [other])
    assert (layers["trigger"].counts.f1, layers["type"].counts.f1) == (pytest.approx(2 / 3), 0.0)
    assert (layers["status"].counts.f1, layers["actor"].counts.f1, layers["recipient"].counts.f1) == (0.0, 1.0, 1.0)
