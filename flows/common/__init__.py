"""What the flows of several platforms share."""
