"""What a sound file may be: caps on its size, and the containers and codecs that are read at all.

Everything read is untrusted. Containers that point at other files or at the network (playlists, concat scripts, SDP,
image sequences) are not on the list, so FFmpeg refuses them before it acts on anything they say.
"""

from dataclasses import dataclass

SECONDS_PER_HOUR = 3600.0

CONTAINERS = (
    "3g2,3gp,aac,ac3,aiff,amr,ape,asf,au,avi,caf,eac3,flac,flv,m4a,matroska,mj2,mov,mp3,mp4,mpeg,mpegts,mxf,ogg,rm,"
    "sln,tak,tta,voc,w64,wav,webm,wv"
)
"""FFmpeg's names of the containers that are read; each holds its sound itself."""

CODEC_PREFIXES = ("aac", "adpcm_", "amr", "mp1", "mp2", "mp3", "pcm_", "wma")
CODECS = frozenset(
    {"ac3", "alac", "ape", "dca", "eac3", "flac", "g722", "gsm", "gsm_ms", "libopus", "libspeex"}
    | {"opus", "speex", "tak", "truehd", "tta", "vorbis", "wavpack", "libopencore_amrnb", "libopencore_amrwb"}
)
"""FFmpeg's names of the sound decoders that are used, beside those with one of CODEC_PREFIXES."""


@dataclass(frozen=True)
class Limits:
    """Caps on what is read.

    Attributes:
        duration_s: longest recording, seconds.
        channels: most channels of the sound.
        sample_rate: highest rate of the sound, Hz.
        lowest_sample_rate: lowest rate of the sound, Hz.
        streams: most streams (sound, picture, subtitles) in the file.
        picture_pixels: largest pictures that are decoded; FFmpeg decodes some to learn what a file holds.
    """

    duration_s: float = 6.0 * SECONDS_PER_HOUR
    channels: int = 64
    sample_rate: int = 768_000
    lowest_sample_rate: int = 1_000
    streams: int = 64
    picture_pixels: int = 7680 * 4320


DEFAULT_LIMITS = Limits()


def codec_allowed(name: str) -> bool:
    """Whether the sound decoder that FFmpeg calls `name` is used."""
    return name in CODECS or name.startswith(CODEC_PREFIXES)
