// What somebody sits on: the stool of the previews, turned from its profile.

const SEAT_SIDES = 48;

/** @param {object} seat place on the floor, rings as radius and height, colour */
function makeSeat(seat) {
  const rings = [...seat.profile, [0, seat.profile.at(-1)[1]]].map(([radius, height]) => new THREE.Vector2(radius, height));
  const shape = new THREE.LatheGeometry(rings, SEAT_SIDES);
  const mesh = new THREE.Mesh(shape, new THREE.MeshLambertMaterial({ color: linear(seat.colour) }));
  mesh.position.set(...seat.place);
  mesh.castShadow = mesh.receiveShadow = true;
  return mesh;
}
