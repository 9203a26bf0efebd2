"""What the numbers say: arrays in, results out; each file opens with its papers."""
