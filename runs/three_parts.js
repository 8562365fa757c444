// What the viewer's page uses of three.js: runs/vendor_three.sh bundles just this.
export {
  AnimationMixer,
  Box3,
  CircleGeometry,
  Color,
  CustomToneMapping,
  DirectionalLight,
  HemisphereLight,
  InstancedMesh,
  LatheGeometry,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  OctahedronGeometry,
  PCFShadowMap,
  PerspectiveCamera,
  Quaternion,
  Scene,
  ShaderChunk,
  ShaderMaterial,
  ShadowMaterial,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
export { OrbitControls } from "three/addons/controls/OrbitControls.js";
export { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
