// The page: reads what is in it, wires buttons, keys, strip, clock and stage together, and keeps drawing.

const STEP_S = 1;
const NOTHING_TO_SAY = "";
const COLOURS = { accent: "--accent", sound: "--sound", weight: "--weight", stroke: "--stroke", softInk: "--soft-ink",
  bone: "--bone", floor: "--floor", grid: "--grid", shadow: "--shadow" };

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const KEYS = [
  ["Space", "play or pause"],
  ["← →", "a second back or on"],
  [", .", "a frame back or on"],
  ["[ ]", "stroke before or after"],
  ["Home End", "beginning or end"],
  [`1 to ${data.views.length}`, "cameras"],
  ["S", "skeleton"],
  ["L", "loop"],
  ["M", "mute"],
  ["T", "light or dark"],
];
const say = (text) => (element("message").textContent = text);

class Page {
  /** Open everything; the page can be used when this is done. */
  async open() {
    element("title").textContent = data.title;
    fillList(element("about"), data.facts);
    fillList(element("keys"), KEYS);
    this.stage = new Stage(element("stage"), data.studio, data.views, data.seat);
    await this.stage.load(fromBase64(element("body").textContent));
    const soundBytes = fromBase64(element("sound").textContent);
    const sound = await openSound(soundBytes, data.soundType);
    const silent = soundBytes.length > 0 && sound === null;
    this.clock = new Clock(this.duration(sound), sound);
    this.strip = new Strip(element("strip"), data, this.clock.duration);
    this.wire();
    this.cameras();
    this.clips();
    this.theme(window.matchMedia("(prefers-color-scheme: dark)").matches);
    new ResizeObserver(() => this.resize()).observe(element("stage"));
    this.resize();
    this.use(data.firstView);
    say(silent ? "This browser cannot play the page's sound (AAC); the body moves without it." : NOTHING_TO_SAY);
    this.run();
  }

  duration(sound) {
    const moves = this.stage.clip ? this.stage.clip.duration : 0;
    return Math.max(data.duration || moves, sound ? sound.duration : 0, 1 / data.framesPerSecond);
  }

  wire() {
    const { clock } = this;
    const click = (id, act) => element(id).addEventListener("click", (event) => {
      act();
      // After a click with the mouse the space bar shall play, not press the same button again.
      if (event.detail > 0) element(id).blur();
    });
    click("play", () => clock.toggle());
    click("home", () => clock.seek(0));
    click("back", () => this.frames(-1));
    click("forth", () => this.frames(1));
    click("loop", () => this.toggleLoop());
    click("skeleton", () => this.toggleSkeleton());
    click("mute", () => this.toggleMute());
    click("theme", () => this.theme(document.documentElement.dataset.theme !== "dark"));
    for (const id of ["about", "keys"]) click(`${id}-button`, () => this.card(id));
    element("whole").addEventListener("input", (event) => clock.seek(Number(event.target.value)));
    element("speed").addEventListener("change", (event) => clock.setRate(Number(event.target.value)));
    element("skeleton").disabled = this.stage.bones.length === 0;
    element("mute").hidden = clock.sound === null;
    this.strip.sought = (seconds) => clock.seek(seconds);
    clock.changed = () => this.clockChanged();
    clock.failed = (reason) => say(`The sound cannot be played: ${reason.message}`);
    document.addEventListener("keydown", (event) => this.key(event));
    this.stage.leftView = () => this.pressView(null);
  }

  cameras() {
    data.views.forEach((view, at) => {
      const button = document.createElement("button");
      button.textContent = view.name;
      button.title = `Camera ${view.name} (${at + 1})`;
      button.dataset.view = view.name;
      button.disabled = !this.stage.cameras.has(view);
      button.addEventListener("click", (event) => {
        this.use(view.name);
        if (event.detail > 0) button.blur();
      });
      element("views").append(button);
    });
  }

  clips() {
    const list = element("clips");
    this.stage.clips.forEach((clip, at) => list.add(new Option(clip.name || `animation ${at + 1}`, String(at))));
    list.hidden = this.stage.clips.length < 2;
    list.addEventListener("change", () => {
      this.stage.chooseClip(Number(list.value));
      this.clock.duration = this.strip.duration = this.duration(this.clock.sound);
      this.clock.seek(0);
      this.resize();
    });
  }

  /** @param {string} name of a camera */
  use(name) {
    const view = data.views.find((one) => one.name === name) || data.views[0];
    this.stage.setView(view);
    this.pressView(view.name);
  }

