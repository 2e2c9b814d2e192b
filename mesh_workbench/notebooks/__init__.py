"""What can be known of a notebook, and made of it, without running it."""
