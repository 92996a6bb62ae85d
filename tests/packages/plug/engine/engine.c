int engine(void) { return 42; }
