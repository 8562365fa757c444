"""Bodies in motion: skeleton, rotations, kinematics, representation, files in and out."""
