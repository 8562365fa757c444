"""The rasteriser: triangles in, pixels out. It knows cameras, light and a floor, and nothing of what it draws.

Everything runs without a GPU or a display, in numba kernels that let go of Python's lock: to use several cores, give
each thread its own `Rasteriser` and its own frames (`gesta.render.preview` does), so the same frame has the same
pixels whatever the number of threads.
"""

import numpy as np

from gesta.avatar.colours import linear_from_srgb
from gesta.render.backdrop import draw_backdrop, draw_plain
from gesta.render.blocks import BLOCK, SCRATCH
from gesta.render.camera import Camera
from gesta.render.compose import ACROSS, KIND, SURFACE_PARTS, is_even, paint_body
from gesta.render.contact import CONTACT_CELLS, draw_contact
from gesta.render.finish import CREASE, DEPTH_ORDER, FINISHES, PLAIN_KIND
from gesta.render.floor import NODE_STEP, paint_floor, shadow_window
from gesta.render.openness import CELL_PX, find_hollows
from gesta.render.shading import KEY
from gesta.render.shadow import (
    MAP_BLOCKS,
    MAP_SIZE,
    draw_bounds,
    draw_map,
    fit_map,
    light_axes,
)
from gesta.render.visibility import SAMPLES, TILE_PX, draw_visibility, find_window, project_vertices


