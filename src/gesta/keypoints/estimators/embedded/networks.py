"""The shipped networks, opened by name and run on one thread.

Files: MediaPipe 0.10.21 (Apache-2.0, Google), made ready by runs/bake_pose_models.py; assets/pose/LICENSE.txt.
"""

from importlib import resources
from typing import Any

import numpy as np

from gesta.extras import extra_module

FOLDER = ("assets", "pose")
PURPOSE = "Finding points in pictures"


class Network:
    """One network: arrays in, arrays out, in the order of its file."""

    def __init__(self, name: str) -> None:
        """Open `name`.tflite.

        Raises:
            InputError: ai-edge-litert is not installed.
        """
        runtime: Any = extra_module("ai_edge_litert.interpreter", PURPOSE, "film")
        content = resources.files("gesta").joinpath(*FOLDER, f"{name}.tflite").read_bytes()
        self._interpreter = runtime.Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._inputs = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()

    @property
    def side(self) -> int:
        """Height and width of what its first input holds."""
        return int(self._inputs[0]["shape"][1])

    def answer(self, values: np.ndarray) -> list[np.ndarray]:
        """Its outputs for one input (H, W, C), each without the first axis of length one."""
        self._interpreter.set_tensor(self._inputs[0]["index"], np.ascontiguousarray(values[None], dtype=np.float32))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(output["index"])[0] for output in self._outputs]


def sigmoid(values: np.ndarray) -> np.ndarray:
    """Logits as probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values.astype(np.float64), -100.0, 100.0))))
