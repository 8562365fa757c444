"""MMGT's released files as its authors lay them out, small, filled by the golden rule, with tiny public parts."""

from pathlib import Path

import torch
from torch import Tensor

from gesta.bundles.mmgt_official import AUTOENCODER, IMAGE_ENCODER, STAGE_1_NAME, STAGE_1_TABLE, Released
from gesta.mmgt.autoencoders import KlAutoencoder, KlConfig
from gesta.mmgt.image_token import ClipConfig, ClipToken
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import smga_config
from gesta.mmgt.smga_official import released_smga_state
from gesta.mmgt.video_config import video_config
from gesta.mmgt.video_official import released_shapes
from tests.golden_rule import filled

SMGA_SIZES = {"width": 48, "feed_forward": 96, "layers": 2, "heads": 2, "audio_layers": 1}
VIDEO_SIZES = {
    "widths": (32, 64),
    "heads": 4,
    "image_token": 32,
    "audio_tokens": 4,
    "audio_token": 16,
    "audio_hidden": 32,
    "audio_layers": 2,
    "audio_channels": 24,
    "pose_widths": (8, 16),
}
VIDEO = {"sizes": VIDEO_SIZES, "picture": {"side": 64, "factor": 2}}
SMALL = Released(smga_config("official", sizes=SMGA_SIZES), VIDEO)
UNUSED = ("seqTransDecoder.stack.0.self_attn.in_proj_weight", "seqTransDecoder.stack.1.film_face_3.block.1.bias")


def keypoint_tensors() -> dict[str, Tensor]:
    """What stage 1's table of averaged weights holds."""
    with torch.device("meta"):
        ours = Smga(SMALL.keypoints).state_dict()
    shapes = {name: tuple(value.shape) for name, value in released_smga_state(ours, SMALL.keypoints).items()}
    return {name: filled(name, shape) for name, shape in (shapes | dict.fromkeys(UNUSED, (3, 3))).items()}


def video_tensors() -> dict[str, Tensor]:
    """What stage 2's file holds: half precision for the reference network and the pose guider."""
    shapes = released_shapes(video_config("official", **VIDEO))
    tables = {name for name in shapes if name.endswith("pos_encoder.pe")}
    made = {name: filled(name, tuple(value.shape)) for name, value in shapes.items() if name not in tables}
    halves = ("reference_unet.", "pose_guider.")
    return {name: value.half() if name.startswith(halves) else value for name, value in made.items()}


def write_mmgt_release(folder: Path) -> Path:
    """A folder of released files in the layout of the released settings."""
    stage_1, stage_2 = folder / "MMGT_pretrained" / "stage_1", folder / "MMGT_pretrained" / "stage_2" / "process_2"
    for place in (stage_1, stage_2):
        place.mkdir(parents=True)
    table = {f"module.{name}": value for name, value in keypoint_tensors().items()}
    torch.save({STAGE_1_TABLE: table, "normalizer": None, "epoch": 3400}, stage_1 / STAGE_1_NAME)
    torch.save(video_tensors(), stage_2 / "net-32500.pth")
    write_public_parts(folder)
    return folder


def write_public_parts(folder: Path) -> None:
    """An autoencoder as diffusers writes it, and a picture encoder as transformers does."""
    torch.manual_seed(0)
    KlAutoencoder(KlConfig(widths=(8, 16), layers=1, groups=4)).network.save_pretrained(folder / AUTOENCODER)
    clip = ClipConfig(width=16, feed_forward=32, layers=1, heads=2, side=28, patch=14, size=VIDEO_SIZES["image_token"])
    ClipToken(clip).network.save_pretrained(folder / "sd-image-variations-diffusers" / IMAGE_ENCODER)
