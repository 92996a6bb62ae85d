#include <Python.h>

static PyObject* answer(PyObject* self, PyObject* none) { return PyLong_FromLong(42); }
static PyObject* flavour(PyObject* self, PyObject* none) { return PyUnicode_FromString(FLAVOUR); }

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL},
                                {"flavour", flavour, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_answer", NULL, -1, methods};

PyMODINIT_FUNC PyInit__answer(void) { return PyModule_Create(&module); }
