// The strip below: waveform, how much the speech asks of each moment, strokes, and the time, all to click on.

const LEAST_PX_PER_S = 20; // longer takes are shown a window at a time
const STROKE_ROW_PX = 12;
const AXIS_ROW_PX = 18;
const LEAST_TICK_PX = 56;
const TICKS_S = [0.5, 1, 2, 5, 10, 15, 30];

class Strip {
  /** @param {HTMLCanvasElement} canvas  @param {object} data the page's data  @param {number} duration seconds */
  constructor(canvas, data, duration) {
    this.canvas = canvas;
    this.duration = duration;
    this.peaks = { values: fromBase64(data.peaks), rate: data.peaksPerSecond };
    this.weights = { values: fromBase64(data.attention), rate: data.framesPerSecond };
    this.strokes = data.strokes;
    this.backdrop = document.createElement("canvas");
    this.begin = 0;
    this.sought = () => {};
    this.listen();
  }

  get span() {
    return Math.min(this.duration, Math.max(1, (this.width || LEAST_PX_PER_S) / LEAST_PX_PER_S));
  }

  listen() {
    const seek = (event) => this.sought(this.timeAt(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.dragging = true;
      seek(event);
    });
    this.canvas.addEventListener("pointermove", (event) => this.dragging && seek(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => (this.dragging = false));
  }

  timeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    const seconds = this.begin + share * this.span;
    const onStrokes = event.type === "pointerdown" && event.clientY - box.top < STROKE_ROW_PX;
    const stroke = onStrokes && this.strokes.find(([start, end]) => start <= seconds && seconds <= end);
    return stroke ? stroke[0] : seconds;
  }

  /** @param {object} colours of the theme */
  paint(colours) {
    this.colours = colours;
    this.drawBackdrop();
  }

  /** Take the size the page gives. */
  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    for (const canvas of [this.canvas, this.backdrop]) {
      canvas.width = Math.max(1, Math.round(this.width * ratio));
      canvas.height = Math.max(1, Math.round(this.height * ratio));
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.drawBackdrop();
  }

  x(seconds) {
    return ((seconds - this.begin) / this.span) * this.width;
  }

  /** Show where the take is. */
  show(seconds) {
    const begin = this.dragging ? this.begin : Math.min(Math.floor(seconds / this.span) * this.span, Math.max(0, this.duration - this.span));
    if (begin !== this.begin) {
      this.begin = begin;
      this.drawBackdrop();
    }
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.width, this.height);
    pen.drawImage(this.backdrop, 0, 0, this.width, this.height);
    const at = Math.min(Math.max(this.x(seconds), 1), this.width - 1);
    pen.fillStyle = this.colours.accent;
    pen.fillRect(at - 1, 0, 2, this.height - AXIS_ROW_PX + 4);
    pen.beginPath();
    pen.arc(at, this.height - AXIS_ROW_PX + 4, 4, 0, 2 * Math.PI);
    pen.fill();
  }

  drawBackdrop() {
    if (!this.colours || !this.width) return;
    const pen = this.backdrop.getContext("2d");
    pen.clearRect(0, 0, this.width, this.height);
    const top = this.strokes.length ? STROKE_ROW_PX + 3 : 2;
    const area = { top, height: this.height - AXIS_ROW_PX - top };
    this.drawWeights(pen, area);
    this.drawPeaks(pen, area);
    this.drawStrokes(pen);
    this.drawAxis(pen);
  }

  /** Largest of the values that fall on a column of the strip. */
  largest(track, column) {
    const scale = (track.rate * this.span) / this.width;
    const first = Math.floor(this.begin * track.rate + column * scale);
    const last = Math.max(first + 1, Math.floor(this.begin * track.rate + (column + 1) * scale));
    let most = 0;
    for (let at = first; at < last; at++) most = Math.max(most, track.values[at] || 0);
    return most / 255;
  }

  drawWeights(pen, area) {
    if (!this.weights.values.length) return;
    pen.fillStyle = this.colours.weight;
    for (let column = 0; column < this.width; column++) {
      const tall = this.largest(this.weights, column) * area.height;
      pen.fillRect(column, area.top + area.height - tall, 1, tall);
    }
  }

  drawPeaks(pen, area) {
    const middle = area.top + area.height / 2;
    pen.fillStyle = this.colours.sound;
    for (let column = 0; column < this.width; column++) {
      const tall = Math.max(1, this.largest(this.peaks, column) * area.height);
      pen.fillRect(column, middle - tall / 2, 1, tall);
    }
  }

  drawStrokes(pen) {
    pen.fillStyle = this.colours.stroke;
    for (const [start, end] of this.strokes) {
      if (end < this.begin || start > this.begin + this.span) continue;
      pen.beginPath();
      pen.roundRect(this.x(start), 2, Math.max(3, this.x(end) - this.x(start)), STROKE_ROW_PX - 4, 3);
      pen.fill();
    }
  }

  drawAxis(pen) {
    const wanted = (LEAST_TICK_PX / this.width) * this.span;
    const tick = TICKS_S.find((step) => step >= wanted) || 60;
    pen.fillStyle = this.colours.softInk;
    pen.font = "11px system-ui, sans-serif";
    for (let number = Math.ceil(this.begin / tick); number * tick <= this.begin + this.span; number++) {
      const at = this.x(number * tick);
      pen.fillRect(at, this.height - AXIS_ROW_PX, 1, 4);
      pen.textAlign = at < 20 ? "left" : at > this.width - 20 ? "right" : "center";
      pen.fillText(clockText(number * tick, tick < 1 ? 1 : 0), at, this.height - 3);
    }
  }
}

/** Bytes of base64 text. */
function fromBase64(text) {
  const letters = atob(text || "");
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/** Seconds as minutes and seconds: 75.25 becomes 1:15.25. */
function clockText(seconds, digits) {
  const whole = Number(seconds.toFixed(digits));
  const rest = (whole % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return `${Math.floor(whole / 60)}:${rest}`;
}
