"""A live object as plain data, and back: what a stream remembers, without pickling anything.

`taken` walks from an object through everything that it holds and writes down a table of nodes (JSON) and one row of
bytes (the numbers of all arrays). `restored` builds the same again: only classes that are listed in `registry.py` are
made, without calling their constructors, and every size is checked against the bytes that are there before memory is
taken. Things that several others hold are one thing again afterwards, and generators of chance go on where they were.

What is part of a model and not of its memory (networks) is left out: the caller names it, and gives it back.
"""

import json
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

import numpy as np
import torch

from gesta.live.registry import name_of, named_class
from gesta.settings import Settings

ARRAY_TYPES = ("<f4", "<f8", "<i4", "<i8", "<u8", "|u1", "|i1", "|b1")
"""Types of numbers that arrays may have."""
TENSOR_TYPES = {
    str(kind): kind
    for kind in (torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.bool)
}
PLAIN = (bool, int, float, str, type(None))
DAMAGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, RuntimeError)
"""What a table answers with that was not written by `taken`."""


@dataclass(frozen=True)
class Snapshot:
    """An object as plain data.

    Attributes:
        nodes: the table as JSON text.
        content: (N,) uint8, the numbers of all arrays, one after the other.
    """

    nodes: str
    content: np.ndarray


def taken(root: object, outside: Mapping[str, object]) -> Snapshot:
    """Write down an object.

    Args:
        root: the object.
        outside: what is left out wherever it is met, by name.

    Raises:
        TypeError: it holds something that cannot be written down.
    """
    return _Taker(outside).snapshot(root)


def restored(snapshot: Snapshot, outside: Mapping[str, object], device: torch.device | None = None) -> object:
    """Build an object again.

    Args:
        snapshot: as `taken` gives it.
        outside: what was left out, by name.
        device: where tensors go.

    Raises:
        ValueError: it is damaged, or was never taken; the message is the end of a sentence.
    """
    try:
        nodes = json.loads(snapshot.nodes)
        return _Builder(nodes, snapshot.content, outside, device or torch.device("cpu")).value({"node": 0})
    except DAMAGE as error:
        raise ValueError(f"holds no state of a stream ({error})") from error


class _Taker:
    """Collects nodes and bytes."""

    def __init__(self, outside: Mapping[str, object]) -> None:
        self.outside = {id(thing): name for name, thing in outside.items()}
        self.nodes: list[dict[str, Any]] = []
        self.parts: list[bytes] = []
        self.at = 0
        self.known: dict[int, int] = {}
        # What has been met is kept, so that no other object takes its identity meanwhile.
        self.met: list[object] = []

    def snapshot(self, root: object) -> Snapshot:
        self.value(root)
        return Snapshot(json.dumps(self.nodes), np.frombuffer(b"".join(self.parts), np.uint8))

    def value(self, thing: object) -> Any:
        """A plain value as it is; anything else as the number of its node."""
        if type(thing) in PLAIN:
            return thing
        if id(thing) in self.outside:
            return {"outside": self.outside[id(thing)]}
        if id(thing) not in self.known:
            self.known[id(thing)] = len(self.nodes)
            self.met.append(thing)
            node: dict[str, Any] = {}
            self.nodes.append(node)
            node.update(self._node(thing))
        return {"node": self.known[id(thing)]}

    def _node(self, thing: Any) -> dict[str, Any]:
        if (container := _container(thing)) is not None:
            return {container: [self.value(item) for item in thing]}
        if type(thing) is deque:
            return {"deque": [self.value(item) for item in thing], "most": thing.maxlen}
        if type(thing) is dict:
            return {"dict": [[self.value(key), self.value(item)] for key, item in thing.items()]}
        if type(thing) is slice:
            return {"slice": [thing.start, thing.stop, thing.step]}
        if isinstance(thing, (np.ndarray, np.generic)):
            return self._array(thing)
        if isinstance(thing, torch.Tensor):
            raw = thing.detach().to("cpu").contiguous().view(-1).view(torch.uint8).numpy()
            return {"tensor": str(thing.dtype), "shape": list(thing.shape), "bytes": self._add(raw.tobytes())}
        if isinstance(thing, np.random.Generator):
            return {"chance": thing.bit_generator.state}
        if isinstance(thing, torch.Generator):
            return {"torch chance": self.value(thing.get_state())}
        if isinstance(thing, Settings):
            return {"settings": name_of(type(thing)), "values": self.value(thing.model_dump(mode="python"))}
        kind = name_of(type(thing))
        return {"object": kind, "holds": {name: self.value(item) for name, item in vars(thing).items()}}

    def _array(self, thing: np.ndarray | np.generic) -> dict[str, Any]:
        array = np.asarray(thing)
        kind = array.dtype.newbyteorder("<").str
        if kind not in ARRAY_TYPES:
            raise TypeError(f"an array of {array.dtype} cannot be written down")
        # Sums may depend on the order of numbers in memory, so that is kept.
        fortran = array.ndim > 1 and array.flags.f_contiguous and not array.flags.c_contiguous
        place = self._add(array.astype(kind, copy=False).tobytes(order="F" if fortran else "C"))
        what = "array" if isinstance(thing, np.ndarray) else "number"
        fixed = isinstance(thing, np.ndarray) and not thing.flags.writeable
        return {what: kind, "shape": list(array.shape), "bytes": place, "fortran": fortran, "fixed": fixed}

    def _add(self, raw: bytes) -> list[int]:
        """Put bytes into the row; returns where they are."""
        place = [self.at, self.at + len(raw)]
        self.parts.append(raw)
        self.at += len(raw)
        return place


