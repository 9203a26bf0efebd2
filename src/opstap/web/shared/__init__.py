"""What every page shares: the frame, the icons, the way forms and errors look, the reading choices."""
