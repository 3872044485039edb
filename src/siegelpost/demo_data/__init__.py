"""A sample office and its properties, written and drawn for the demonstration and the tests."""
