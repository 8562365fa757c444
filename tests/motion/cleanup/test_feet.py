"""Feet: planted ones stay put, drift is taken back, steps stay steps, and a bent limb bends on its own side."""

import numpy as np
import pytest

from gesta.motion.cleanup.faults import FaultCounter, Faults
from gesta.motion.cleanup.foot_lock import FootLock
from gesta.motion.cleanup.two_bones import LIMBS, Limb
from gesta.motion.cleanup.windows import joined
from gesta.motion.kinematics import forward, sole_positions
from gesta.motion.limits import excess_degrees
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from tests.motion.cleanup.faulty import drifting
from tests.motion.cleanup.standing_body import standing_motion, with_wrist_at
from tests.motion.moving import made_motion


def locked(motion: Motion) -> tuple[Motion, FootLock]:
    lock = FootLock()
    parts = [lock.push(motion), lock.finish()]
    return joined([part for part in parts if part is not None]), lock


def faults(motion: Motion) -> Faults:
    counter = FaultCounter(None)
    counter.push(motion)
    return counter.total()


def stepping() -> Motion:
    """A body that stands, glides half a metre ahead on one raised foot after the other, and stands again."""
    motion = standing_motion(120, sway_m=0.0)
    rotations, translation = motion.rotations.astype(np.float64), motion.translation.astype(np.float64)

    def rise(start: int, frames: int) -> np.ndarray:
        share = np.clip((np.arange(120) - start) / frames, 0.0, 1.0)
        return 10 * share**3 - 15 * share**4 + 6 * share**5

    translation[:, 2] += 0.25 * rise(40, 30)
    moved = forward(rotations, translation)
    for side, start in (("left", 40), ("right", 56)):
        leg = Limb.of(f"{side}_leg", moved)
        rest = skeleton().rest_positions()[skeleton().index(f"{side}_ankle")]
        swing = rise(start, 14)
        ankle = rest + swing[:, None] * [0.0, 0.0, 0.25] + (0.12 * np.sin(np.pi * swing))[:, None] * [0.0, 1.0, 0.0]
        joints = skeleton().indices(LIMBS[leg.name][0])
        rotations[:, joints] = leg.reaching(ankle, last=np.repeat(np.eye(3)[None], 120, axis=0))
    return motion.replaced(rotations=rotations, translation=translation)


def test_a_body_that_glides_over_the_floor_is_kept_where_it_stands() -> None:
    good = standing_motion(240)
    found, lock = locked(drifting(good, m_s=0.03))
    after = faults(found)
    assert after.foot_creep_mm_per_frame is not None and after.foot_creep_mm_per_frame < 0.05
    assert after.foot_creep_mm_per_plant is not None and after.foot_creep_mm_per_plant < 1.0
    assert np.abs(found.translation - good.translation).max() < 0.03
    assert lock.steps == 0
    assert found.contacts is not None and found.contacts.min() == 1.0


@pytest.mark.parametrize("height", [-0.03, 0.03])
def test_a_body_that_floats_or_sinks_is_put_on_the_floor(height: float) -> None:
    good = standing_motion(150)
    found, _ = locked(good.replaced(translation=good.translation + (0.0, height, 0.0)))
    soles = sole_positions(found.rotations, found.translation)
    assert np.abs(soles[..., 1]).max() < 0.002


def test_a_step_is_still_a_step() -> None:
    motion = stepping()
    found, lock = locked(drifting(motion, m_s=0.01))
    soles, wanted = (sole_positions(m.rotations, m.translation) for m in (found, motion))
    assert soles[-1, :, 2] - soles[0, :, 2] == pytest.approx(wanted[-1, :, 2] - wanted[0, :, 2], abs=0.02)
    assert soles[48, 0, 1] > 0.06 and soles[63, 2, 1] > 0.06
    after = faults(found)
    assert after.foot_creep_mm_per_plant is not None and after.foot_creep_mm_per_plant < 5.0
    assert lock.steps == 0
    assert not excess_degrees(found.rotations).any()


def test_feet_that_slide_apart_make_small_steps() -> None:
    """Held for ever they would tear the legs apart."""
    motion = standing_motion(240)
    rotations = np.array(motion.rotations)
    spread = np.linspace(0.0, 0.3, 240)
    pose = forward(rotations.astype(np.float64), motion.translation.astype(np.float64))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        leg = Limb.of(f"{side}_leg", pose)
        ankle = leg.end + (sign * spread)[:, None] * [0.5, 0.0, 0.0]
        rotations[:, skeleton().indices(LIMBS[leg.name][0])] = leg.reaching(ankle)
    found, lock = locked(motion.replaced(rotations=rotations))
    assert lock.steps > 0
    after = faults(found)
    assert after.foot_creep_mm_per_plant is not None and after.foot_creep_mm_per_plant < 5.0


@pytest.mark.parametrize("limb", list(LIMBS))
def test_a_limb_that_goes_nowhere_stays_as_it_is_and_else_arrives(limb: str) -> None:
    motion = made_motion(30, size=0.3)
    bent = np.array(motion.rotations)
    bent[:, skeleton().indices(LIMBS[limb][0])] = standing_motion(30).rotations[:, skeleton().indices(LIMBS[limb][0])]
    motion = motion.replaced(rotations=bent)
    found = Limb.of(limb, forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64)))
    joints = skeleton().indices(LIMBS[limb][0])
    assert np.allclose(found.reaching(found.end), motion.rotations[:, joints], atol=1e-5)
    goal = found.start + 0.9 * (found.end - found.start) + (0.0, 0.02, 0.03)
    rotations = motion.rotations.astype(np.float64)
    rotations[:, joints] = found.reaching(goal)
    pose = forward(rotations, motion.translation.astype(np.float64))
    assert np.allclose(pose.positions[:, joints[2]], goal, atol=1e-6)
    assert np.allclose(pose.rotations[:, joints[2]], found.last, atol=1e-6)


def test_an_elbow_keeps_its_side() -> None:
    motion = standing_motion(60)
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    elbow, wrist = skeleton().indices(["left_elbow", "left_wrist"])
    moved = with_wrist_at(motion, "left", pose.positions[:, wrist] + (0.0, 0.0, 0.02))
    there = forward(moved.rotations.astype(np.float64), moved.translation.astype(np.float64))
    assert np.linalg.norm(there.positions[:, elbow] - pose.positions[:, elbow], axis=-1).max() < 0.03