def _container(thing: object) -> str | None:
    """The name of a kind of row, or None."""
    return next((kind.__name__ for kind in (list, tuple, set, frozenset) if type(thing) is kind), None)


class _Builder:
    """Builds objects from nodes and bytes."""

    def __init__(
        self, nodes: list[dict[str, Any]], content: np.ndarray, outside: Mapping[str, object], device: torch.device
    ) -> None:
        self.nodes, self.content, self.outside, self.device = nodes, content, outside, device
        self.built: dict[int, Any] = {}

    def value(self, plain: Any) -> Any:
        """The thing that a value of the table stands for."""
        if not isinstance(plain, dict):
            if type(plain) not in PLAIN:
                raise TypeError("a value is of no known kind")
            return plain
        if "outside" in plain:
            return self.outside[plain["outside"]]
        number = plain["node"]
        if number not in self.built:
            self._build(number, self.nodes[number])
        return self.built[number]

    def _build(self, number: int, node: dict[str, Any]) -> None:
        if "object" in node:
            self._object(number, node)
        elif "list" in node:
            # Made before what is in it, which may lead back to it; so are the two below.
            row = self.built[number] = []
            row.extend(self.value(item) for item in node["list"])
        elif "dict" in node:
            table = self.built[number] = {}
            table.update((self.value(key), self.value(item)) for key, item in node["dict"])
        elif "deque" in node:
            queue = self.built[number] = deque(maxlen=node["most"])
            queue.extend(self.value(item) for item in node["deque"])
        else:
            self.built[number] = self._whole[next(iter(node))](node)

    @property
    def _whole(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """How the things are made that hold nothing that could lead back to them."""
        return {
            "tuple": lambda node: tuple(self.value(item) for item in node["tuple"]),
            "set": lambda node: {self.value(item) for item in node["set"]},
            "frozenset": lambda node: frozenset(self.value(item) for item in node["frozenset"]),
            "slice": lambda node: slice(*(_whole_number(end) for end in node["slice"])),
            "array": self._array,
            "number": lambda node: self._array({**node, "array": node["number"]})[()],
            "tensor": self._tensor,
            "chance": _chance,
            "torch chance": lambda node: _torch_chance(self.value(node["torch chance"])),
            "settings": self._settings,
        }

    def _object(self, number: int, node: dict[str, Any]) -> None:
        kind, held = named_class(node["object"]), node["holds"]
        if is_dataclass(kind) and set(held) != {field.name for field in fields(kind)}:
            raise ValueError(f"a {kind.__name__} has other fields")
        if any(not name.isidentifier() or name.startswith("__") for name in held):
            raise ValueError(f"a {kind.__name__} has an attribute with no proper name")
        thing: object = object.__new__(kind)
        self.built[number] = thing
        vars(thing).update({name: self.value(item) for name, item in held.items()})

    def _settings(self, node: dict[str, Any]) -> Settings:
        kind = named_class(node["settings"])
        if not issubclass(kind, Settings):
            raise TypeError(f"{kind.__name__} are no settings")
        return kind.model_validate(self.value(node["values"]))

    def _raw(self, node: dict[str, Any], item_bytes: int) -> np.ndarray:
        """The bytes of an array or tensor, if there are as many as its shape says."""
        start, stop = node["bytes"]
        shape = node["shape"]
        if not all(type(size) is int and size >= 0 for size in (start, stop, *shape)) or stop > len(self.content):
            raise ValueError("an array lies outside")
        if math.prod(shape) * item_bytes != stop - start:
            raise ValueError("an array is not as long as it says")
        return self.content[start:stop]

    def _array(self, node: dict[str, Any]) -> np.ndarray:
        order: Literal["C", "F"] = "F" if node["fortran"] else "C"
        if node["array"] not in ARRAY_TYPES:
            raise ValueError("an array holds no numbers")
        kind = np.dtype(node["array"])
        numbers = np.frombuffer(self._raw(node, kind.itemsize).tobytes(), kind)
        array = np.reshape(numbers, tuple(node["shape"]), order=order)
        # Read-only arrays stay so; others get memory of their own.
        return array if node["fixed"] else array.copy(order="K")

    def _tensor(self, node: dict[str, Any]) -> torch.Tensor:
        kind = TENSOR_TYPES[node["tensor"]]
        raw = torch.from_numpy(self._raw(node, kind.itemsize).copy())
        return raw.view(kind).view(node["shape"]).to(self.device)


def _whole_number(end: Any) -> int | None:
    if end is not None and type(end) is not int:
        raise TypeError("a slice ends at no whole number")
    return end


def _chance(node: dict[str, Any]) -> np.random.Generator:
    chance = np.random.default_rng(0)
    chance.bit_generator.state = node["chance"]
    return chance


def _torch_chance(state: Any) -> torch.Generator:
    chance = torch.Generator()
    chance.set_state(state.cpu())
    return chance
