"""A small front end that runs PEP 517 builds through the same calls as Fromager.

Not Fromager and no part of it: what a build step looks like from outside (script, argv, cwd,
descriptors, environment, directories, order) is the same; resolving, downloading, patching are not here.
"""

VERSION = "0.1"
