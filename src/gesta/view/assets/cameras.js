// Where the camera stands: the views of the previews, tied to joints whose wander it follows without haste.

const LOOKS_A_SECOND = 10; // how often a take is looked at to know where the joints go
const MOST_LOOKS = 1500;
const OTHER_NAMES = { // what other rigs call the joints that cameras are tied to
  pelvis: ["hips"],
  left_middle1: ["lefthandmiddle1", "leftmiddleproximal", "lmiddle1"],
  right_middle1: ["righthandmiddle1", "rightmiddleproximal", "rmiddle1"],
};
const SMOOTHED_TO = 3; // standard deviations on each side

class Cameras {
  /** @param {THREE.Object3D} body at rest  @param {object[]} views
   *  @param {number} scale of the body against ours  @param {THREE.Vector3} origin where it stands at rest */
  constructor(body, views, scale, origin) {
    this.scale = scale;
    this.origin = origin;
    this.joints = {};
    for (const name of new Set(views.flatMap((view) => [...view.follows, ...view.shows]))) {
      const node = findJoint(body, name);
      if (node) this.joints[name] = { node, rest: placeOf(node) };
    }
    this.paths = new Map();
  }

  /** Whether a view has what it is tied to; a body without a head's joint is looked at all the same. */
  has(view) {
    return !view.shows.length || view.follows.every((name) => name in this.joints);
  }

  /** Look where the joints go in an animation.  @param {(seconds: number) => void} pose  @param {number} duration */
  watch(pose, duration) {
    const looks = Math.min(Math.max(Math.ceil(duration * LOOKS_A_SECOND), 1), MOST_LOOKS);
    this.step = duration / looks || 1;
    for (const joint of Object.values(this.joints)) joint.places = [];
    for (let look = 0; look <= looks; look++) {
      pose(look * this.step);
      for (const joint of Object.values(this.joints)) joint.places.push(placeOf(joint.node));
    }
    this.paths.clear();
  }

  /** Where a view's camera goes and how much it shows: {shifts, across, upright}, metres. */
  path(view) {
    if (!this.paths.has(view)) {
      const shifts = this.shifts(view);
      this.paths.set(view, { shifts, ...this.reach(view, shifts) });
    }
    return this.paths.get(view);
  }

  /** How far a view's camera is carried at a time. */
  shiftAt(view, seconds) {
    const { shifts } = this.path(view);
    const at = Math.min(Math.max(seconds / this.step, 0), shifts.length - 1);
    const before = Math.floor(at);
    return shifts[before].clone().lerp(shifts[Math.min(before + 1, shifts.length - 1)], at - before);
  }

  shifts(view) {
    const joints = view.follows.map((name) => this.joints[name]).filter(Boolean);
    if (joints.length < view.follows.length) return [new THREE.Vector3()];
    const places = joints[0].places.map((_, look) => {
      const sum = new THREE.Vector3();
      for (const joint of joints) sum.add(joint.places[look]).sub(joint.rest);
      sum.divideScalar(joints.length);
      if (!view.heightFollows) sum.y = 0;
      return sum;
    });
    const middle = new THREE.Box3().setFromPoints(places).getCenter(new THREE.Vector3());
    if (places.every((place) => place.distanceTo(middle) <= view.slack * this.scale)) return [middle];
    return smoothed(places, view.smoothing / this.step);
  }

  /** What a view looks at while the body is at rest. */
  target(view) {
    return new THREE.Vector3(...view.target).multiplyScalar(this.scale).add(this.origin);
  }

  /** How far from the picture's middle the joints come that a view shows all the time. */
  reach(view, shifts) {
    const away = awayOf(view);
    const right = new THREE.Vector3(0, 1, 0).cross(away).normalize();
    const up = away.clone().cross(right);
    const target = this.target(view);
    const distance = view.distance * this.scale;
    let across = 0;
    let upright = 0;
    for (const { places } of view.shows.map((name) => this.joints[name]).filter(Boolean)) {
      places.forEach((place, look) => {
        const seen = place.clone().sub(shifts[Math.min(look, shifts.length - 1)]).sub(target);
        const nearer = distance / (distance - seen.dot(away));
        across = Math.max(across, Math.abs(seen.dot(right)) * nearer + view.margin * this.scale);
        upright = Math.max(upright, Math.abs(seen.dot(up)) * nearer + view.margin * this.scale);
      });
    }
    return { across, upright };
  }

  /** Metres upright that a picture of this shape must show. */
  height(view, width, height) {
    const { across, upright } = this.path(view);
    return Math.max(view.span * this.scale * Math.max(1, height / width), 2 * upright, (2 * across * height) / width);
  }
}

/** Unit vector from what a view looks at towards its camera. */
function awayOf(view) {
  const [turn, rise] = [view.turn, view.rise].map((degrees) => (degrees * Math.PI) / 180);
  return new THREE.Vector3(Math.sin(turn) * Math.cos(rise), Math.sin(rise), Math.cos(turn) * Math.cos(rise));
}

function placeOf(node) {
  return new THREE.Vector3().setFromMatrixPosition(node.matrixWorld);
}

function plain(name) {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** The node that a joint of ours is in any rig, or null. */
function findJoint(body, name) {
  const names = [plain(name), ...(OTHER_NAMES[name] || [])];
  let found = null;
  body.traverse((node) => {
    const own = plain(node.name);
    if (!found && (own === names[0] || (node.isBone && names.some((end) => own.endsWith(end))))) found = node;
  });
  return found;
}

/** Points smoothed by a Gaussian window of this many steps. */
function smoothed(points, deviation) {
  const reach = Math.ceil(SMOOTHED_TO * deviation);
  const window = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-0.5 * ((at - reach) / deviation) ** 2));
  const whole = window.reduce((sum, share) => sum + share, 0);
  return points.map((_, centre) => {
    const sum = new THREE.Vector3();
    window.forEach((share, at) => {
      const from = Math.min(Math.max(centre + at - reach, 0), points.length - 1);
      sum.addScaledVector(points[from], share / whole);
    });
    return sum;
  });
}
