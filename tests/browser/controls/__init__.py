"""The controls, on the component libraries themselves."""
