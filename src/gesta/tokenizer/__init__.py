"""Motion as tokens: a residual vector-quantising autoencoder for each part, and the global-motion autoencoder."""
