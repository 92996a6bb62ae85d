#include <Python.h>

static PyObject *answer(PyObject *self, PyObject *args) {
  (void)self;
  (void)args;
  return PyLong_FromLong(ANSWER);
}

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, "What the settings say."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "tiny_cmake", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_tiny_cmake(void) { return PyModule_Create(&module); }
