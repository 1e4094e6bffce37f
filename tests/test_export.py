"""Export parity: PyTorch against ONNX fp32 and int8 on a tiny random network. Needs the `train` extra; skipped without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("onnx")

from training.export import INPUTS, export_float, quantise  # noqa: E402
from training.labels import Labels  # noqa: E402
from training.network import OUTPUTS, EncoderShape, Network  # noqa: E402

LABELS = Labels(("A", "B"), ("C",), ("r", "s"), ("O", "B-X", "I-X"), ("NONE", "T"), ("NONE", "T/m"), ("actual",), ("c",), ("begin-actor", "inside-actor"))
pytestmark = pytest.mark.filterwarnings("ignore")  # the exporter and the tracer warn about themselves


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Path, Path]:
    torch.manual_seed(1)
    network = Network(EncoderShape(3000, 32, 2, 4, 64, 64, 1e-12), LABELS).eval()
    folder = tmp_path_factory.mktemp("export")
    export_float(network, folder / "float.onnx")
    quantise(folder / "float.onnx", folder / "int8.onnx")
    return network, folder / "float.onnx", folder / "int8.onnx"


def feed(batch: int, pieces: int, words: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    ones = np.ones((batch, pieces), np.int64)
    places = np.tile(np.arange(1, words + 1), (batch, 1)).astype(np.int64)
    return dict(zip(INPUTS, (rng.integers(5, 2900, (batch, pieces)), ones, ones, np.zeros_like(ones), places), strict=True))


def run(path: Path, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), inputs), strict=True))


@pytest.mark.parametrize(("batch", "pieces", "words"), [(1, 12, 10), (3, 40, 25)])
def test_onnx_gives_what_the_network_gives(exported: tuple[Network, Path, Path], batch: int, pieces: int, words: int) -> None:
    network, floating, _ = exported
    inputs = feed(batch, pieces, words)
    with torch.no_grad():
        expected = network(**{name: torch.from_numpy(array) for name, array in inputs.items()})
    found = run(floating, inputs)
    for name, tensor in zip(OUTPUTS, expected, strict=True):
        np.testing.assert_allclose(found[name], tensor.numpy(), atol=2e-3, err_msg=name)


def test_int8_stays_near(exported: tuple[Network, Path, Path]) -> None:
    _, floating, small = exported
    inputs = feed(2, 30, 20)
    expected, found = run(floating, inputs), run(small, inputs)
    for name in ("tag", "name", "trigger"):
        # The mean error of a random network depends on its seed; a wrong scale or a lost channel shows in the correlation whatever the seed.
        assert np.corrcoef(found[name].ravel(), expected[name].ravel())[0, 1] > 0.95, name
