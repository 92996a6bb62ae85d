PATCHED = False
