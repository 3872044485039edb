"""The demonstration: a sample office, and the main job walked once, visibly, on the real parts."""
