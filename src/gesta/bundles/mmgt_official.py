"""MMGT's released files, and the public parts they stand on, as a bundle.

A folder of released files holds, at any depth and by their names (MMGT's release and its settings):

    audio2pose_best_model.pt     stage 1; its table "ema_state_dict" is what the released code speaks with
    net-32500.pth                stage 2, all four networks side by side (of several net-*.pth the highest number)
    sd-vae-ft-mse/               Stable Diffusion's autoencoder, as diffusers writes it
    image_encoder/               CLIP's picture encoder of sd-image-variations, as transformers writes it

A bundle can do with one stage. The last two are fetched from the hub where they are not in the folder. Process 1's
files are not needed: stage 2's hold the same networks, trained further.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.bundles.film_config import FILM_KINDS, FilmBundleConfig, KeypointsModel, VideoModel
from gesta.bundles.film_folder import FilmBundle, VideoParts, save_film_bundle
from gesta.errors import InputError
from gesta.foreign import PickledObjectError, check_names, listed, read_torch_file
from gesta.hashing import file_sha256
from gesta.hub import snapshot
from gesta.mmgt.autoencoders import WEIGHTS_FILE, KlAutoencoder
from gesta.mmgt.image_token import ClipToken
from gesta.mmgt.sampling_config import sampling_config
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import SmgaConfig, smga_config
from gesta.mmgt.smga_official import official_smga_state, unknown_smga_names
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_official import own_state, released_config
from gesta.version import __version__

STAGE_1_NAME = "audio2pose_best_model.pt"
STAGE_1_TABLE = "ema_state_dict"
STAGE_2_NAME = re.compile(r"net-(\d+)\.pth")
AUTOENCODER, IMAGE_ENCODER = "sd-vae-ft-mse", "image_encoder"
PUBLIC = {
    AUTOENCODER: ("stabilityai/sd-vae-ft-mse", "31f26fdeee1355a5c34592e401dd41e45d25a493"),
    IMAGE_ENCODER: ("lambdalabs/sd-image-variations-diffusers", "42bc0ee1726b141d49f519a6ea02ccfbf073db2e"),
}
"""Where the public parts are on the hub, by the names of their folders here, and at which commits."""
LICENCE = (
    "none granted by MMGT's authors; autoencoder MIT, picture encoder CreativeML OpenRAIL-M, stage 2 derived from "
    "Stable Diffusion 1.5 (CreativeML OpenRAIL-M)"
)
CARD = f"""# MMGT, as released

Gesture video from speech and one picture (arXiv 2505.23120): the authors' own weights, read by
`gesta import-weights mmgt`. gesta's authors have never run them: the arithmetic is held to golden files, the names to
the released list.

* Licence: {LICENCE}. Ask the authors before you pass these files on.
* Data: talk shows and lectures (PATS) and, by the names in the released settings, more; not stated.
* Hears: WavLM large and wav2vec2 base, which are fetched when they are first needed; without a network, put their
  files into folders `wavlm` and `wav2vec2` here. Vocals are not separated from music, as the released scripts do.
