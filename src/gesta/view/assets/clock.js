// Time: the sound is the master where there is one, since ears notice what eyes forgive; else the browser's own clock.

const SNAP_S = 0.03; // further from the sound than this and time jumps; nearer and it glides, which looks smooth
const GLIDE = 0.1; // share of the difference that is taken back at every picture

class Clock {
  /** @param {number} duration seconds  @param {HTMLAudioElement|null} sound */
  constructor(duration, sound) {
    this.duration = duration;
    this.sound = sound;
    this.playing = false;
    this.loop = false;
    this.rate = 1;
    this.seconds = 0;
    this.lastTick = 0;
    this.changed = () => {};
    this.failed = () => {};
  }

  /** Whether the sound leads at this moment: it may be shorter than the motion, or the browser may not play it. */
  soundLeads() {
    return this.sound !== null && !this.sound.ended && this.seconds < this.sound.duration - 0.001;
  }

  play() {
    if (this.playing) return;
    if (this.seconds >= this.duration - 0.001) this.seek(0);
    this.playing = true;
    this.lastTick = performance.now();
    this.startSound();
    this.changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    if (this.sound) {
      this.sound.pause();
      if (this.soundLeads()) this.seconds = this.sound.currentTime;
    }
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {number} seconds anywhere; kept within the take */
  seek(seconds) {
    this.seconds = Math.min(Math.max(seconds, 0), this.duration);
    if (this.sound) {
      this.sound.currentTime = Math.min(this.seconds, this.sound.duration || 0);
      if (this.playing && this.sound.paused) this.startSound();
    }
    this.changed();
  }

  /** @param {number} rate 1 is as it was spoken */
  setRate(rate) {
    this.rate = rate;
    if (this.sound) this.sound.playbackRate = rate;
  }

  /** Called for every picture; returns the time to show. */
  tick() {
    const now = performance.now();
    const passed = ((now - this.lastTick) / 1000) * this.rate;
    this.lastTick = now;
    if (!this.playing) return this.seconds;
    this.seconds = this.soundLeads() ? this.besideSound(passed) : this.seconds + passed;
    if (this.seconds >= this.duration - 0.0005) this.finish();
    return this.seconds;
  }

  besideSound(passed) {
    const heard = this.sound.currentTime;
    if (this.sound.paused || this.sound.seeking) return heard;
    const guess = this.seconds + passed;
    return Math.abs(guess - heard) > SNAP_S ? heard : guess + GLIDE * (heard - guess);
  }

  finish() {
    if (this.loop) {
      this.seek(0);
      return;
    }
    this.seconds = this.duration;
    this.pause();
    this.seconds = this.duration;
  }

  startSound() {
    if (!this.soundLeads()) return;
    this.sound.play().catch((reason) => {
      // Pausing or seeking at once interrupts a start; that is no failure.
      if (reason.name !== "AbortError") this.failed(reason);
    });
  }
}

/** An audio element for the page's sound, or null where there is none or the browser cannot play it. */
async function openSound(bytes, type) {
  if (!bytes.length) return null;
  const sound = new Audio();
  sound.preload = "auto";
  sound.src = URL.createObjectURL(new Blob([bytes], { type }));
  const playable = await new Promise((settle) => {
    sound.addEventListener("loadedmetadata", () => settle(true), { once: true });
    sound.addEventListener("error", () => settle(false), { once: true });
  });
  return playable && Number.isFinite(sound.duration) ? sound : null;
}
