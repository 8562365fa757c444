"""Networks in ONNX files: opened on the CPU, and refused where their inputs and outputs are not what is needed.

ONNX files hold no code, and onnxruntime reads no weights from outside the file's folder. Every size is checked twice,
as the file declares it and as the network answers, since a file may leave its sizes open.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gesta.errors import InputError, reason_of
from gesta.extras import extra_module
from gesta.keypoints.estimators.pictures import CHANNELS

FILE_BYTES = 1_000_000_000
"""Larger files are refused before they are opened."""
SIDES = range(32, 2049)
"""Heights and widths that a network may read, in pixels."""
QUIET = 3
"""onnxruntime's level of messages: errors only."""
FLOAT = "tensor(float)"


class Network:
    """A network of one picture as input: (1, 3, H, W) float32.

    Attributes:
        path: the file.
        kind: what it is, for sentences, for example "person detector".
        size: width and height of the picture it reads.
    """

    def __init__(self, path: Path, kind: str) -> None:
        """Open a file.

        Raises:
            InputError: it is missing, too large, damaged, or reads something else than one picture.
        """
        self.path, self.kind = path, kind
        self._session = _session(path, kind)
        inputs = self._session.get_inputs()
        shape = inputs[0].shape if len(inputs) == 1 else []
        if not (len(shape) == 4 and fits(shape[:2], (1, CHANNELS)) and all(side in SIDES for side in shape[2:])):
            raise self.unfit(f"reads {', '.join(f'{item.name} {item.shape}' for item in inputs)}, not one picture")
        if inputs[0].type != FLOAT:
            raise self.unfit(f"reads {inputs[0].type}")
        self.size: tuple[int, int] = (shape[3], shape[2])
        self._input = inputs[0].name

    def unfit(self, fault: str) -> InputError:
        """The error for a network that is not the one that is needed."""
        return InputError(f"The {self.kind} '{self.path}' {fault}; it is another network: fetch DWPose's own files.")

    def need_outputs(self, shapes: Sequence[tuple[int | None, ...]]) -> None:
        """Refuse the network unless its outputs are declared with these shapes; None and open sizes fit anything.

        Raises:
            InputError: they are not.
        """
        outputs = self._session.get_outputs()
        fitting = len(outputs) == len(shapes) and all(
            fits(output.shape, shape) for output, shape in zip(outputs, shapes, strict=True)
        )
        if not fitting:
            raise self.unfit(f"answers with {', '.join(f'{item.name} {item.shape}' for item in outputs)}")

    def answer(self, pictures: np.ndarray, shapes: Sequence[tuple[int | None, ...]]) -> list[np.ndarray]:
        """What the network says.

        Args:
            pictures: (1, 3, H, W) float32.
            shapes: what its outputs must have; None fits any size.

        Raises:
            InputError: it fails, or answers with other shapes.
        """
        try:
            outputs = self._session.run(None, {self._input: np.ascontiguousarray(pictures, dtype=np.float32)})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise self.unfit(f"fails ({type(error).__name__})") from None
        if [len(output.shape) for output in outputs] != [len(shape) for shape in shapes] or not all(
            fits(output.shape, shape) for output, shape in zip(outputs, shapes, strict=True)
        ):
            raise self.unfit(f"answers with {', '.join(str(output.shape) for output in outputs)}")
        return list(outputs)


def fits(declared: Sequence[Any], wanted: Sequence[int | None]) -> bool:
    """Whether a shape fits; sizes that the file leaves open (text or None) fit, and so does every size for None."""
    return len(declared) == len(wanted) and all(
        want is None or not isinstance(have, int) or have == want for have, want in zip(declared, wanted, strict=True)
    )


def _session(path: Path, kind: str) -> Any:
    runtime = extra_module("onnxruntime", "Finding points in pictures", "film")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"The {kind} '{path}' cannot be read: {reason_of(error)}.") from None
    if size > FILE_BYTES:
        raise InputError(f"The {kind} '{path}' is larger than {FILE_BYTES // 10**9} GB; that is no {kind}.")
    options = runtime.SessionOptions()
    options.log_severity_level = QUIET
    # The two networks take turns: threads that wait by spinning would only take time from each other.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise InputError(
            f"The {kind} '{path}' is damaged or no ONNX file ({type(error).__name__}); fetch it again."
        ) from None