  pressView(name) {
    for (const button of element("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }

  /** @param {number} count of frames to go, from the nearest one; stops */
  frames(count) {
    this.clock.pause();
    this.clock.seek((Math.round(this.clock.seconds * data.framesPerSecond) + count) / data.framesPerSecond);
  }

  /** @param {number} direction -1 to the stroke before, 1 to the one after */
  stroke(direction) {
    const starts = data.strokes.map(([start]) => start);
    const now = this.clock.seconds;
    const next = direction > 0 ? starts.find((start) => start > now + 0.02) : starts.findLast((start) => start < now - 0.25);
    if (next !== undefined) this.clock.seek(next);
  }

  toggleLoop() {
    this.clock.loop = !this.clock.loop;
    element("loop").setAttribute("aria-pressed", String(this.clock.loop));
  }

  toggleSkeleton() {
    if (element("skeleton").disabled) return;
    this.skeleton = !this.skeleton;
    this.stage.setSkeleton(this.skeleton);
    element("skeleton").setAttribute("aria-pressed", String(this.skeleton));
  }

  toggleMute() {
    if (!this.clock.sound) return;
    this.clock.sound.muted = !this.clock.sound.muted;
    element("mute").setAttribute("aria-pressed", String(this.clock.sound.muted));
  }

  /** @param {boolean} dark */
  theme(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    const style = getComputedStyle(document.documentElement);
    const colours = Object.fromEntries(Object.entries(COLOURS).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()]));
    this.stage.setTheme(colours);
    this.strip.paint(colours);
    this.shown = null;
  }

  card(id) {
    for (const one of ["about", "keys"]) {
      element(one).hidden = one !== id || !element(one).hidden;
      element(`${one}-button`).setAttribute("aria-expanded", String(!element(one).hidden));
    }
  }

  clockChanged() {
    const { playing } = this.clock;
    element("play").dataset.playing = playing ? "yes" : "no";
    element("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
    const { clock } = this;
    const acts = {
      " ": () => clock.toggle(), ArrowLeft: () => clock.seek(clock.seconds - STEP_S), ArrowRight: () => clock.seek(clock.seconds + STEP_S),
      ",": () => this.frames(-1), ".": () => this.frames(1), "[": () => this.stroke(-1), "]": () => this.stroke(1),
      Home: () => clock.seek(0), End: () => clock.seek(clock.duration), s: () => this.toggleSkeleton(), l: () => this.toggleLoop(),
      m: () => this.toggleMute(), t: () => element("theme").click(), Escape: () => this.card(null),
    };
    const view = data.views[Number(event.key) - 1];
    const act = view ? () => this.stage.cameras.has(view) && this.use(view.name) : acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  resize() {
    this.stage.resize();
    this.strip.resize();
    element("strip").setAttribute("aria-valuemax", this.clock.duration.toFixed(2));
    element("whole").max = this.clock.duration;
    element("whole").hidden = this.strip.span >= this.clock.duration;
    this.shown = null;
  }

  /** Draw a picture, and ask for the next. */
  run() {
    const seconds = this.clock.tick();
    if (seconds !== this.shown) {
      this.stage.showTime(seconds);
      this.strip.show(seconds);
      this.tell(seconds);
      this.shown = seconds;
    }
    this.stage.draw();
    requestAnimationFrame(() => this.run());
  }

  tell(seconds) {
    const rate = data.framesPerSecond;
    const last = Math.max((data.frames || Math.round(this.clock.duration * rate) + 1) - 1, 0);
    const frame = Math.min(Math.round(seconds * rate), last);
    const time = document.createElement("b");
    time.textContent = clockText(seconds, 2);
    element("time").replaceChildren(time, ` / ${clockText(this.clock.duration, 2)} · frame ${frame} of ${last}`);
    element("whole").value = seconds;
    const strip = element("strip");
    strip.setAttribute("aria-valuenow", seconds.toFixed(2));
    strip.setAttribute("aria-valuetext", `${seconds.toFixed(1)} seconds, frame ${frame}`);
  }
}

/** Write pairs of words into a card's list. */
function fillList(card, pairs) {
  for (const [name, value] of pairs) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    card.firstElementChild.append(term, text);
  }
}

window.page = new Page();
window.page.ready = window.page.open().then(
  () => true,
  (reason) => {
    say(`The body cannot be shown: ${reason.message}`);
    return false;
  },
);
