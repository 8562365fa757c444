"""Tiny ONNX networks with DWPose's inputs and outputs, which find what `planted` draws into pictures.

The detector takes a block with full blue for a person: its red is how sure the detector is, its green the size of the
person's box. The point network puts point k where its channel k % 3 is brightest.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesta.keypoints.estimators.detection import STRIDES, cell_count
from gesta.keypoints.estimators.dwpose_files import DETECTOR_FILE, POINTS_FILE
from gesta.keypoints.estimators.wholebody import COCO_POINTS

SIDE = 160
"""Of the detector's square."""
POINTS_SIZE = (288, 384)
"""Width and height that the point network reads."""
BLUE, GREEN, RED = 0, 1, 2
BLOCK = 16
SPREAD = 4.0


def modules() -> Any:
    """onnx; the test is skipped where something of the chain is not installed."""
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra: film)")
    pytest.importorskip("cv2", reason="opencv is not installed (extra: film)")
    return pytest.importorskip("onnx", reason="onnx is not installed (extra: dev)")


@dataclass(frozen=True)
class Person:
    """Where a person is, in pixels of the picture.

    Attributes:
        middle: of the box, which is square.
        size: of the box in the detector's square, at most 200.
        sure: what the detector shall say, above 0.
        red, green: where the points of these channels are.
    """

    middle: tuple[int, int]
    size: int
    sure: float
    red: tuple[float, float]
    green: tuple[float, float]


