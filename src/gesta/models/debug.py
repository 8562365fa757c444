"""The tiny models of random weights behind the public door, as one that does everything."""

from dataclasses import dataclass
from typing import Any, ClassVar

from gesta.clip import Clip
from gesta.film.points import SpokenPoints
from gesta.film.renderers import DIFFUSION, PUPPET
from gesta.models.common import Audio
from gesta.models.echomask import EchoMaskModel
from gesta.models.film import FilmModel, Picture
from gesta.records import Keypoints, Speech


@dataclass(frozen=True)
class DebugModel(EchoMaskModel):
    """Moves a body and makes films, neither of which means anything.

    Attributes:
        device: where films are made.
    """

    device: str = "auto"
    renderers: ClassVar[tuple[str, ...]] = (PUPPET, DIFFUSION)

    def film(self, audio: Audio, image: Picture, **options: Any) -> Clip:
        """Make ready to film a person who speaks: as `FilmModel.film`."""
        return self._films().film(audio, image, **options)

    def spoken_points(self, speech: Speech, initial: Keypoints, seed: int) -> SpokenPoints:
        """The points that the speech moves: as `FilmModel.spoken_points`."""
        return self._films().spoken_points(speech, initial, seed)

    def points_provenance(self, speech: Speech, seed: int) -> dict[str, Any]:
        """As `FilmModel.points_provenance`."""
        return self._films().points_provenance(speech, seed)

    def beside(self, _name: str) -> None:
        """Nothing lies beside a model that is made on the spot."""
        return

    def _films(self) -> FilmModel:
        # Made when it is first wanted: it needs the extra `video`.
        from gesta.bundles.film_debug import film_debug_bundle

        return FilmModel(self.name, (film_debug_bundle(),), self.device)
