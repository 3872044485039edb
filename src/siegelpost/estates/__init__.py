"""Properties (*Objekte*): what an office offers, its pictures, energy data, exposé and OpenImmo exchange."""
