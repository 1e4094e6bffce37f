"""Export a trained network to the shipped model directory: ONNX, int8, tokeniser, labels, manifest.

    python -m training.export --weights RUN/joint.pt --labels RUN/labels.json --encoder FOLDER --out src/dragoman/model/shipped --version 0.1.0
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from dragoman.model.session import FILES, LAYOUT
from training.labels import Labels
from training.network import OUTPUTS, EncoderShape, Network

INPUTS = ("ids", "mask", "shapes", "marks", "words")


def load_network(weights: Path, labels: Path, encoder: Path) -> Network:
    """The trained network in evaluation mode."""
    table = {name: tuple(values) for name, values in json.loads(labels.read_text("utf-8")).items()}
    network = Network(EncoderShape.read(encoder), Labels(**table))
    network.load_state_dict(torch.load(weights))
    return network.eval()


def export_float(network: Network, path: Path) -> None:
    """Write the network as fp32 ONNX with free batch, piece and word counts."""
    example = (
        torch.randint(0, network.encoder.pieces.num_embeddings, (2, 14)), torch.ones(2, 14, dtype=torch.int64), torch.ones(2, 14, dtype=torch.int64),
        torch.tensor([[0, 1] + [0] * 12, [0, 1, 2] + [0] * 11]), torch.arange(1, 12).repeat(2, 1),
    )  # fmt: skip
    axes = {name: {0: "batch", 1: "words" if name == "words" else "pieces"} for name in INPUTS}
    outputs = {name: {0: "batch", 1: "words"} for name in ("tag", "fine", "relation", "end", "name", "trigger")}
    outputs |= {"arc": {0: "batch", 1: "words", 2: "heads"}, "roles": {0: "batch", 1: "triggers", 2: "words"}, "pair": {0: "marked"}}
    outputs |= {name: {0: "batch", 1: "triggers"} for name in ("positions", "mode", "status", "historical")}
    outputs |= {name: {0: "batch"} for name in OUTPUTS if name not in outputs}
    torch.onnx.export(
        network, example, str(path), input_names=list(INPUTS), output_names=list(OUTPUTS),
        dynamic_axes=axes | outputs, opset_version=17, dynamo=False, do_constant_folding=True,
    )  # fmt: skip
    onnx.checker.check_model(onnx.load(path))


def quantise(source: Path, target: Path) -> None:
    """Weights to int8 per channel, activations dynamically to uint8; embeddings too."""
    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        prepared, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=False, op_types_to_quantize=["MatMul", "Gather", "Gemm"]
    )
    prepared.unlink()


def write_directory(model: Path, labels: Path, tokenizer: Path, out: Path, version: str) -> None:
    """Gather the files and write the manifest with their checksums."""
    out.mkdir(parents=True, exist_ok=True)
    for source, name in ((model, "model.onnx"), (tokenizer, "tokenizer.json"), (labels, "labels.json")):
        if source != out / name:
            shutil.copy(source, out / name)
    sums = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES}
    manifest = {"layout": LAYOUT, "version": version, "files": sums}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def export_model(network: Network, *, labels: Path, tokenizer: Path, out: Path, version: str, float_out: Path | None = None) -> None:
    """Write the int8 model directory, and the fp32 one where a folder is given."""
    out.mkdir(parents=True, exist_ok=True)
    floating = out / "model.float.onnx"
    export_float(network, floating)
    quantise(floating, out / "model.onnx")
    write_directory(out / "model.onnx", labels, tokenizer, out, version)
    if float_out:
        write_directory(floating, labels, tokenizer, float_out, f"{version}-fp32")
    floating.unlink()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--float-out", type=Path, help="also keep the fp32 model directory here (for the parity test)")
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    network = load_network(arguments.weights, arguments.labels, arguments.encoder)
    tokenizer = arguments.encoder / "tokenizer.json"
    export_model(
        network, labels=arguments.labels, tokenizer=tokenizer, out=arguments.out, version=arguments.version, float_out=arguments.float_out
    )
    print(f"{arguments.out}: {(arguments.out / 'model.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
