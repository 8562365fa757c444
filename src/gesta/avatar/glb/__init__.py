"""The body as a GLB file (binary glTF 2.0): surface, skin, face shapes and one animation; written, and read back."""