"""
STRIP = (
    "import torch; held = torch.load('{path}', map_location='cpu', weights_only=False); "
    "torch.save({{'{table}': held['{table}']}}, '{stripped}')"
)


@dataclass(frozen=True)
class Released:
    """The networks that the released files are of.

    Attributes:
        keypoints: stage 1.
        video: fields of stage 2's settings that differ from the released ones.
    """

    keypoints: SmgaConfig = field(default_factory=lambda: smga_config("official"))
    video: Mapping[str, Any] = field(default_factory=dict)


def import_mmgt(source: Path, target: Path, released: Released | None = None) -> FilmBundleConfig:
    """Make a bundle of released files.

    Args:
        source: the folder that holds them.
        target: the bundle's folder.
        released: networks of other sizes than the released ones.

    Returns:
        What the bundle says of itself.

    Raises:
        InputError: no file is there, one asks for code to be run, its tensors are not those of the released networks,
            or a public part is missing and cannot be fetched.
        OutputError: the bundle cannot be written.
    """
    released = released or Released()
    stage_1, stage_2 = _files(source)
    keypoints = video = smga = parts = None
    if stage_1 is not None:
        keypoints = KeypointsModel(
            network=released.keypoints, features=VideoFeaturesConfig(kind="wavlm_handmade", context="slices")
        )
        smga = _smga(stage_1, released.keypoints)
    if stage_2 is not None:
        video, parts = _video(source, stage_2, released.video)
    made_from = [path for path in (stage_1, stage_2) if path is not None]
    config = FilmBundleConfig(
        name="mmgt-official",
        kinds=tuple(kind for kind, model in zip(FILM_KINDS, (keypoints, video), strict=True) if model is not None),
        keypoints=keypoints,
        video=video,
        licence=LICENCE,
        provenance={
            "gesta": __version__,
            "command": "gesta import-weights mmgt",
            "made_from": {path.name: file_sha256(path) for path in made_from},
        },
    )
    save_film_bundle(target, FilmBundle(config, smga, parts), CARD)
    return config


def _files(source: Path) -> tuple[Path | None, Path | None]:
    """The files of both stages; at least one is there."""
    if not source.is_dir():
        raise InputError(f"'{source}' is not a folder; name the one that holds the released files.")
    first = sorted(source.rglob(STAGE_1_NAME))
    second = [path for path in source.rglob("net-*.pth") if STAGE_2_NAME.fullmatch(path.name)]
    second.sort(key=lambda path: int(STAGE_2_NAME.fullmatch(path.name)[1]))  # type: ignore[index]
    if not first and not second:
        raise InputError(f"'{source}' holds neither {STAGE_1_NAME} nor net-32500.pth, MMGT's files; put them there.")
    if len(first) > 1:
        raise InputError(f"'{source}' holds '{first[0]}' and '{first[1]}'; leave the one that is meant.")
    return next(iter(first), None), next(reversed(second), None)


def _smga(path: Path, config: SmgaConfig) -> Smga:
    """SMGA with the averaged weights of a released file."""
    kind = "keypoint network"
    try:
        held = read_torch_file(path, kind, mapped=True)
    except PickledObjectError as error:
        stripped = path.with_name(f"{path.stem}.stripped{path.suffix}").name
        command = STRIP.format(path=path.name, table=STAGE_1_TABLE, stripped=stripped)
        raise InputError(
            f"The {kind} '{path}' holds, beside its tensors, a pickled object of {listed(error.classes)} (MMGT's "
            f"'normalizer'), and loading that would run code: if you trust the file, leave only its tensors in it "
            f'with python -c "{command}" in a copy of MMGT\'s repository, and put {stripped} in its place.'
        ) from None
    tensors = held.get(STAGE_1_TABLE) if isinstance(held, Mapping) else None
    if not isinstance(tensors, Mapping):
        raise InputError(f"The {kind} '{path}' has no table {STAGE_1_TABLE}; it is not MMGT's {STAGE_1_NAME}.")
    tensors = {str(name): value for name, value in tensors.items() if isinstance(value, Tensor)}
    if unknown := unknown_smga_names(set(tensors), config):
        raise InputError(f"The {kind} '{path}' holds {listed(unknown)}, which the released network does not have.")
    try:
        state = official_smga_state(tensors, config)
    except KeyError as missing:
        names = [str(name) for name in missing.args]
        raise InputError(f"The {kind} '{path}' lacks {listed(names)}; it belongs to another network.") from None
    with torch.device("meta"):
        smga = Smga(config)
    check_names(state, smga.state_dict(), path, kind)
    smga.load_state_dict({name: value.float() for name, value in state.items()}, assign=True)
    return smga.eval()


def _video(source: Path, path: Path, changes: Mapping[str, Any]) -> tuple[VideoModel, VideoParts]:
    """Stage 2 with the weights of a released file, and the public parts."""
    kind = "video network"
    held = read_torch_file(path, kind, mapped=True)
    if not isinstance(held, Mapping):
        raise InputError(f"The {kind} '{path}' holds no table of tensors; it is not MMGT's.")
    tensors = {str(name): value for name, value in held.items() if isinstance(value, Tensor)}
    config = released_config(tensors, **changes)
    state = own_state(tensors, config, path)
    with torch.device("meta"):
        network = VideoNetwork(config)
    network.load_state_dict(state, assign=True)
    autoencoder = KlAutoencoder.from_folder(_public(source, AUTOENCODER))
    image_token = ClipToken.from_folder(_public(source, IMAGE_ENCODER))
    model = VideoModel(
        network=config,
        features=VideoFeaturesConfig(kind="wav2vec2", padded_to=80),
        sampling=sampling_config("official"),
        autoencoder=autoencoder.config,
        image_encoder=image_token.config,
    )
    return model, VideoParts(network.eval(), autoencoder.eval(), image_token.eval())


def _public(source: Path, name: str) -> Path:
    """The folder of a public part: in the source, or on the hub."""
    for found in sorted(source.rglob(name)):
        if (found / "config.json").is_file():
            return found
    hub_name, revision = PUBLIC[name]
    inside = f"{name}/" if name == IMAGE_ENCODER else ""
    weights = [f"{inside}{file}" for file in (WEIGHTS_FILE, "model.safetensors", "pytorch_model.bin")]
    folder = snapshot(
        hub_name, revision, (f"{inside}config.json",), "MMGT's video network",
        f"put the folder {name} into '{source}'", one_of=weights,
    )  # fmt: skip
    return folder / inside
