"""Makes its own wheel, and as the variable MISNAMED says hands out or leaves something else:

other   returns the name of a wheel that is called as another package's
link    returns a link to another file, called as its own wheel
beside  leaves a second wheel, of another package, in the wheel directory
"""

import os
import zipfile

OWN = "misnamed-1.0-py3-none-any.whl"
OTHER = "innocent-1.0-py3-none-any.whl"


def _write_wheel(path, name):
    dist_info = "-".join(name.split("-")[:2]) + ".dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{dist_info}/METADATA", "Metadata-Version: 2.1\nName: misnamed\nVersion: 1.0\n")
        wheel.writestr(f"{dist_info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{dist_info}/RECORD", "")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    what = os.environ.get("MISNAMED")
    own, other = os.path.join(wheel_directory, OWN), os.path.join(wheel_directory, OTHER)
    if what == "other":
        _write_wheel(other, OTHER)
        return OTHER
    if what == "link":
        _write_wheel("elsewhere.whl", OWN)
        os.symlink(os.path.abspath("elsewhere.whl"), own)
        return OWN
    _write_wheel(own, OWN)
    if what == "beside":
        _write_wheel(other, OTHER)
        # By pip that is a directory of pip's own; the front end's lie where every package can guess them.
        for guess in ("../../../wheels-repo/build", "../../../wheels-repo/downloads"):
            try:
                _write_wheel(os.path.join(guess, OTHER), OTHER)
            except OSError as error:
                print("not left in", guess, error)
    return OWN
