"""The pose estimator that needs no download: MediaPipe's networks, cut and shipped, read with LiteRT on the CPU."""
