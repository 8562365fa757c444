"""Sound in: reading any recording as 16 kHz mono, and what is heard in it (prosody)."""
