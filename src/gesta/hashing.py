"""What a file holds, as one number: by it files are verified and told apart."""

import hashlib
from pathlib import Path

from gesta.errors import InputError, reason_of


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits; InputError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {reason_of(error)}.") from None