class Rasteriser:
    """Draws one mesh again and again; holds every buffer, so one thread at a time may use it.

    Args:
        faces: (N, 3) int32 corner indices, counter-clockwise seen from outside.
        material: (V, 4) float32: linear red, green, blue (0 to 1) and gloss (0 to 1) of each vertex.
        size: width and height of the picture, pixels.
        kind: (V,) index into `gesta.render.finish.FINISHES` of what each vertex is made of; plain if not given.
        two_sided: (N,) bool, faces that are seen from behind too; none if not given.
        backdrop: (H, W, 3) uint8, the picture that lies behind the mesh; the studio if not given.
    """

    def __init__(
        self,
        faces: np.ndarray,
        material: np.ndarray,
        size: tuple[int, int],
        kind: np.ndarray | None = None,
        two_sided: np.ndarray | None = None,
        backdrop: np.ndarray | None = None,
    ) -> None:
        width, height = size
        self.size = size
        self._faces = np.ascontiguousarray(faces, np.int32)
        self._surface = np.zeros((len(material), SURFACE_PARTS), np.float32)
        self._surface[:, 3:7] = material
        self._surface[:, KIND] = PLAIN_KIND if kind is None else kind
        self._even = is_even(self._faces, self._surface)
        self._has_creases = bool(np.any(FINISHES[self._surface[:, KIND].astype(int), CREASE] > 0.0))
        self._two_sided = np.zeros(len(faces), np.bool_) if two_sided is None else np.asarray(two_sided, np.bool_)
        self._fronts = np.argsort(DEPTH_ORDER[self._surface[self._faces[:, 0], KIND].astype(int)], kind="stable")
        self._backs = self._fronts[self._two_sided[self._fronts]]
        self._scratch = np.ones(SCRATCH, np.float32)
        self._pixels = np.zeros((4, BLOCK + 1), np.int32)
        self._screen = np.empty((len(material), 3))
        self._light_points = np.empty((len(material), 3))
        self._inverse = np.zeros((height, width, SAMPLES), np.float32)
        self._spans = np.zeros((height, 2), np.int64)
        self._covered = np.zeros((height // TILE_PX, width // TILE_PX), np.float32)
        self._seen = np.zeros((height, width, SAMPLES), np.int32)
        self._hollows = np.zeros((3, height // CELL_PX, width // CELL_PX), np.float32)
        self._hollow_sums = np.zeros((2, width // CELL_PX), np.float32)
        self._linear = np.zeros((height, width, 3), np.float32)
        self._plain = np.empty_like(self._linear)
        self._plain_screen = np.empty((height, width, 3), np.uint8)
        draw_plain(self._plain, self._plain_screen)
        self._floor = np.zeros((height, width), np.float32)
        self._places = np.zeros((height, width, 2), np.float32)
        self._light = np.ones((height, width), np.float32)
        self._nodes = np.ones(width // NODE_STEP + 2, np.float32)
        self._empty = np.zeros((height, width, 3), np.uint8)
        self._empty_view: np.ndarray | None = None
        self._sees_floor = True
        self._has_backdrop = backdrop is not None
        if backdrop is not None:
            if backdrop.shape != (height, width, 3) or backdrop.dtype != np.uint8:
                raise ValueError(f"the backdrop is {backdrop.shape} {backdrop.dtype}, not {(height, width, 3)} uint8")
            self._linear[:], self._empty[:], self._sees_floor = linear_from_srgb(backdrop), backdrop, False
        self._axes = light_axes(KEY)
        self._depths = np.empty((MAP_SIZE, MAP_SIZE), np.float32)
        self._bounds = np.empty((2, 2, MAP_BLOCKS, MAP_BLOCKS), np.float32)
        self._contact = np.zeros((3, CONTACT_CELLS, CONTACT_CELLS), np.float32)
        self._contact_corner = np.zeros(2, np.float32)

    def draw(self, vertices: np.ndarray, normals: np.ndarray, camera: Camera, picture: np.ndarray) -> None:
        """Draw one frame.

        Args:
            vertices: (V, 3) float32 metres.
            normals: (V, 3) float32, of length one.
            camera: where it is seen from.
            picture: (H, W, 3) uint8, written.
        """
        vertices, normals = np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(normals, np.float32)
        view = camera.packed(self.size)
        self._draw_studio(view, np.asarray(camera.target, np.float64))
        picture[:] = self._empty
        self._find_visible(vertices, view)
        to_map = fit_map(vertices, self._axes)
        draw_map(
            vertices, self._faces, self._two_sided, to_map, self._light_points, self._screen, self._floor.shape,
            self._sees_floor, self._depths,
        )  # fmt: skip
        draw_bounds(self._depths, self._bounds[0], self._bounds[1])
        shadows = (to_map, self._depths, self._bounds[1])
        dark = np.zeros(4, np.int64)
        if self._sees_floor:
            dark = shadow_window(vertices, view, self._floor.shape)
            draw_contact(vertices, self._contact_corner, self._contact[0], self._contact[1], self._contact[2])
            paint_floor(
                dark, self._spans, self._inverse, self._places, *shadows, self._contact_corner, self._contact[0],
                self._floor, self._linear, self._light, self._nodes, picture,
            )  # fmt: skip
        if self._has_creases:
            focal_px = np.float32(view[4, 0])
            find_hollows(self._spans, self._inverse, focal_px, self._hollows[2], self._hollow_sums, *self._hollows[:2])
        self._surface[:, :3], self._surface[:, ACROSS:] = normals, self._screen
        paint_body(
            self._spans, self._inverse, self._seen, *self._hollows[:2], self._surface, self._faces, self._even,
            view.astype(np.float32), *shadows, dark, self._linear, self._light, self._scratch, self._pixels, picture,
        )  # fmt: skip

    def nearest_at(self, places: np.ndarray) -> np.ndarray:
        """How near the mesh is that the frame drawn last shows at places (P, 2) in pixels: (P,) inverse metres along
        the view, 0 where no mesh is; places beside the picture give what its edge shows.
        """
        height, width = self._inverse.shape[:2]
        columns, rows = np.floor(places).astype(np.int64).T
        return self._inverse[rows.clip(0, height - 1), columns.clip(0, width - 1)].max(axis=-1)

    def visible_faces(self, vertices: np.ndarray, camera: Camera) -> np.ndarray:
        """Which face each sample of the picture sees: (H, W, SAMPLES) int32, -1 where none is."""
        self._find_visible(np.ascontiguousarray(vertices, np.float32), camera.packed(self.size))
        return np.where(self._inverse > 0.0, self._seen, -1)

    def _find_visible(self, vertices: np.ndarray, view: np.ndarray) -> None:
        """Fill the screen coordinates and the two sample buffers."""
        window = np.zeros(4, np.int64)
        project_vertices(vertices, view, self._screen)
        find_window(self._screen, self._floor.shape, window)
        draw_visibility(
            self._screen, self._faces, self._fronts, self._backs, window, self._spans, self._inverse, self._seen,
            self._covered,
        )  # fmt: skip

    def _draw_studio(self, view: np.ndarray, centre: np.ndarray) -> None:
        """Draw the empty studio again when the camera has moved; a backdrop stays as it is."""
        if self._has_backdrop:
            return
        if self._empty_view is None or not np.array_equal(view, self._empty_view):
            draw_backdrop(
                view, centre, self._plain, self._plain_screen, self._linear, self._floor, self._places, self._empty
            )
            self._empty_view, self._sees_floor = view, bool(self._floor.any())
