"""Web Push: which devices are told what."""
