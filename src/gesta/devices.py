"""Where networks run: the names that users give, and what torch makes of them."""

from typing import TYPE_CHECKING, Literal, get_args

from gesta.errors import InputError, unknown_name

if TYPE_CHECKING:
    import torch

Device = Literal["auto", "cpu", "cuda"]
DEVICES: tuple[str, ...] = get_args(Device)


def torch_device(name: str = "auto") -> "torch.device":
    """The device that is meant; "auto" is a GPU if there is one.

    Raises:
        InputError: no such name, or no GPU that torch can use where one was asked for.
    """
    # Not everything that names a device needs torch.
    import torch

    if name not in DEVICES:
        raise unknown_name("device", name, DEVICES)
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise InputError("There is no GPU that torch can use here: choose the device cpu or auto.")
    return torch.device("cuda" if there and name != "cpu" else "cpu")
