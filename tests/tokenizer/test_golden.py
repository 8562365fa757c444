"""The official tokenizers' arithmetic: networks filled by the golden rule give the stored numbers."""

import pytest
import torch

from gesta.errors import InputError
from gesta.tokenizer.config import tokenizer_config
from gesta.tokenizer.global_motion import GlobalMotion
from gesta.tokenizer.official import load_official, official_global_motion_names, official_rvq_names
from gesta.tokenizer.rvq import PartTokenizer
from tests.golden_rule import filled, golden_arrays, golden_input, golden_keys, needs_golden, off_by

TOLERANCE = 1e-4
CHANNELS = {"face": 106, "upper": 78, "hands": 180, "lower": 61}


def golden_tensors(network: str) -> dict[str, torch.Tensor]:
    return {name: filled(name, shape) for name, shape in golden_keys("tokenizer_keys.json")[network].items()}


@needs_golden
@pytest.mark.parametrize("part", CHANNELS)
def test_the_tokenizer_of_a_part(part: str) -> None:
    stored = golden_arrays("echomask_tokenizers.npz")
    tokenizer = PartTokenizer(CHANNELS[part], tokenizer_config("official")).eval()
    load_official(tokenizer, golden_tensors(f"rvq_{part}"), official_rvq_names(), "the golden file")
    x = golden_input(f"rvq_{part}", (2, 64, CHANNELS[part]))
    with torch.no_grad():
        latents = tokenizer.encode(x)
        indices = tokenizer.tokenize(x)
        decoded = tokenizer.decode_indices(torch.from_numpy(stored[f"{part}_indices"]))
        output = tokenizer(x)
    assert off_by(latents.transpose(1, 2), stored[f"{part}_encoded"]) < TOLERANCE
    assert (indices.numpy() == stored[f"{part}_indices"]).all()
    assert off_by(decoded, stored[f"{part}_decoded"]) < TOLERANCE
    assert (output.indices == indices).all()
    assert off_by(output.decoded, stored[f"{part}_decoded"]) < TOLERANCE


@needs_golden
def test_global_motion() -> None:
    network = GlobalMotion(61, tokenizer_config("official")).eval()
    load_official(network, golden_tensors("global_motion"), official_global_motion_names(), "the golden file")
    with torch.no_grad():
        found = network(golden_input("global_motion", (2, 64, 61)))
    assert off_by(found, golden_arrays("echomask_tokenizers.npz")["global_motion"]) < TOLERANCE


def test_every_weight_has_an_official_name() -> None:
    config = tokenizer_config("official")
    for module, names in (
        (PartTokenizer(61, config), official_rvq_names()),
        (GlobalMotion(61, config), official_global_motion_names()),
    ):
        wanted = {name for name in module.state_dict() if not name.endswith(("sums", "counts", "initialised"))}
        assert set(names) == wanted
        assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"exit.bias": None}, "lacks decoder.main.6.bias:"),
        ({"other": torch.zeros(1)}, "holds other, which"),
        ({"exit.bias": torch.zeros(3)}, r"shape \(3,\), but \(61,\)"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(change: dict[str, torch.Tensor | None], said: str) -> None:
    config = tokenizer_config("small")
    network, names = GlobalMotion(61, config), official_global_motion_names(config)
    tensors = {names[ours]: tensor for ours, tensor in network.state_dict().items()}
    for ours, tensor in change.items():
        if tensor is None:
            del tensors[names[ours]]
        else:
            tensors[names.get(ours, ours)] = tensor
    with pytest.raises(InputError, match=said):
        load_official(network, tensors, names, "a file")
