"""The browser: the only package that drives one. It makes pack keys into actions on a page."""
