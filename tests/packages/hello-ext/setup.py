from setuptools import Extension, setup

setup(ext_modules=[Extension("hello_ext._hello", ["src/hello_ext/_hello.c"], extra_compile_args=["-g0"])])
