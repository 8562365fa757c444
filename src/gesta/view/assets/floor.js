// The floor: a disc with a faint grid that fades into the background, and the soft shadow on it.

const FLOOR_VERTEX = `
varying vec2 place;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  place = world.xz;
  gl_Position = projectionMatrix * viewMatrix * world;
}`;

const FLOOR_FRAGMENT = `
uniform vec3 plain;
uniform vec3 line;
uniform vec2 centre;
uniform float scale;
uniform float grid;
uniform float lineWidth;
uniform vec2 fade;
varying vec2 place;
float lineShare(float along, float footprint) {
  float away = abs(along - grid * floor(along / grid + 0.5));
  float span = max(footprint, lineWidth);
  return max(0.0, 1.0 - away / span) * min(1.0, lineWidth / span);
}
void main() {
  vec2 metres = place / scale;
  vec2 footprint = fwidth(metres) + 1e-5;
  float lines = max(lineShare(metres.x, footprint.x), lineShare(metres.y, footprint.y));
  float share = 1.0 - smoothstep(fade.x, fade.y, distance(metres, centre / scale));
  gl_FragColor = vec4(mix(plain, line, 0.55 * lines), share);
  #include <colorspace_fragment>
}`;

/** The floor's parts and a function that paints them: {parts, paint(colours)}. */
function makeFloor(scale, origin, studio) {
  const disc = new THREE.CircleGeometry(studio.floorFade[1] * scale, 64);
  const uniforms = {
    plain: { value: new THREE.Color() },
    line: { value: new THREE.Color() },
    centre: { value: [origin.x, origin.z] },
    scale: { value: scale },
    grid: { value: studio.grid },
    lineWidth: { value: studio.line },
    fade: { value: studio.floorFade },
  };
  const ground = new THREE.Mesh(
    disc,
    new THREE.ShaderMaterial({
      uniforms, vertexShader: FLOOR_VERTEX, fragmentShader: FLOOR_FRAGMENT,
      transparent: true, depthWrite: false, toneMapped: false,
    }),
  );
  const shadow = new THREE.Mesh(disc, new THREE.ShadowMaterial({ depthWrite: false, toneMapped: false }));
  shadow.receiveShadow = true;
  [ground, shadow].forEach((part, order) => {
    part.rotation.x = -Math.PI / 2;
    part.position.copy(origin);
    part.renderOrder = order - 2; // behind everything else that one can see through, hair for example
  });
  const paint = (colours) => {
    uniforms.plain.value.set(colours.floor);
    uniforms.line.value.set(colours.grid);
    shadow.material.opacity = Number(colours.shadow);
  };
  return { parts: [ground, shadow], paint };
}
