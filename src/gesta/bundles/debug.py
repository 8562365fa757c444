"""A tiny model of random weights, made on the spot, so that everything can be tried and tested without any files.

Its motion means nothing, but it is gentle: what the decoders add to a standing body with hanging arms is small.
"""

import numpy as np
import torch

from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.encoders.make import make_encoder
from gesta.bundles.config import BundleConfig
from gesta.bundles.folder import Bundle, build_model
from gesta.echomask.config import Decoding, generator_config
from gesta.echomask.model import EchoMask
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import FACE_CHANNELS, JOINT_COUNT, Motion
from gesta.tokenizer.channels import LOWER
from gesta.tokenizer.config import tokenizer_config
from gesta.version import __version__

SEED = 20
LATENT = 16
SIZES = {
    "window": 64,
    "latent": LATENT,
    "width": 24,
    "heads": 2,
    "feed_forward": 32,
    "face_layers": 1,
    "cross_layers": 2,
    "cross_feed_forward": 32,
    "exchange_feed_forward": 24,
    "classifier": 24,
    "residual_layers": 1,
    "residual_heads": 2,
    "residual_feed_forward": 24,
    "alignment_layers": 1,
    "alignment_heads": 2,
    "motion_layers": 2,
    "token_layers": 1,
}
GENTLE = 0.15
"""Share of the decoders' random weights that is left."""
ARM_DROP_RAD = 1.2
"""How far a hanging arm is turned down from the T-pose."""
ARMS = {"left_shoulder": -1.0, "right_shoulder": 1.0}
"""Arms, and which way round the axis to the front they go down."""


def debug_bundle() -> Bundle:
    """The model: always the same one, spectral features in, `arkit52` face."""
    config = debug_config()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = build_model(config).eval()
    _stand(model)
    return Bundle(config, model)


def debug_config() -> BundleConfig:
    """The settings of the tiny model."""
    encoder = EncoderConfig(kind="accented")
    hears = make_encoder(encoder)
    tokenizer = {
        "width": LATENT,
        "codes": 32,
        "levels": 3,
        "residual_depth": 1,
        "global_layers": 2,
        "causal_decoder": True,
    }
    return BundleConfig(
        name="debug",
        encoder=encoder,
        tokenizer=tokenizer_config("gesta", normalise=False, root="lower", **tokenizer),
        generator=generator_config(
            "gesta", sizes=SIZES, speech_low=hears.low_size, speech_high=hears.high_size, speakers=2
        ),
        decoding=Decoding(steps=2),
        mouth="learned",
        speakers=("first", "second"),
        licence="Apache-2.0; random weights, trained on nothing",
        provenance={"gesta": __version__, "seed": SEED},
    )


@torch.no_grad()
def _stand(model: EchoMask) -> None:
    """Make the decoders say a standing body plus a little."""
    for part, channels in model.tokenizers.representation.encode(_standing()).items():
        tokenizer = model.tokenizers.parts[part]
        tokenizer.decoder.exit.weight.mul_(GENTLE)
        tokenizer.decoder.exit.bias.copy_(torch.from_numpy(channels[0]))
    lower = model.tokenizers.parts[LOWER].decoder.exit
    place = model.tokenizers.representation.slice(LOWER, "translation")
    lower.weight[place] = 0.0
    # Where it goes is told as (vx, y, vz): it stays over one place, at its height.
    lower.bias[place] *= torch.tensor([0.0, 1.0, 0.0])


def _standing() -> Motion:
    """One frame of a body that stands and lets its arms hang."""
    rotations = np.tile(np.eye(3, dtype=np.float32), (1, JOINT_COUNT, 1, 1))
    for joint, way in ARMS.items():
        turn = np.array([0.0, 0.0, way * ARM_DROP_RAD], np.float32)
        rotations[0, skeleton().index(joint)] = matrix_from_axis_angle(turn)
    return Motion(
        rotations,
        skeleton().offsets[:1].astype(np.float32),
        np.zeros((1, FACE_CHANNELS["arkit52"]), np.float32),
        contacts=np.ones((1, 4), np.float32),
    )
