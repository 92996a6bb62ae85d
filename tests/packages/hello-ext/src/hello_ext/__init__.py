from ._hello import greeting

__all__ = ["greeting"]
