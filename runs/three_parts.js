// What the viewer's page uses of three.js: runs/vendor_three.sh bundles just this.
export {
  Box3,
  AnimationMixer,
  BufferGeometry,
  CircleGeometry,
  Color,
  DirectionalLight,
  Float32BufferAttribute,
  HemisphereLight,
  InstancedMesh,
  LineSegments,
  LoopOnce,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  NeutralToneMapping,
  OctahedronGeometry,
  PCFShadowMap,
  PerspectiveCamera,
  Quaternion,
  Scene,
  ShaderMaterial,
  ShadowMaterial,
  Vector3,
  WebGLRenderer,
} from "three";
export { OrbitControls } from "three/addons/controls/OrbitControls.js";
export { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
