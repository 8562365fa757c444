"""The procedural speaker: prosody -> plan -> targets -> motion, each a push/finish step that can be looked at."""
