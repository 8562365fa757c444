// The skeleton as a drawing over the body: a slim double pyramid from every joint to each of its children.

const THICKNESS = 0.09; // of a bone's length
const THINNEST_M = 0.004;
const THICKEST_M = 0.018;
const SHORTEST_M = 0.002; // shorter ones are helpers that sit on their parent

class SkeletonOverlay {
  /** @param {THREE.Bone[]} bones  @param {number} scale of the body against ours */
  constructor(bones, scale) {
    this.scale = scale;
    this.pairs = bones.filter((bone) => bone.parent && bone.parent.isBone).map((bone) => [bone.parent, bone]);
    const shape = new THREE.OctahedronGeometry(1, 0).scale(1, 0.5, 1).translate(0, 0.5, 0);
    const look = new THREE.MeshBasicMaterial({ depthTest: false, depthWrite: false, transparent: true, opacity: 0.85, toneMapped: false });
    this.mesh = new THREE.InstancedMesh(shape, look, this.pairs.length);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 10;
  }

  update() {
    const up = new THREE.Vector3(0, 1, 0);
    const from = new THREE.Vector3();
    const along = new THREE.Vector3();
    const size = new THREE.Vector3();
    const turn = new THREE.Quaternion();
    const place = new THREE.Matrix4();
    this.pairs.forEach(([parent, child], at) => {
      from.setFromMatrixPosition(parent.matrixWorld);
      along.setFromMatrixPosition(child.matrixWorld).sub(from);
      const length = along.length();
      const thick = Math.min(Math.max(THICKNESS * length, THINNEST_M * this.scale), THICKEST_M * this.scale);
      if (length < SHORTEST_M * this.scale) size.set(0, 0, 0);
      else size.set(thick, length, thick);
      turn.setFromUnitVectors(up, along.normalize());
      this.mesh.setMatrixAt(at, place.compose(from, turn, size));
    });
    this.mesh.instanceMatrix.needsUpdate = true;
  }
}