def planted(width: int, height: int, *persons: Person) -> np.ndarray:
    """A black (height, width, 3) picture with persons in it, red first."""
    picture = np.zeros((height, width, 3))
    rows, columns = np.mgrid[:height, :width]
    for person in persons:
        for channel, (x, y) in enumerate((person.red, person.green)):
            dot = 255.0 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2.0 * SPREAD**2))
            picture[..., channel] = np.maximum(picture[..., channel], dot)
    for person in persons:
        left, top = (place - BLOCK // 2 for place in person.middle)
        picture[top : top + BLOCK, left : left + BLOCK] = (235.0 * person.sure, person.size, 255.0)
    return np.rint(picture).astype(np.uint8)


def save_folder(folder: Path, side: int = SIDE, size: tuple[int, int] = POINTS_SIZE, box_scale: float = 1.0) -> Path:
    """A folder with both networks under DWPose's names."""
    folder.mkdir(parents=True, exist_ok=True)
    save_detector(folder / DETECTOR_FILE, side, box_scale)
    save_pointer(folder / POINTS_FILE, size)
    return folder


def save_detector(path: Path, side: int = SIDE, box_scale: float = 1.0) -> Path:
    """The detector; `box_scale` is how many pixels of the square make one in which persons' sizes are written."""
    count = side // STRIDES[0]
    cells = count * count
    constants = {
        "zero": np.zeros(1, np.float32),
        "one": np.ones(1, np.float32),
        "faint": np.float32([200.0]),
        "rest": np.float32([55.0]),
        "white": np.float32([235.0]),
        "cell": np.float32([STRIDES[0] / box_scale]),
        "tiny": np.float32([1e-3]),
        "column": np.int64([1, cells, 1]),
        "half": np.full((1, cells, 2), 0.5, np.float32),
        "other": np.ones((1, cells, 1), np.float32),
        "coarse": np.zeros((1, cell_count(side) - cells, 7), np.float32),
        **{f"at{channel}": np.int64([channel]) for channel in range(3)},
    }
    steps = [
        ("MaxPool", ["images"], "pooled", {"kernel_shape": [STRIDES[0]] * 2, "strides": [STRIDES[0]] * 2}),
        *[("Gather", ["pooled", f"at{channel}"], f"plane{channel}", {"axis": 1}) for channel in range(3)],
        *[("Reshape", [f"plane{channel}", "column"], f"row{channel}", {}) for channel in range(3)],
        ("Sub", [f"row{BLUE}", "faint"], "above", {}),
        ("Div", ["above", "rest"], "share", {}),
        ("Clip", ["share", "zero0", "one0"], "thing", {}),
        ("Div", [f"row{RED}", "white"], "person", {}),
        ("Div", [f"row{GREEN}", "cell"], "cells", {}),
        ("Add", ["cells", "tiny"], "positive", {}),
        ("Log", ["positive"], "extent", {}),
        ("Concat", ["half", "extent", "extent", "thing", "person", "other"], "fine", {"axis": 2}),
        ("Concat", ["fine", "coarse"], "output", {"axis": 1}),
    ]
    scalars = {"zero0": np.float32(0.0), "one0": np.float32(1.0)}
    _save(path, steps, constants | scalars, {"images": [1, 3, side, side]}, {"output": [1, cell_count(side), 7]})
    return path


def save_pointer(path: Path, size: tuple[int, int] = POINTS_SIZE, open_sizes: bool = False) -> Path:
    """The point network; with `open_sizes` the file declares no sizes of its outputs, as exported ones do."""
    width, height = size
    constants = {"channels": np.arange(COCO_POINTS, dtype=np.int64) % 3}
    steps = []
    for name, axis, length in (("simcc_x", 2, width), ("simcc_y", 3, height)):
        constants |= {f"{name}_axis": np.int64([axis]), f"{name}_last": np.int64([3])}
        constants[f"{name}_shape"] = np.int64([1, 3, 2 * length])
        steps += [
            ("ReduceMax", ["input", f"{name}_axis"], f"{name}_line", {"keepdims": 0}),
            ("Unsqueeze", [f"{name}_line", f"{name}_last"], f"{name}_bins", {}),
            ("Concat", [f"{name}_bins", f"{name}_bins"], f"{name}_twice", {"axis": 3}),
            ("Reshape", [f"{name}_twice", f"{name}_shape"], f"{name}_channels", {}),
            ("Gather", [f"{name}_channels", "channels"], name, {"axis": 1}),
        ]
    outputs: dict[str, list[Any]] = {
        "simcc_x": [1, COCO_POINTS, 2 * width],
        "simcc_y": [1, COCO_POINTS, 2 * height],
    }
    if open_sizes:
        outputs = {name: ["batch", f"{name}_points", f"{name}_length"] for name in outputs}
    _save(path, steps, constants, {"input": [1 if not open_sizes else "batch", 3, height, width]}, outputs)
    return path


def save_constant(path: Path, inputs: dict[str, list[Any]], outputs: dict[str, tuple[list[Any], Any]]) -> Path:
    """A network that answers the same whatever it is given.

    Args:
        path: the file.
        inputs: declared shapes by name.
        outputs: declared shape and answer by name.
    """
    steps = [("Identity", [f"{name}_value"], name, {}) for name in outputs]
    constants = {f"{name}_value": np.asarray(value, np.float32) for name, (_, value) in outputs.items()}
    _save(path, steps, constants, inputs, {name: shape for name, (shape, _) in outputs.items()})
    return path


def save_lying(path: Path, shape: list[int], answers: dict[str, np.ndarray]) -> Path:
    """A network whose number of points, axis 1 of each answer, shows only when it runs.

    Args:
        path: the file.
        shape: of the input.
        answers: (1, points, ...) by name.
    """
    steps: list = [("ReduceMax", ["input"], "brightest", {"keepdims": 0}), ("Mul", ["brightest", "none"], "zero", {})]
    constants: dict[str, Any] = {"none": np.float32(0.0), "first": np.int64([0]), "axis": np.int64([1])}
    for name, value in answers.items():
        constants |= {f"{name}_value": value.astype(np.float32), f"{name}_count": np.float32(value.shape[1])}
        steps += [
            ("Add", ["zero", f"{name}_count"], f"{name}_end", {}),
            ("Cast", [f"{name}_end"], f"{name}_whole", {"to": modules().TensorProto.INT64}),
            ("Unsqueeze", [f"{name}_whole", "first"], f"{name}_stop", {}),
            ("Slice", [f"{name}_value", "first", f"{name}_stop", "axis"], name, {}),
        ]
    outputs = {name: [1, f"{name}_points", value.shape[2]] for name, value in answers.items()}
    _save(path, steps, constants, {"input": shape}, outputs)
    return path


def _save(path: Path, steps: list, constants: dict, inputs: dict, outputs: dict, kind: str = "FLOAT") -> None:
    onnx = modules()
    helper, kinds = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node(operator, names, [to], **settings) for operator, names, to, settings in steps],
        "tiny",
        [helper.make_tensor_value_info(name, getattr(kinds, kind), shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kinds.FLOAT, shape) for name, shape in outputs.items()],
        [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
