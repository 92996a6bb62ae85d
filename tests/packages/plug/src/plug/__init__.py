from plug._answer import answer, flavour

__all__ = ["answer", "flavour"]
