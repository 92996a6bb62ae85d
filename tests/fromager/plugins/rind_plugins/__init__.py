"""Override plugins of Fromager that do what plugins in the wild do: each module builds its package in another way.

What a call answers is written to work-dir/calls, which must be the same without Rind and with it.
"""
