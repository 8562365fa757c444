"""Headers of npy files that no numpy writes, and that numpy's reader answers with all kinds of exceptions."""

import struct

HOSTILE_HEADERS = (
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 165",
    b"{'descr': '<f8'\n  'x'\n 'y'",
    b"(" * 5000,
    b"-" * 9000 + b"1",
    b"{1: 2, 'descr': '<f8', None: 3}",
    b"{'descr': ('<f8',), 'fortran_order': False, 'shape': (2, 165)}",
    b"{'descr': [(1,)], 'fortran_order': False, 'shape': (2, 165)}",
    b"{'descr': [7], 'fortran_order': False, 'shape': (2, 165)}",
    b"{'descr': 'f99999999999', 'fortran_order': False, 'shape': (2, 165)}",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (-2, -165)}",
    b"{[]: 1}",
    b"\x00\xff\n",
    b"",
)


def with_header(header: bytes) -> bytes:
    """The beginning of an npy file of version 1.0 with this header."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
