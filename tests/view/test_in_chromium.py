"""The page in a real browser: it starts, plays, seeks, keeps to the sound, obeys keys, and says what it cannot do."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesta.avatar.face_weights import tamed
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.kinematics import track
from gesta.motion.npz_write import write_npz
from gesta.motion.skeleton import skeleton
from gesta.render.views import VIEWS
from gesta.view.contents import Asked, Contents, sound_of
from gesta.view.page import write_page
from gesta.view.subject import subject_of
from tests.avatar.made_body import made_body_in_use
from tests.motion.moving import made_motion
from tests.motion.sitting import LOWER_M, sitting
from tests.render.figures import speech_of
from tests.view.chromium import Tab
from tests.view.made_glb import pillar_bytes

RATE = 16_000
SOUND_S = 3.0
EVENT_S = 1.0
"""When the pillar bends and the click is heard."""
FRAMES = 90
STROKES = [(1.0, 1.4), (2.0, 2.3)]
HOSTILE = "</script><img src=x onerror='window.harmed=1'><b>name"
ALIGNED_S = 0.040
SIZE = (480, 420)

pytestmark = pytest.mark.slow


def planted_contents(**changes: object) -> Contents:
    samples = np.zeros(int(SOUND_S * RATE))
    samples[int(EVENT_S * RATE) : int(EVENT_S * RATE) + 16] = 0.9
    weights = np.zeros(FRAMES, np.uint8)
    weights[30:42], weights[60:69] = 200, 120
    whole = {"title": HOSTILE, "facts": [(HOSTILE, HOSTILE)], "frame_count": FRAMES, "own_body": False}
    return Contents(**(whole | {"sound": sound_of(speech_of(samples)), "asked": Asked(weights, STROKES)} | changes))


def opened(chromium: Tab, path: Path, contents: Contents, glb: bytes, dark: bool = False) -> Tab:
    write_page(path, glb, contents)
    chromium.complaints.clear()
    chromium.requests.clear()
    chromium.open(*SIZE, dark=dark)
    chromium.visit(path)
    return chromium


@pytest.fixture
def tab(chromium: Tab, tmp_path: Path) -> Iterator[Tab]:
    """The planted take, ready."""
    opened(chromium, tmp_path / "page.html", planted_contents(), pillar_bytes(bends_at_s=EVENT_S))
    assert chromium.run("page.ready") is True
    yield chromium
    assert chromium.complaints == []


@pytest.fixture
def silent(chromium: Tab, tmp_path: Path) -> Iterator[Tab]:
    """The same without sound."""
    opened(chromium, tmp_path / "page.html", planted_contents(sound=None), pillar_bytes(bends_at_s=EVENT_S))
    assert chromium.run("page.ready") is True
    yield chromium
    assert chromium.complaints == []


def wait(tab: Tab, expression: str, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not tab.run(expression):
        assert time.monotonic() < until, f"never came: {expression}"
        time.sleep(0.05)


def drawn(tab: Tab) -> None:
    """Wait until the last change is on the screen."""
    tab.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")


def stage_of(tab: Tab) -> np.ndarray:
    """The 3D picture (H, W, 3) without the buttons over it."""
    drawn(tab)
    top, bottom = tab.run("(b => [b.top + 60, b.bottom])(document.getElementById('stage').getBoundingClientRect())")
    picture = np.asarray(Image.open(io.BytesIO(tab.screenshot())).convert("RGB")).astype(int)
    return picture[int(top) : int(bottom)]


def lean(tab: Tab) -> float:
    """How far to the side the pillar's head has gone, of the sine it goes at most."""
    return tab.run("Math.abs(page.stage.cameras.joints.head.node.quaternion.z)") / np.sin(np.radians(40.0))


