"""Folders of files from the Hugging Face hub, at one commit: what was fetched before first, and never code."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path

from gesta.errors import InputError
from gesta.extras import extra_module

NAME = re.compile(r"[\w][\w.-]*/[\w][\w.-]*")
"""OWNER/NAME, as the hub calls a folder."""
REVISION = re.compile("[0-9a-f]{40}")
"""A commit."""


def snapshot(
    name: str, revision: str, files: Sequence[str], purpose: str, otherwise: str, one_of: Sequence[str] = ()
) -> Path:
    """The folder on this machine that holds some files of the hub's.

    Args:
        name: OWNER/NAME on the hub.
        revision: the commit, 40 hexadecimal digits.
        files: names of files that are wanted, if they are there.
        purpose: what needs them, as the beginning of the sentence a user reads.
        otherwise: what the user can do without the hub, as its end.
        one_of: of these only the first that is there is fetched.

    Raises:
        InputError: huggingface-hub is not installed, or the files are not here and cannot be fetched.
    """
    hub = extra_module("huggingface_hub", purpose)
    # What its HTTP client raises without a network, whichever client that is, is a base of the hub's own error.
    own = extra_module("huggingface_hub.errors", purpose).HfHubHTTPError
    errors = (OSError, ValueError, *own.__bases__)
    try:
        here = hub.snapshot_download(name, revision=revision, allow_patterns=[*files, *one_of], local_files_only=True)
        return Path(here)
    except errors:
        pass
    # What it says of its own tries would stand beside the one sentence below.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        held = hub.HfApi().list_repo_files(name, revision=revision)
        wanted = [*files, *[file for file in one_of if file in held][:1]]
        return Path(hub.snapshot_download(name, revision=revision, allow_patterns=wanted))
    except (*errors, RuntimeError) as error:
        raise InputError(
            f"{purpose} needs '{name}', which is not on this machine and cannot be fetched ({type(error).__name__}): "
            f"{otherwise}."
        ) from None
