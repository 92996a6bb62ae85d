import sys


def pdm_build_initialize(context):
    sys.path.insert(0, str(context.root))
    import probe

    context.ensure_build_dir()
    probe.report(context.build_dir / "fe_pdm" / "seen.txt")