def test_it_starts_and_shows_the_body(tab: Tab) -> None:
    assert tab.run("document.getElementById('message').textContent") == ""
    assert all(address.startswith(("file:", "blob:")) for address in tab.requests)
    straight = stage_of(tab)
    # The pillar is bright and neutral, the backdrop behind it bluish grey.
    middle = straight[straight.shape[0] // 2, straight.shape[1] // 2]
    assert straight.std() > 8.0
    assert np.abs(middle - straight[10, 10]).max() > 20
    tab.run("page.clock.seek(2)")
    assert (np.abs(stage_of(tab) - straight).max(axis=2) > 20).mean() > 0.02


def test_names_are_shown_and_not_run(tab: Tab) -> None:
    assert tab.run("document.getElementById('title').textContent") == HOSTILE
    assert tab.run("document.title") == HOSTILE
    assert tab.run("document.querySelector('#about dd').textContent") == HOSTILE
    assert tab.run("[window.harmed === undefined, document.images.length]") == [True, 0]


def test_it_plays_to_the_end_and_begins_anew(tab: Tab) -> None:
    tab.press(" ", "Space")
    wait(tab, "page.clock.playing && page.clock.seconds > 0.3")
    assert tab.run("document.getElementById('play').getAttribute('aria-label')") == "Pause"
    tab.run("page.clock.seek(2.6)")
    wait(tab, "!page.clock.playing")
    assert tab.run("page.clock.seconds") == tab.run("page.clock.duration") == pytest.approx(SOUND_S, abs=0.05)
    tab.press(" ", "Space")
    wait(tab, "page.clock.playing && page.clock.seconds > 0.05")
    assert tab.run("page.clock.seconds") < 2.0
    tab.press(" ", "Space")
    assert tab.run("[page.clock.playing, page.clock.sound.paused]") == [False, True]


def test_it_loops(silent: Tab) -> None:
    silent.press("l")
    silent.run("page.clock.seek(2.8)")
    silent.press(" ", "Space")
    wait(silent, "page.clock.seconds < 2.0")
    assert silent.run("page.clock.playing")


def test_sound_and_motion_are_aligned(tab: Tab) -> None:
    # What is drawn is compared with what the sound's own clock says at that very moment.
    tab.run("""
      window.seen = [];
      const show = page.stage.showTime.bind(page.stage);
      page.stage.showTime = (seconds) => {
        show(seconds);
        if (page.clock.playing) seen.push([page.stage.action.time, page.clock.sound.currentTime]);
      };
      document.getElementById('speed').value = '1';
    """)
    tab.press(" ", "Space")
    wait(tab, "page.clock.seconds > 0.6")
    tab.run("page.clock.seek(1.2)")
    wait(tab, "page.clock.seconds > 2.2")
    seen = np.array(tab.run("seen"))
    assert len(seen) > 8
    assert np.ptp(seen[:, 1]) > 1.5
    assert np.abs(seen[:, 0] - seen[:, 1]).max() < ALIGNED_S


def test_the_click_is_where_the_pillar_bends(tab: Tab) -> None:
    heard_s = tab.run("""
      new OfflineAudioContext(1, 1, 48000)
        .decodeAudioData(fromBase64(document.getElementById('sound').textContent).buffer)
        .then((sound) => {
          const samples = sound.getChannelData(0);
          let most = 0;
          samples.forEach((sample, at) => { if (Math.abs(sample) > Math.abs(samples[most])) most = at; });
          return most / sound.sampleRate;
        })
    """)
    assert heard_s == pytest.approx(EVENT_S, abs=0.010)
    for offset_s, expected in ((-0.06, 0.0), (0.0, 0.53), (0.06, 1.0)):
        tab.run(f"page.clock.seek({EVENT_S + offset_s})")
        drawn(tab)
        assert lean(tab) == pytest.approx(expected, abs=0.02)


def test_speed(silent: Tab) -> None:
    silent.run("""
      document.getElementById('speed').value = '0.5';
      document.getElementById('speed').dispatchEvent(new Event('change'));
    """)
    passed, wall = silent.run("""
      new Promise((done) => {
        page.clock.play();
        const [from, at] = [page.clock.seconds, performance.now()];
        const look = () => {
          const wall = (performance.now() - at) / 1000;
          if (wall < 1) requestAnimationFrame(look);
          else done([page.clock.tick() - from, (performance.now() - at) / 1000]);
        };
        look();
      })
    """)
    assert passed == pytest.approx(0.5 * wall, abs=0.05)


def test_the_strip_is_clicked_to_seek(tab: Tab) -> None:
    left, top, width, height = tab.run(
        "(b => [b.left, b.top, b.width, b.height])(document.getElementById('strip').getBoundingClientRect())"
    )
    tab.click(left + width * 0.5, top + height * 0.6)
    assert tab.run("page.clock.seconds") == pytest.approx(0.5 * SOUND_S, abs=0.03)
    # A click on a stroke goes to where it begins.
    tab.click(left + width * 2.2 / SOUND_S, top + 5)
    assert tab.run("page.clock.seconds") == pytest.approx(STROKES[1][0])


def test_keys(tab: Tab) -> None:
    end = tab.run("page.clock.duration")
    expected = {".": 31 / 30, ",": 29 / 30, "ArrowRight": 2.0, "ArrowLeft": 0.0, "End": end, "Home": 0.0, "]": 2.0}
    for key, seconds in expected.items():
        tab.run("page.clock.seek(1)")
        tab.press(key)
        assert tab.run("page.clock.seconds") == pytest.approx(seconds, abs=1e-6), key
    tab.run("page.clock.seek(1)")
    tab.press(".")
    drawn(tab)
    assert "frame 31 of 89" in tab.run("document.getElementById('time').textContent")
    for number, name in ((1, "full"), (2, "half"), (3, "face")):
        tab.press(str(number))
        assert tab.run("[...document.querySelectorAll('#views [aria-pressed=true]')].map(b => b.textContent)") == [name]
    tab.press("m")
    assert tab.run("page.clock.sound.muted") is True


def test_the_skeleton_is_drawn_over_the_body(tab: Tab) -> None:
    tab.press("1")
    before = stage_of(tab)
    tab.press("s")
    assert (np.abs(stage_of(tab) - before).max(axis=2) > 20).sum() > 50
    tab.press("s")
    assert np.abs(stage_of(tab) - before).max() <= 2


def test_our_body_moves_in_the_page_as_it_does_here(chromium: Tab, tmp_path: Path) -> None:
    motion = made_motion(40)
    write_npz(motion, tmp_path / "motion.npz")
    with made_body_in_use(tmp_path):
        subject = subject_of(tmp_path / "motion.npz")
    tab = opened(chromium, tmp_path / "page.html", subject.contents, subject.glb)
    assert tab.run("page.ready") is True
    bones, frame = skeleton(), 23
    tab.run(f"page.clock.seek({frame} / 30)")
    drawn(tab)
    assert f"frame {frame} of 39" in tab.run("document.getElementById('time').textContent")
    places = tab.run("Object.fromEntries(page.stage.bones.map((bone) => [bone.name, placeOf(bone).toArray()]))")
    expected = track(motion.rotations, motion.translation, bones.names).positions[frame]
    for name, place in zip(bones.names, expected, strict=True):
        # The file holds keys within 0.2 degrees and 0.5 mm, which add up towards the fingertips.
        assert np.allclose(places[name], place, atol=0.002), name
    weights = tab.run("""(() => {
      let found = [];
      page.stage.body.traverse((node) => {
        const at = node.morphTargetDictionary && node.morphTargetDictionary.jawOpen;
        if (at !== undefined) found.push(node.morphTargetInfluences[at]);
      });
      return found;
    })()""")
    assert weights and np.allclose(weights, tamed(motion.face)[frame, ARKIT_NAMES.index("jawOpen")], atol=0.02)
    assert tab.complaints == []


def test_who_sits_has_a_stool_and_a_lower_camera(chromium: Tab, tmp_path: Path) -> None:
    write_npz(sitting(12), tmp_path / "motion.npz")
    with made_body_in_use(tmp_path):
        subject = subject_of(tmp_path / "motion.npz")
    tab = opened(chromium, tmp_path / "page.html", subject.contents, subject.glb)
    assert tab.run("page.ready") is True
    found = tab.run("""(() => {
      const stools = page.stage.scene.children.filter(({ geometry }) => geometry && geometry.type === "LatheGeometry");
      const box = new THREE.Box3().setFromObject(stools[0]);
      return [stools.length, box.min.y, box.max.y, page.stage.controls.target.y];
    })()""")
    assert subject.contents.seat is not None
    assert found[0] == 1
    assert found[1:3] == pytest.approx([0.0, subject.contents.seat.height_m], abs=1e-4)
    assert found[3] == pytest.approx(VIEWS["half"].target[1] - LOWER_M, abs=0.02)
    assert tab.complaints == []


def test_pictures_on_a_body_are_shown(chromium: Tab, tmp_path: Path) -> None:
    red = io.BytesIO()
    Image.new("RGB", (8, 8), (220, 20, 20)).save(red, format="PNG")
    contents = planted_contents(sound=None)
    tab = opened(chromium, tmp_path / "page.html", contents, pillar_bytes(picture=red.getvalue()))
    assert tab.run("page.ready") is True
    picture = stage_of(tab)
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    assert middle[0] > middle[1:].max() + 80
    assert tab.complaints == []


def test_long_takes_have_a_line_for_the_whole_of_them(chromium: Tab, tmp_path: Path) -> None:
    contents = planted_contents(sound=None, frame_count=30 * 300)
    tab = opened(chromium, tmp_path / "page.html", contents, pillar_bytes(duration_s=300.0))
    assert tab.run("page.ready") is True
    assert tab.run("document.getElementById('whole').hidden") is False
    tab.run("""
      document.getElementById('whole').value = '250';
      document.getElementById('whole').dispatchEvent(new Event('input'));
    """)
    drawn(tab)
    assert tab.run("page.clock.seconds") == 250.0
    assert tab.run("page.strip.begin <= 250 && 250 <= page.strip.begin + page.strip.span")
    assert tab.complaints == []


def test_light_and_dark(chromium: Tab, tmp_path: Path) -> None:
    glb = pillar_bytes()
    brightness = []
    for dark in (False, True):
        tab = opened(chromium, tmp_path / "page.html", planted_contents(sound=None), glb, dark)
        assert tab.run("page.ready") is True
        brightness.append(stage_of(tab)[-40:, :40].mean())
    assert brightness[0] > brightness[1] + 60
    chromium.press("t")
    assert stage_of(chromium)[-40:, :40].mean() == pytest.approx(brightness[0], abs=3)
    assert chromium.complaints == []


def test_it_fits_a_small_telephone(silent: Tab) -> None:
    assert silent.run("document.getElementById('whole').hidden") is True
    silent.resize(360, 640)
    drawn(silent)
    assert silent.run("document.documentElement.scrollWidth") <= 360
    assert silent.run("document.getElementById('stage').clientHeight") > 200
    outside = silent.run("""
      [...document.querySelectorAll('footer button, footer select, header button')].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width && (box.left < 0 || box.right > 360 || box.bottom > 640);
      }).map((one) => one.id)
    """)
    assert outside == []


def test_every_control_has_a_name(tab: Tab) -> None:
    nameless = tab.run("""
      [...document.querySelectorAll('button, select, canvas')]
        .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim())).map((one) => one.id)
    """)
    assert nameless == []


def test_a_body_that_cannot_be_read_is_said(chromium: Tab, tmp_path: Path) -> None:
    tab = opened(chromium, tmp_path / "page.html", planted_contents(), pillar_bytes()[:400])
    assert tab.run("page.ready") is False
    assert tab.run("document.getElementById('message').textContent").startswith("The body cannot be shown: ")


def test_sound_that_cannot_be_played_is_said_and_the_body_moves(chromium: Tab, tmp_path: Path) -> None:
    sound = sound_of(speech_of(np.zeros(RATE)))
    broken = type(sound)(b"no sound at all", sound.peaks, sound.duration_s)
    tab = opened(chromium, tmp_path / "page.html", planted_contents(sound=broken), pillar_bytes())
    assert tab.run("page.ready") is True
    assert "cannot play" in tab.run("document.getElementById('message').textContent")
    tab.press(" ", "Space")
    wait(tab, "page.clock.seconds > 0.2")
