from setuptools import setup

# Asked for by the back end and not in pyproject.toml, where Fromager would take it for a reason to fetch the crates anew.
extensions = {}
try:
    from setuptools_rust import Binding, RustExtension

    extensions["rust_extensions"] = [RustExtension("tiny_rust._sum", "Cargo.toml", binding=Binding.NoBinding)]
except ImportError:
    pass
setup(
    packages=["tiny_rust"],
    package_dir={"": "python"},
    setup_requires=["setuptools-rust"],
    zip_safe=False,
    **extensions,
)
