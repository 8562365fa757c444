// The 3D picture: light, floor, cameras and the body, drawn again only when something has changed.

const SHADOW_REACH_M = 1; // from the pelvis; what is farther off throws none
const LIGHT_DISTANCE = 4; // body heights from the figure to the lamp
const MOST_PIXELS_PER_POINT = 2;
const BUTTONS_PX = 52; // height of the row of buttons over the picture
const LOW_PX = 280; // a stage lower than this has no room for such a row
const FULL_TURN_OF_LAMBERT = Math.PI; // three.js divides what a surface returns by pi; our studio does not

class Stage {
  /** @param {HTMLCanvasElement} canvas  @param {object} studio light and floor of the previews  @param {object[]} views
   *  @param {?object} seat what somebody sits on */
  constructor(canvas, studio, views, seat) {
    this.seat = seat;
    this.canvas = canvas;
    this.studio = studio;
    this.views = views;
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "high-performance" });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, MOST_PIXELS_PER_POINT));
    bendBrightTones(studio.shoulder);
    this.renderer.toneMapping = THREE.CustomToneMapping;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = THREE.PCFShadowMap;
    this.scene = new THREE.Scene();
    this.camera = new THREE.PerspectiveCamera(25, 1, 0.05, 100);
    this.controls = new THREE.OrbitControls(this.camera, canvas);
    this.controls.enableDamping = true;
    this.controls.addEventListener("change", () => (this.stale = true));
    this.controls.addEventListener("start", () => this.leftView());
    this.leftView = () => {};
    this.stale = true;
    this.followed = new THREE.Vector3();
    this.view = null;
  }

  /** Read a GLB and put it on the floor; rejects with a reason where it cannot be read. */
  async load(bytes) {
    const gltf = await new THREE.GLTFLoader().parseAsync(bytes.buffer, "");
    this.body = gltf.scene;
    this.clips = gltf.animations;
    this.body.traverse((node) => {
      if (!node.isMesh) return;
      node.castShadow = node.receiveShadow = true;
      node.frustumCulled = false; // its bounds are those of the rest pose
    });
    this.scene.add(this.body);
    this.body.updateMatrixWorld(true);
    this.measure();
    this.lamp();
    this.floor = makeFloor(this.scale, this.origin, this.studio);
    this.scene.add(...this.floor.parts);
    if (this.seat) this.scene.add(makeSeat(this.seat));
    this.mixer = new THREE.AnimationMixer(this.body);
    this.chooseClip(0);
  }

  /** Size and place of the body at rest, against which cameras and light are set; ours is what they are made for. */
  measure() {
    this.scale = 1;
    this.origin = new THREE.Vector3();
    if (!this.studio.ownBody) {
      const box = new THREE.Box3().setFromObject(this.body);
      if (box.isEmpty()) throw new Error("the file has nothing to be seen in it");
      this.scale = Math.max(box.max.y - box.min.y, 1e-6) / this.studio.height;
      box.getCenter(this.origin).setY(box.min.y);
    }
    this.cameras = new Cameras(this.body, this.views, this.scale, this.origin);
    this.bones = [];
    this.body.traverse((node) => node.isBone && this.bones.push(node));
  }

  lamp() {
    const { sky, ground, key, keyDirection, fill, fillDirection } = this.studio;
    this.scene.add(new THREE.HemisphereLight(linear(sky), linear(ground), FULL_TURN_OF_LAMBERT));
    const lamps = [[key, keyDirection], [fill, fillDirection]].map(([colour, direction]) => {
      const lamp = new THREE.DirectionalLight(linear(colour), FULL_TURN_OF_LAMBERT);
      lamp.userData.away = new THREE.Vector3(...direction).setLength(LIGHT_DISTANCE * this.scale);
      this.scene.add(lamp, lamp.target);
      return lamp;
    });
    this.lamps = lamps;
    const shadow = lamps[0].shadow;
    const reach = SHADOW_REACH_M * this.scale;
    lamps[0].castShadow = true;
    Object.assign(shadow.camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: 0.1, far: 2 * LIGHT_DISTANCE * this.scale });
    shadow.mapSize.set(1024, 1024);
    shadow.bias = -0.0004;
    shadow.normalBias = 0.015 * this.scale;
    shadow.radius = 5;
  }

  /** @param {number} index which of the file's animations is played */
  chooseClip(index) {
    this.mixer.stopAllAction();
    this.clip = this.clips[index] || null;
    if (this.clip) {
      this.action = this.mixer.clipAction(this.clip);
      this.action.play();
      this.action.paused = true; // time is set, not run
    }
    this.cameras.watch((seconds) => this.pose(seconds), this.clip ? this.clip.duration : 0);
    this.showTime(0);
  }

  pose(seconds) {
    if (this.clip) {
      this.action.time = Math.min(Math.max(seconds, 0), this.clip.duration);
      this.mixer.update(0);
    }
    this.body.updateMatrixWorld(true);
  }

  /** @param {number} seconds */
  showTime(seconds) {
    this.pose(seconds);
    this.shown = seconds;
    this.follow();
    this.stale = true;
  }

  /** @param {object} view one of the cameras of the previews  */
  setView(view) {
    this.view = view;
    this.followed.set(0, 0, 0);
    this.controls.target.copy(this.cameras.target(view));
    this.camera.position.copy(this.controls.target).addScaledVector(awayOf(view), view.distance * this.scale);
    this.controls.minDistance = 0.15 * this.scale;
    this.controls.maxDistance = 12 * this.scale;
    this.camera.near = 0.02 * this.scale;
    this.camera.far = 40 * this.scale;
    this.follow();
    this.resize();
    this.controls.update();
  }

  /** Carry the camera along with what its view is tied to; whoever has turned it keeps the turn. */
  follow() {
    if (!this.view) return;
    const step = this.cameras.shiftAt(this.view, this.shown).sub(this.followed);
    this.followed.add(step);
    this.controls.target.add(step);
    this.camera.position.add(step);
    this.controls.update();
  }

  setSkeleton(on) {
    if (on && !this.overlay) {
      this.overlay = new SkeletonOverlay(this.bones, this.scale);
      this.scene.add(this.overlay.mesh);
    }
    if (this.overlay) this.overlay.mesh.visible = on;
    this.colourOverlay();
    this.stale = true;
  }

  /** Take the page's colours, which are those of the theme. */
  setTheme(colours) {
    this.colours = colours;
    this.floor.paint(colours);
    this.colourOverlay();
    this.stale = true;
  }

  colourOverlay() {
    if (this.overlay && this.colours) this.overlay.mesh.material.color.set(this.colours.bone);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    if (this.view) {
      // What a view shows has its place below the row of buttons; on a low stage they stand at the side.
      const free = height < LOW_PX ? height : height - BUTTONS_PX;
      const span = this.cameras.height(this.view, width, free) * (height / free);
      this.camera.fov = (2 * Math.atan(span / 2 / this.scale / this.view.distance) * 180) / Math.PI;
      this.camera.setViewOffset(width, height, 0, (free - height) / 2, width, height);
    }
    this.camera.updateProjectionMatrix();
    this.stale = true;
  }

  /** Draw if something has changed since the last time. */
  draw() {
    this.controls.update();
    if (!this.stale) return;
    this.stale = false;
    this.light();
    if (this.overlay && this.overlay.mesh.visible) this.overlay.update();
    this.renderer.render(this.scene, this.camera);
  }

  /** The lamps go with the body, so that its shadow is never cut off. */
  light() {
    const pelvis = this.cameras.joints.pelvis;
    const place = pelvis ? placeOf(pelvis.node) : this.origin.clone().setY(this.origin.y + 0.8 * this.scale);
    for (const lamp of this.lamps) {
      lamp.target.position.copy(place);
      lamp.position.copy(place).add(lamp.userData.away);
    }
  }
}

/** Compress what is brighter than the shoulder, as the previews do, in every material made from here on. */
function bendBrightTones(shoulder) {
  const [knee, room] = [shoulder.toFixed(4), (1 - shoulder).toFixed(4)];
  THREE.ShaderChunk.tonemapping_pars_fragment = THREE.ShaderChunk.tonemapping_pars_fragment.replace(
    "vec3 CustomToneMapping( vec3 color ) { return color; }",
    `vec3 CustomToneMapping( vec3 color ) {
      vec3 over = max(color - ${knee}, 0.0);
      return min(color, ${knee}) + ${room} * over / (over + ${room});
    }`,
  );
}

function linear(colour) {
  return new THREE.Color().setRGB(...colour);
}
