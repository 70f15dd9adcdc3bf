"""Takes a loaded BERT sentence-transformers model; gives a folder with the same model in int8, for ONNX Runtime.

Every activation row and every weight row has its own scale, so a text's embedding does not depend on its batch.
Runs nothing: see `encode.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FORM = "int8-3"
"""Names this way of quantising; a change that changes vectors gets a new name."""

WORDS, POSITIONS, GRAPH, TOKENIZER, SETTINGS = (
    "words.npy", "positions.npy", "encoder.onnx", "tokenizer.json", "settings.json",
)  # fmt: skip
WEIGHT_LIMIT = 63
"""7 bits: on processors without VNNI two products of 8-bit weights overflow the 16 bits they are summed in."""
_TINY = np.finfo(np.float32).tiny
_MICROSOFT = "com.microsoft"
_OPSET = 21
_SAMPLE = (32, 32)

State = Mapping[str, NDArray[np.float32]]


def is_quantisable(model: SentenceTransformer) -> bool:
    """Return whether `model` is what this room can write: a BERT encoder, mean of its tokens, a fast tokenizer.

    Notes
    -----
    Raises nothing.
    """
    kinds = [type(module).__name__ for module in model]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    transformer, pooling = _parts(model)
    config = transformer.model.config
    return (
        type(transformer.model).__name__ == "BertModel"
        and config.hidden_act == "gelu"
        and not config.is_decoder
        and pooling.pooling_mode == "mean"
        and pooling.include_prompt
        and not transformer.do_lower_case
        and bool(getattr(transformer.tokenizer, "is_fast", False))
    )


def write_quantised(model: SentenceTransformer, folder: Path) -> None:
    """Write `model` into the existing `folder`: word and position tables, int8 graph, tokenizer, settings.

    Parameters
    ----------
    model : SentenceTransformer
        One that ``is_quantisable``.

    Raises
    ------
    OSError
        When the folder cannot be written.

    Notes
    -----
    The word table is fp16 and outside the graph, so that it can be mapped instead of read.
    """
    import onnx

    transformer, _ = _parts(model)
    config = transformer.model.config
    state = {name: tensor.float().numpy() for name, tensor in transformer.model.state_dict().items()}
    positions = state["embeddings.position_embeddings.weight"] + state["embeddings.token_type_embeddings.weight"][0]
    np.save(folder / WORDS, state["embeddings.word_embeddings.weight"].astype(np.float16))
    np.save(folder / POSITIONS, positions)
    onnx.save(build_graph(state, input_reach(transformer.model), config), folder / GRAPH)
    transformer.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    settings = {
        "dimension": config.hidden_size,
        "max_tokens": len(positions),
        "prompts": model.prompts,
    }
    (folder / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def build_graph(state: State, reach: State, config: Any) -> Any:
    """Return the ONNX model of a BERT encoder: token embeddings in, unit rows out.

    Parameters
    ----------
    state : mapping of str to float32 arrays
        The weights by their names in transformers' ``BertModel``.
    reach : mapping of str to float32 arrays
        What ``input_reach`` measured.
    config : BertConfig
        For the numbers of layers and heads and the epsilon of layer normalisation.

    Notes
    -----
    Raises nothing. Input: ``tokens`` float32 (n_texts, n_tokens, hidden), word plus position embedding of texts with
    equally many tokens, so that nothing is padding. Output: ``rows`` float32 (n_texts, hidden).
    """
    graph = _Graph(state, reach, config)
    graph.open()
    x = graph.normalise("tokens_flat", "embeddings.LayerNorm")
    for layer in (f"encoder.layer.{index}" for index in range(config.num_hidden_layers)):
        x = graph.add_and_normalise(graph.attention(x, layer), x, f"{layer}.attention.output.LayerNorm")
        x = graph.add_and_normalise(graph.feed_forward(x, layer), x, f"{layer}.output.LayerNorm")
    return graph.close(x)


class _Graph:
    """Collects the nodes of a BERT encoder. Names of values are names of weights, with what was done to them behind."""

    def __init__(self, state: State, reach: State, config: Any) -> None:
        from onnx import TensorProto, helper, numpy_helper

        self._helper, self._numpy, self._types = helper, numpy_helper, TensorProto
        self.state, self.reach = state, reach
        self.hidden, self.n_heads, self.epsilon = config.hidden_size, config.num_attention_heads, config.layer_norm_eps
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def open(self) -> None:
        self.constant("last_axis", np.array([-1]))
        self.constant("tokens_axis", np.array([1]))
        self.constant("flat_shape", np.array([-1, self.hidden]))
        self.constant("one", np.float32(1))
        self.constant("least", np.float32(1e-9))
        self.constant("step", np.float32(1 / 127))
        self.constant("middle", np.uint8(128))
        self.node("Shape", ["tokens"], "batch_shape")
        self.node("Reshape", ["tokens", "flat_shape"], "tokens_flat")

    def constant(self, name: str, value: Any) -> str:
        self.constants[name] = self._numpy.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(self._helper.make_node(kind, inputs, [output], **attributes))
        return output

    def weight(self, name: str) -> str:
        return self.constant(name, self.state[name])

    def normalise(self, x: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", [x, scale, shift], f"{name}.out", axis=-1, epsilon=self.epsilon)

    def add_and_normalise(self, y: str, x: str, name: str) -> str:
        return self.normalise(self.node("Add", [y, x], f"{name}.sum"), name)

    def attention(self, x: str, layer: str) -> str:
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        weights = np.concatenate([self.state[f"{part}.weight"] for part in parts])
        biases = np.concatenate([self.state[f"{part}.bias"] for part in parts])
        packed = self.linear(x, f"{layer}.attention.self", weights, smoothing(self.reach[parts[0]], weights))
        packed = self.node("Add", [packed, self.constant(f"{layer}.attention.self.bias", biases)], f"{packed}.biased")
        flat = [f"{part}.flat" for part in parts]
        self.nodes.append(self._helper.make_node("Split", [packed], flat, axis=-1, num_outputs=3))
        shaped = [self.node("Reshape", [part, "batch_shape"], f"{part}.batch") for part in flat]
        mixed = self.node("MultiHeadAttention", shaped, f"{layer}.mixed", domain=_MICROSOFT, num_heads=self.n_heads)
        mixed = self.node("Reshape", [mixed, "flat_shape"], f"{layer}.mixed.flat")
        name = f"{layer}.attention.output.dense"
        out = self.linear(mixed, name, self.state[f"{name}.weight"])
        return self.node("Add", [out, self.weight(f"{name}.bias")], f"{name}.biased")

    def feed_forward(self, x: str, layer: str) -> str:
        name, weights = f"{layer}.intermediate.dense", self.state[f"{layer}.intermediate.dense.weight"]
        wide = self.linear(x, name, weights, smoothing(self.reach[name], weights))
        wide = self.node("BiasGelu", [wide, self.weight(f"{name}.bias")], f"{name}.gelu", domain=_MICROSOFT)
        name = f"{layer}.output.dense"
        out = self.linear(wide, name, self.state[f"{name}.weight"])
        return self.node("Add", [out, self.weight(f"{name}.bias")], f"{name}.biased")

    def linear(self, x: str, name: str, weights: NDArray[np.float32], smooth: NDArray[np.float32] | None = None) -> str:
        """Add x @ weights.T with x in int8 by row and weights in int8 by output."""
        if smooth is not None:
            x = self.node("Mul", [x, self.constant(f"{name}.smooth", 1 / smooth)], f"{name}.smoothed")
            weights = weights * smooth
        quantised, scales = self.quantise_rows(x, name)
        integers, steps = quantise_weights(weights)
        inputs = [quantised, self.constant(f"{name}.int8", integers.T), "one", self.constant(f"{name}.steps", steps)]
        product = self.node("MatMulIntegerToFloat", [*inputs, "middle"], f"{name}.product", domain=_MICROSOFT)
        return self.node("Mul", [product, scales], f"{name}.out")

    def quantise_rows(self, x: str, name: str) -> tuple[str, str]:
        """Add x as uint8 around 128, and the scale of each row as (n_rows, 1)."""
        largest = self.node("ReduceMax", [self.node("Abs", [x], f"{name}.abs"), "last_axis"], f"{name}.max", keepdims=1)
        largest = self.node("Max", [largest, "least"], f"{name}.largest")
        scales = self.node("Mul", [largest, "step"], f"{name}.scales")
        by_row = self.node("Squeeze", [scales, "last_axis"], f"{name}.by_row")
        middle = self._helper.make_tensor("value", self._types.UINT8, [1], [128])
        zero = self.node(
            "ConstantOfShape", [self.node("Shape", [by_row], f"{name}.rows")], f"{name}.zero", value=middle
        )
        return self.node("QuantizeLinear", [x, by_row, zero], f"{name}.uint8", axis=0), scales

    def close(self, x: str) -> Any:
        """Add the mean over tokens and the division by its length; return the model."""
        helper, kind = self._helper, self._types.FLOAT
        x = self.node("Reshape", [x, "batch_shape"], "tokens_out")
        self.node("LpNormalization", [self.node("ReduceMean", [x, "tokens_axis"], "mean", keepdims=0)], "rows", p=2)
        graph = helper.make_graph(
            self.nodes,
            "sentence encoder",
            [helper.make_tensor_value_info("tokens", kind, ["n_texts", "n_tokens", self.hidden])],
            [helper.make_tensor_value_info("rows", kind, ["n_texts", self.hidden])],
            list(self.constants.values()),
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def quantise_weights(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return `weights` (n_outputs, n_inputs) as int8 in -63..63, and the step of each output: float32 (n_outputs,).

    Notes
    -----
    Raises nothing. integers * steps[:, None] is off by half a step at most; a row of zeros has the step 1, and so has
    one whose step would be too small to be written in full.
    """
    largest = np.abs(weights).max(axis=1)
    steps = np.where(largest > _TINY * WEIGHT_LIMIT, largest / WEIGHT_LIMIT, 1).astype(np.float32)
    return np.rint(weights / steps[:, None]).astype(np.int8), steps


