"""EchoMask: from what is heard to motion tokens, by masked modelling that the speech directs."""
