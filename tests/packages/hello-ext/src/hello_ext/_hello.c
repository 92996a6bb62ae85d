#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *greeting(PyObject *self, PyObject *args) {
  (void)self;
  (void)args;
  return PyUnicode_FromString("hello from C");
}

static PyMethodDef methods[] = {{"greeting", greeting, METH_NOARGS, "A greeting."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_hello", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__hello(void) { return PyModule_Create(&module); }