def smoothing(reach: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by what each input is divided, and its weights multiplied, before both become integers.

    Parameters
    ----------
    reach : float32 (n_inputs,)
        The largest size each input takes, see ``input_reach``.
    weights : float32 (n_outputs, n_inputs)

    Notes
    -----
    Raises nothing. SmoothQuant (Xiao et al. 2023) with strength 1/2: sqrt(reach of the input / reach of its
    weights), which moves the few large inputs of BERT into the weights.
    """
    return np.sqrt(np.maximum(reach, 1e-6) / np.maximum(np.abs(weights).max(axis=0), 1e-6)).astype(np.float32)


def input_reach(bert: Any) -> dict[str, NDArray[np.float32]]:
    """Return the largest size that each input of each dense layer of `bert` takes, by the layer's name.

    Notes
    -----
    Raises nothing. Measured on words taken at even steps through the vocabulary: that gave the same embeddings as
    measuring on real texts, and needs none.
    """
    import torch

    reach: dict[str, NDArray[np.float32]] = {}

    def note(name: str) -> Any:
        return lambda _, inputs: reach.__setitem__(name, inputs[0].abs().amax(dim=(0, 1)).numpy())

    dense = {name: module for name, module in bert.named_modules() if isinstance(module, torch.nn.Linear)}
    hooks = [module.register_forward_pre_hook(note(name)) for name, module in dense.items()]
    n_texts, n_tokens = _SAMPLE
    words = torch.linspace(0, bert.config.vocab_size - 1, n_texts * n_tokens).long().reshape(n_tokens, n_texts).T
    with torch.inference_mode():
        bert(input_ids=words, attention_mask=torch.ones_like(words))
    for hook in hooks:
        hook.remove()
    return reach


def _parts(model: SentenceTransformer) -> tuple[Any, Any]:
    return model[0], model[1]
