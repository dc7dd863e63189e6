"""The browser package, on the real component libraries."""
