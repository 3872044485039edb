"""Finding an office's mail settings from its address alone."""
