"""What can stand at a place of a cell that is being written, and what a word of it stands for."""
